"""`git commit` of chosen files, with the hooks and the signing that Git has set up, as a person's own command would run."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import IO, cast

from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.git.run import GENUINE, environment
from gitseal.records import NamedTuple

_SECONDS = 120.0
_LOOK = 0.05
_SECONDS_TO_READ = 0.5
_MOST_TOLD, _MOST_KEPT = 2000, 8000
# Set once and for all when the process ends: what Git runs then is ended, and nothing new is begun.
STOPPING = Event()


class ChangedPath(NamedTuple):
    """A path that differs from HEAD. `is_new`: Git does not know it yet."""

    path: str
    is_new: bool


def uncommitted_paths(repository: Repository, folder: str) -> list[ChangedPath]:
    """The paths below a folder that differ from HEAD, also those that Git does not know yet. Nothing that Git ignores."""
    options = ("--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    listed = repository.git("status", *options, "--", _literal(folder))
    if listed is None:
        raise Error(f'Git cannot say what changed in "{folder}"', "see what it says: git status")
    return [ChangedPath(os.fsdecode(line[3:]), line.startswith(b"??")) for line in listed.split(b"\0") if line]


def head_now(repository: Repository) -> str:
    """The commit and the branch that HEAD is, in one text."""
    return (repository.git("rev-parse", "HEAD", "--symbolic-full-name", "HEAD", ok=(0, 128)) or b"").decode(
        "utf-8", "replace"
    ) + _branch(repository)


def commit(repository: Repository, paths: Sequence[str], message: str, branch: str = "") -> str:
    """Commits these files and nothing else that is staged; gives the commit's id. With `branch`, on that new branch.

    Hooks and signing get two minutes. Raises Error, with what they said, if one refuses; then nothing is committed, and
    branch and index are as before.
    """
    top, before, left = repository.top, _head(repository), _branch(repository)
    if branch:
        _git(top, "Git did not create the branch", "check-ref-format", "--branch", branch)
        _git(top, "Git did not create the branch", "switch", "--quiet", "--create", branch)
    chosen = [_literal(path) for path in paths]
    known = repository.git("ls-files", "-z", "--", *chosen) or b""
    new = [path for path in paths if os.fsencode(path) not in known.split(b"\0")]

    def is_made() -> bool:
        return _head(repository) not in {"", before} and _head(repository, "HEAD^") == before

    try:
        if new:
            # So that `--only` takes them: it commits what the working tree has, whatever the index says.
            _git(top, "Git did not take the files", "add", "--intent-to-add", "--force", "--", *map(_literal, new))
        _git(
            top,
            "nothing was committed",
            "commit",
            "--quiet",
            "--file=-",
            "--only",
            "--",
            *chosen,
            stdin=message,
            is_made=is_made,
        )
    except Error:
        # Whatever Git or a hook said last: the commit is there, or it is not.
        if is_made():
            return _head(repository)
        _put_back(repository, new, branch, left, before)
        raise
    made = _head(repository)
    if not made:
        raise Error("Git made no commit", "see: git status")
    return made


def _put_back(repository: Repository, new: Sequence[str], branch: str, left: str, before: str) -> None:
    """Takes out of the index what was put there, and leaves a branch that has no commit of its own."""
    if new:
        repository.git("update-index", "-z", "--force-remove", "--stdin", stdin=os.fsencode("\0".join(new)))
    if not branch or _branch(repository) != f"refs/heads/{branch}" or _head(repository) != before:
        return
    if left:
        repository.git("symbolic-ref", "HEAD", left)
    else:
        repository.git("update-ref", "--no-deref", "HEAD", before)
    if before and _branch(repository) == left:
        repository.git("update-ref", "-d", f"refs/heads/{branch}", before)


def _literal(path: str) -> str:
    return f":(top,literal){path}"


def _head(repository: Repository, revision: str = "HEAD") -> str:
    return (repository.git("rev-parse", "--verify", "--quiet", revision, ok=(0, 1)) or b"").decode().strip()


def _branch(repository: Repository) -> str:
    """The branch of HEAD, in full; empty if it is on none."""
    return os.fsdecode(repository.git("symbolic-ref", "--quiet", "HEAD", ok=(0, 1)) or b"").strip()


def _as_a_person() -> dict[str, str]:
    """The variables of a `git` that runs a person's hooks: without those by which we see what was really committed."""
    return {name: text for name, text in environment(in_hook=False).items() if name not in GENUINE}


class _Said:
    """The end of what Git and its hooks say. A program that a hook left behind may hold the pipe for hours, so a thread reads."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._last = b""
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while piece := os.read(self._pipe.fileno(), 65536):
            self._last = (self._last + piece)[-_MOST_KEPT:]

    def text(self) -> str:
        self._thread.join(_SECONDS_TO_READ)
        lines = [line for line in self._last.decode("utf-8", "replace").splitlines() if not line.startswith("hint:")]
        return "\n".join(lines).strip()[-_MOST_TOLD:]


def _git(top: Path, what: str, *arguments: str, stdin: str = "", is_made: Callable[[], bool] = lambda: False) -> None:
    """Runs Git. If its time is up when `is_made` is true, what it still does goes on, as nothing is left to be refused."""
    if STOPPING.is_set():
        raise Error(f"{what}: the page is ending", "commit in a terminal: git commit .secrets")
    child = subprocess.Popen(
        ["git", "-C", str(top), *arguments],
        env=_as_a_person(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    stdin_pipe, stderr_pipe = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stderr)
    said = _Said(stderr_pipe)
    with suppress(BrokenPipeError), stdin_pipe:
        stdin_pipe.write(stdin.encode("utf-8", "surrogateescape"))
    why = _waited(child, is_made)
    if why:
        raise Error(f"{what}: {why}", "commit in a terminal: git commit .secrets")
    if child.returncode:
        raise Error(
            f"{what}: {said.text() or 'a hook or Git refused, and did not say why'}",
            "mend what it names, and do it again",
        )


def _waited(child: "subprocess.Popen[bytes]", is_made: Callable[[], bool]) -> str:
    """Waits for Git itself, not for what a hook leaves behind; gives why it was ended, empty if it ended by itself."""
    end = time.monotonic() + _SECONDS
    while child.poll() is None:
        is_late = time.monotonic() > end
        if is_late or STOPPING.is_set():
            if is_made():
                return ""
            _end(child)
            if is_late:
                return f"it took longer than {_SECONDS:g} seconds; a hook or signing may wait for a terminal"
            return "the page was stopped meanwhile"
        time.sleep(_LOOK)
    return ""


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Ends Git, which takes its locks away, and then whatever it started that did not listen."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(1)
