"""`gitseal` without the start of a Python each time: one that has loaded it stands by, and forks for each command.

What runs is the program itself, `gitseal.cli.run`, in a process of its own with its own environment, folder and streams. What
Python does before that is spared, most of a short command's time. What scripts, hooks and terminals start begins as always.
"""

import atexit
import gc
import json
import os
import select
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

# Ours, beside the Python that runs the tests, whatever PATH has.
GITSEAL = str(Path(sys.executable).parent / "gitseal")
# Python and the system's loader read these when a process begins, and no later.
_READ_AT_THE_START = ("PYTHON", "LC_", "LANG", "LD_", "DYLD_")
_CHUNK = 65536
_STREAMS = 3


def run(
    program: str,
    words: Sequence[str | Path],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    timeout: float,
    stdin: bytes | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """`program`, which is `gitseal` or GITSEAL, with these words, in this environment alone. Raises subprocess.TimeoutExpired.

    Without `stdin` there is no input; an empty one is a pipe into which nobody writes.
    """
    command = [program, *map(str, words)]
    is_another = shutil.which(program, path=environ.get("PATH", "")) != GITSEAL
    if is_another or _at_the_start(environ) != _at_the_start(os.environ) or len(stdin or b"") > select.PIPE_BUF:
        no_input = subprocess.DEVNULL if stdin is None else None
        return subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            stdin=no_input,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=timeout,
        )
    command[0] = GITSEAL
    mine, theirs = socket.socketpair()
    outputs = [os.pipe() for _ in range(_STREAMS - 1)]
    streams = [_input(stdin), *(end for _, end in outputs), theirs.detach()]
    with mine:
        socket.send_fds(_standing_by(), [b"."], streams)
        for stream in streams:
            os.close(stream)
        with mine.makefile("rwb") as talk:
            talk.write(json.dumps({"words": command, "cwd": str(cwd), "environ": dict(environ)}).encode() + b"\n")
            talk.flush()
            child = int(talk.readline())
            try:
                stdout, stderr = _read([end for end, _ in outputs], time.monotonic() + timeout)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                talk.readline()
                raise subprocess.TimeoutExpired(command, timeout) from None
            status = int(talk.readline())
    return subprocess.CompletedProcess(command, status, stdout, stderr)


def _input(content: bytes | None) -> int:
    """A stream with this content, which a pipe holds without somebody who reads; without content, that of no terminal."""
    if content is None:
        return os.open(os.devnull, os.O_RDONLY)
    out, in_ = os.pipe()
    os.write(in_, content)
    os.close(in_)
    return out


def _at_the_start(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_READ_AT_THE_START)}


def _read(ends: Sequence[int], until: float) -> list[bytes]:
    """All that comes out of these pipes, which are closed then. Raises TimeoutError."""
    read = {end: bytearray() for end in ends}
    try:
        with selectors.DefaultSelector() as selector:
            for end in ends:
                selector.register(end, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(until - time.monotonic())
                if not ready and time.monotonic() >= until:
                    raise TimeoutError
                for key, _ in ready:
                    data = os.read(key.fd, _CHUNK)
                    read[key.fd] += data
                    if not data:
                        selector.unregister(key.fd)
    finally:
        for end in ends:
            os.close(end)
    return [bytes(data) for data in read.values()]


@cache
def _standing_by() -> socket.socket:
    """Where commands are sent to. The Python that stands by is started by the first, and ends with this process."""
    mine, theirs = socket.socketpair()
    with theirs:
        # Its standard error stays the tests' own: what keeps it from beginning is shown with the test that wanted it.
        waiting = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )

    @atexit.register
    def end() -> None:
        mine.close()
        waiting.communicate()

    return mine


def _load() -> None:
    """Loads the modules of the commands. click stays out: few commands take it, and some ask whether it is there."""
    import importlib
    import pkgutil

    import gitseal.cli.main
    import gitseal.usecases

    for package in (gitseal.cli, gitseal.usecases):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("by_click", "completion", "completing")):
                importlib.import_module(module.name)


def _serve(asked: socket.socket) -> None:
    """Forks for each command, one at a time, and returns in the process that becomes one."""
    while descriptors := socket.recv_fds(asked, 1, _STREAMS + 1)[1]:
        *streams, answer = descriptors
        with socket.socket(fileno=answer) as talk, talk.makefile("rwb") as lines:
            command = json.loads(lines.readline())
            child = os.fork()
            if not child:
                asked.close()
                _become(streams, **command)
                return
            for stream in streams:
                os.close(stream)
            lines.write(b"%d\n" % child)
            lines.flush()
            lines.write(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    sys.exit()


def _become(streams: Sequence[int], words: list[str], cwd: str, environ: dict[str, str]) -> None:
    """Makes this process what a shell would have started."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = words


if __name__ == "__main__":
    sys.path[0] = str(Path(GITSEAL).parent)
    # A module of that name, once it is loaded, hides the function.
    from gitseal.cli import run as program

    _load()
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    program()
