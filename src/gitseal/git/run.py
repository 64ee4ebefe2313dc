"""Starts the `git` binary; nothing else in gitseal does.

A branch can bring any file, so no `git` may take its orders from files of the tree. `top` is the top of a working tree or a
bare repository's own folder, never a folder below: below the top, four committed files make a repository whose configuration
Git would follow. docs/explanation/git.md lists every question and what could steer it.

`subprocess` takes 2 ms to import, which is a quarter of what Python itself takes to start, so Git is started by
`posix_spawn`. That call cannot change the working directory: `git -C` does. For the same reason this file imports little.
"""

import os

from gitseal.errors import Error
from gitseal.variables import IDENTITY_VARIABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

# Settings of the caller's shell that would aim a command at another repository than the one it is given.
_AIMS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX")
# Replace refs and grafts show other content under the ids of what was committed.
_GENUINE = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
# A hook answers from what is here: it waits for no network, and a server starts no transport (Git 2.45).
_IN_HOOK = {"GIT_NO_LAZY_FETCH": "1"}
# Each takes a program or a repository away that Git would find by itself: a bare repository among the files, a monitor of
# files, a pager, `gpg` for each commit, and a transport that is a command.
_ALWAYS = (
    "--no-pager",
    "-c", "core.quotePath=false",
    "-c", "core.fsmonitor=false",
    "-c", "log.showSignature=false",
    "-c", "protocol.ext.allow=never",
)  # fmt: skip
# Whoever works in a bare repository has said so, by standing in one that lies in no working tree.
_WORKING_TREE = ("-c", "safe.bareRepository=explicit")
# For the few questions that would run hooks of the clone, such as `reference-transaction`.
NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
# For `git log`: settings that would change what a walk of history reads. showRoot: the first commit brings all of its files.
WALK_SETTINGS = (
    *("-c", "log.showRoot=true"),
    *("-c", "log.follow=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "diff.relative=false"),
)
_DISTRUSTED = b"dubious ownership"
_WARNING = b"warning: "
# Python ignores these, a child inherits that, and Git would go on writing into a pipe that nobody reads.
# The numbers are those of Linux and macOS; the module `signal` would import `enum` for their names.
_SIGKILL, _SIGPIPE, _SIGXFSZ = 9, 13, 25
_E2BIG = 7  # the same: "Argument list too long"
_IN, _OUT, _ERR = 0, 1, 2
_CHUNK = 1 << 16


class Finished:
    """A `git` that has ended: its exit status (negative: the signal that ended it) and all that it wrote."""

    __slots__ = ("status", "stderr", "stdout")

    def __init__(self, status: int, stdout: bytes, stderr: bytes) -> None:
        self.status = status
        self.stdout = stdout
        self.stderr = stderr


def git(
    top: "Path | str",
    *arguments: str,
    stdin: bytes = b"",
    ok: tuple[int, ...] = (0,),
    in_hook: bool = False,
    notes: "list[str] | None" = None,
) -> bytes | None:
    """What `git ARGUMENTS` prints in the repository at `top`, or None for a status that is not in `ok`.

    `in_hook`: the repository is the one that Git started this hook for, wherever its parts are (githooks(5)). Git's warnings
    are added to `notes`. Raises Error if there is no `git`, and if Git distrusts the repository's owner.
    """
    return answer(top, finish(top, *arguments, stdin=stdin, environ=environment(in_hook=in_hook)), ok, notes)


def answer(
    top: "Path | str", done: Finished, ok: tuple[int, ...] = (0,), notes: "list[str] | None" = None
) -> bytes | None:
    """What `git` makes of one that has ended: see there."""
    # As an error of its own: otherwise the folder would look like no repository at all.
    if _DISTRUSTED in done.stderr:
        raise Error(
            f'Git does not trust the owner of "{top}"', f'if you do: git config --global --add safe.directory "{top}"'
        )
    if notes is not None and _WARNING in done.stderr:
        lines = done.stderr.decode("utf-8", "replace").split("\n")
        notes += [f"git: {line}" for line in lines if line.startswith(_WARNING.decode())]
    return done.stdout if done.status in ok else None


def finish(top: "Path | str", *arguments: str, stdin: bytes = b"", environ: dict[str, str]) -> Finished:
    """`git ARGUMENTS` in the folder `top` with exactly these variables, run to its end. Raises Error if there is no `git`."""
    running = _spawn(top, arguments, environ, has_stdin=bool(stdin), has_stderr=True)
    return await_end(running, stdin)


def begin(top: "Path | str", *arguments: str, environ: dict[str, str]) -> "Running":
    """Like `finish`, for whoever has something else to do meanwhile: what it began is an `await_end` away."""
    return _spawn(top, arguments, environ, has_stdin=False, has_stderr=True)


def await_end(running: "Running", stdin: bytes = b"") -> Finished:
    """The output of a `git` that was begun, once it has ended."""
    outputs = _exchange(running, stdin)
    return Finished(running.wait(), *outputs)


class Running:
    """A `git` at work, with the pipes at its standard input and output. Whoever starts one owes it `end`."""

    def __init__(self, pid: int, stdin: "IO[bytes] | None", stdout: "IO[bytes]", stderr: "IO[bytes] | None") -> None:
        self._pid = pid
        self._stdin = stdin
        self._status: int | None = None
        self.stdout = stdout
        self.stderr = stderr

    @property
    def stdin(self) -> "IO[bytes]":
        """The pipe to its standard input. Raises ValueError if it was started without one."""
        if self._stdin is None:
            raise ValueError("this process reads nothing")
        return self._stdin

    def kill(self) -> None:
        """Stops it, whatever it is at."""
        if self._status is None:
            # It stays a process, if only a dead one, until `wait` has asked for its status.
            os.kill(self._pid, _SIGKILL)

    def wait(self) -> int:
        """Its exit status, once it has ended; negative for the signal that ended it."""
        if self._status is None:
            _pid, status = os.waitpid(self._pid, 0)
            self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def end(self) -> int:
        """Closes the pipes, which stops one that is still writing, and gives its exit status."""
        for pipe in (self._stdin, self.stdout, self.stderr):
            try:
                if pipe is not None:
                    pipe.close()
            except BrokenPipeError:  # what was still to be written goes nowhere
                pass
        return self.wait()


def start(top: "Path | str", *arguments: str, in_hook: bool = False, fetches: bool = True) -> Running:
    """`git ARGUMENTS` started, for what is read as it comes. Raises Error if there is no `git`.

    Without `fetches` Git does not get what a partial clone left out, from version 2.44 on (git(1), GIT_NO_LAZY_FETCH).
    """
    environ = environment(in_hook=in_hook) | ({} if fetches else {"GIT_NO_LAZY_FETCH": "1"})
    return _spawn(top, arguments, environ, has_stdin=True, has_stderr=False)


def _spawn(
    top: "Path | str", arguments: tuple[str, ...], environ: dict[str, str], *, has_stdin: bool, has_stderr: bool
) -> Running:
    folder = os.fspath(top)
    found_by = _WORKING_TREE if os.path.exists(os.path.join(folder, ".git")) else ()
    command = ["git", "-C", folder, *_ALWAYS, *found_by, *arguments]
    ours: dict[int, int] = {}
    theirs: list[int] = []
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = []
    # By posix_spawn and not by `subprocess`, whose import every short command would wait for.
    for number, is_pipe in ((_IN, has_stdin), (_OUT, True), (_ERR, has_stderr)):
        if is_pipe:
            reading, writing = (_above_standard(end) for end in os.pipe())
            ours[number], their = (writing, reading) if number == _IN else (reading, writing)
            theirs.append(their)
            actions.append((os.POSIX_SPAWN_DUP2, their, number))
        else:
            actions.append((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0))
    actions += [(os.POSIX_SPAWN_CLOSE, handle) for handle in _inherited()]
    try:
        pid = os.posix_spawnp(command[0], command, environ, file_actions=actions, setsigdef=(_SIGPIPE, _SIGXFSZ))
    except OSError as error:
        for handle in ours.values():
            os.close(handle)
        if isinstance(error, FileNotFoundError):
            raise no_git() from None
        if error.errno == _E2BIG:
            raise Error(
                "Git would have to be handed more than this system lets one program hand to another",
                "look for very long paths: git ls-files",
            ) from None
        raise
    finally:
        for handle in theirs:
            os.close(handle)
    files = {number: os.fdopen(handle, "wb" if number == _IN else "rb") for number, handle in ours.items()}
    return Running(pid, files.get(_IN), files[_OUT], files.get(_ERR))


def _above_standard(handle: int) -> int:
    """The handle itself, or a copy that is not 0, 1 or 2: a caller may have started us with one of these closed."""
    if handle > _ERR:
        return handle
    import fcntl

    copy = fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, _ERR + 1)
    os.close(handle)
    return copy


