"""A program at work with pipes at its ends, without `subprocess`.

`subprocess` takes 2 ms to import, a quarter of what Python itself takes to start, so `posix_spawn` starts the program. That
call cannot change the working directory: a program that needs another one is started by `programs.py`.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

# Python ignores the last two, a child inherits that, and would go on writing into a pipe that nobody reads.
# The numbers are those of Linux and macOS; the module `signal` would import `enum` for their names.
_SIGKILL, _SIGPIPE, _SIGXFSZ = 9, 13, 25
_IN, _OUT, _ERR = 0, 1, 2
_CHUNK = 1 << 16


class Finished:
    """A program that has ended: its exit status (negative: the signal that ended it) and all that it wrote."""

    __slots__ = ("status", "stderr", "stdout")

    def __init__(self, status: int, stdout: bytes, stderr: bytes) -> None:
        self.status = status
        self.stdout = stdout
        self.stderr = stderr


class Running:
    """A program at work, with the pipes at its standard input and outputs. Whoever starts one owes it `end`."""

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


def start(command: list[str], environ: dict[str, str], *, has_stdin: bool, has_stderr: bool) -> Running:
    """Starts a program with exactly these variables; what has no pipe is `/dev/null`. Raises OSError."""
    ours: dict[int, int] = {}
    theirs: list[int] = []
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = []
    for number, is_pipe in ((_IN, has_stdin), (_OUT, True), (_ERR, has_stderr)):
        if is_pipe:
            reading, writing = (_above_standard(end) for end in os.pipe())
            ours[number], their = (writing, reading) if number == _IN else (reading, writing)
            theirs.append(their)
            actions.append((os.POSIX_SPAWN_DUP2, their, number))
        else:
            actions.append((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0))
    actions += [(os.POSIX_SPAWN_CLOSE, handle) for handle in _inherited()]
    # Our ends of the pipes need no such action: what Python opens, no child inherits.
    try:
        pid = os.posix_spawnp(command[0], command, environ, file_actions=actions, setsigdef=(_SIGPIPE, _SIGXFSZ))
    except OSError:
        for handle in ours.values():
            os.close(handle)
        raise
    finally:
        for handle in theirs:
            os.close(handle)
    # Contents of many KiB come here: with the usual buffer each takes several more reads.
    modes = {number: "wb" if number == _IN else "rb" for number in ours}
    files = {number: os.fdopen(handle, modes[number], _CHUNK) for number, handle in ours.items()}
    return Running(pid, files.get(_IN), files[_OUT], files.get(_ERR))


def finish(running: Running, stdin: bytes = b"") -> Finished:
    """All that a program writes, once it was fed and has ended. It was started with a pipe at each output."""
    outputs = _exchange(running, stdin)
    return Finished(running.wait(), *outputs)


def _above_standard(handle: int) -> int:
    """The handle itself, or a copy that is not 0, 1 or 2: a caller may have started us with one of these closed."""
    if handle > _ERR:
        return handle
    import fcntl

    copy = fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, _ERR + 1)
    os.close(handle)
    return copy


def _inherited() -> list[int]:
    """Open files that a child would get from us without being meant to, such as an identity from `--identity <(...)`."""
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

    All at once: the program may fill one pipe while it waits for another.
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
        # Or a write of more than the pipe takes would wait for the program, which may wait for us to read.
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
                # It reads on until its standard input ends.
                if handle == feeding:
                    running.stdin.close()
    # A child that leaves a process behind with its pipes would keep us waiting above; a `git` of ours leaves none.
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


def enlarge(pipe: "IO[bytes]", size: int) -> None:
    """Makes a pipe hold that many bytes, if the system has a way to and allows it."""
    import fcntl

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        try:  # noqa: SIM105 - a commit does without contextlib
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, size)
        except OSError:
            pass  # a system may allow less; reading only takes longer then
