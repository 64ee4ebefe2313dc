"""One tool's command for one piece of work, and running it: its time, its memory, and whether it did the work."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.world import PYTHON, World

LIMIT = 30.0
"""Seconds that one command gets, and sealing what it works on: what takes longer is told as such."""

AROUND = 120.0
"""Seconds for a command around it, such as Git's: a hang has to end, and a busy machine is no hang."""

LAUNCHER = Path(__file__).with_name("launcher.py")


class Unable(Exception):
    """The tool cannot do this; the message says why, in the words of a cell."""


class Untrue(Exception):
    """The command ended well and the work was not done: its time is worth nothing."""


class Done(NamedTuple):
    """What a command left: its status, what it printed, and what it took."""

    status: int
    out: bytes
    err: bytes
    seconds: float
    memory: int


class Trial(NamedTuple):
    """A command that is run again and again.

    `prepare` makes the state that it starts from, untimed. `check` looks at what it left, untimed, raises `Untrue`
    if the work was not done, and gives the words that belong beside the time, often none.
    """

    argv: list[str]
    cwd: Path
    env: Mapping[str, str]
    check: Callable[[Done], str]
    prepare: Callable[[], None] = lambda: None


def run(trial: Trial, world: World, limit: float = LIMIT) -> tuple[Done, str]:
    """One run, checked. Raises `Untrue`, and `TimeoutExpired` after `limit` seconds."""
    trial.prepare()
    done = launch(trial.argv, trial.cwd, {**world.env, **trial.env}, world.folder, limit)
    return done, trial.check(done)


def launch(argv: list[str], cwd: Path, env: Mapping[str, str], folder: Path, limit: float) -> Done:
    """Runs a command by the launcher; its output lies in `folder` for a moment."""
    out, err = folder / "launched.out", folder / "launched.err"
    words = [PYTHON, "-I", "-S", str(LAUNCHER), str(out), str(err), *argv]
    with subprocess.Popen(words, cwd=cwd, env=env, stdout=subprocess.PIPE, start_new_session=True) as launcher:
        try:
            said, _ = launcher.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            # The launcher and what it started are a session of their own.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(launcher.pid, signal.SIGKILL)
            raise
    if launcher.returncode != 0:
        raise Untrue(f"{argv[0]} could not be started")
    seconds, memory, status = said.split()
    return Done(int(status), out.read_bytes(), err.read_bytes(), float(seconds), int(memory))


def did(done: Done) -> None:
    """Raises `Untrue` with the end of standard error unless the command ended well."""
    if done.status != 0:
        raise Untrue(f"status {done.status}: {done.err.decode(errors='replace').strip()[-300:]}")