def _inherited() -> list[int]:
    """Open files that Git would get from us without being meant to, such as an identity from `--identity <(...)`."""
    with os.scandir("/dev/fd") as entries:
        handles = [int(entry.name) for entry in entries]
    return [handle for handle in handles if handle > _ERR and _is_inherited(handle)]


def _is_inherited(handle: int) -> bool:
    try:
        return os.get_inheritable(handle)
    except OSError:  # closed by now, as the handle of the listing itself is
        return False


def _exchange(running: Running, data: bytes) -> tuple[bytes, bytes]:
    """Writes all of `data`, reads both outputs to their ends, and closes the pipes.

    All at once: Git may fill one pipe while it waits for another.
    """
    import select

    written = memoryview(data)
    outputs: dict[int, list[bytes]] = {}
    poll = select.poll()
    for pipe in (running.stdout, running.stderr):
        if pipe is not None:
            outputs[pipe.fileno()] = []
            poll.register(pipe, select.POLLIN)
    feeding = running.stdin.fileno() if data else -1
    if data:
        # Or a write of more than the pipe takes would wait for Git, which may wait for us to read.
        os.set_blocking(feeding, False)
        poll.register(feeding, select.POLLOUT)
    waiting = set(outputs) | ({feeding} if data else set())
    while waiting:
        for handle, _events in poll.poll():
            if handle == feeding:
                written = _write(feeding, written)
                is_done = not written
            else:
                chunk = os.read(handle, _CHUNK)
                outputs[handle].append(chunk)
                is_done = not chunk
            if is_done:
                poll.unregister(handle)
                waiting.remove(handle)
                # Git reads on until its standard input ends.
                if handle == feeding:
                    running.stdin.close()
    running.end()
    stdout, stderr = (b"".join(parts) for parts in outputs.values())
    return stdout, stderr


def _write(handle: int, data: memoryview) -> memoryview:
    """The rest of `data`, after as much of it as the pipe takes; empty if nobody reads any more."""
    try:
        return data[os.write(handle, data[:_CHUNK]) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        return data[:0]


def environment(*, in_hook: bool) -> dict[str, str]:
    """The variables of a `git` that gitseal starts."""
    # Git starts programs of its own (a file monitor, a transport): none of them is to get an identity.
    left_out = IDENTITY_VARIABLES if in_hook else {*_AIMS, *IDENTITY_VARIABLES}
    return (
        {name: value for name, value in os.environ.items() if name not in left_out}
        | _QUIET
        | _GENUINE
        | (_IN_HOOK if in_hook else {})
    )


def is_aimed() -> bool:
    """True if the variables say where the repository is, so that it may not be the one around the working directory."""
    return any(name in os.environ for name in _AIMS)


def no_git() -> Error:
    """The error for a machine without Git."""
    return Error(
        "there is no git on this machine",
        "install Git, or use a command that needs none: get, list, render, run, check",
    )
