"""Whole-process timings, taken in pairs so that what slows the machine down slows both sides.

Nothing in here knows what is measured.
"""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """One side of a comparison.

    `argv` gets the number of the run, from 0, so that a command can do something new each time. `prepare` runs before
    it, untimed. With `reports` the time is not the process's but the seconds that it prints as its last line.
    """

    argv: Callable[[int], list[str]]
    cwd: Path
    prepare: Callable[[], None] = lambda: None
    reports: bool = False


class Times(NamedTuple):
    """Seconds of one side, in the order they were taken."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        if len(self.seconds) == 1:
            return f"{human(self.median)} (once)"
        return f"{human(self.median)} ({human(min(self.seconds))}..{human(max(self.seconds))})"


def once(command: Command, run: int, env: Mapping[str, str], limit: float) -> float:
    """Seconds that one run took.

    Raises `RuntimeError` with the end of its standard error where it failed, `subprocess.TimeoutExpired` after `limit`
    seconds: a time of something that did not do its work is worth nothing.
    """
    command.prepare()
    argv = command.argv(run)
    start = time.perf_counter()
    done = subprocess.run(
        argv,
        cwd=command.cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if command.reports else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=limit,
        check=False,
    )
    took = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} gave {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return float(done.stdout.split()[-1]) if command.reports else took


def pair(ours: Command, theirs: Command, *, runs: int, env: Mapping[str, str], limit: float) -> tuple[Times, Times]:
    """The times of both, taken in turns: A B, B A, A B ...; with more than one run, after one untimed run of each."""
    if runs > 1:
        once(ours, runs, env, limit)
        once(theirs, runs, env, limit)
    first: list[float] = []
    second: list[float] = []
    for run in range(runs):
        turn = [(first, ours), (second, theirs)]
        for seconds, command in turn if run % 2 == 0 else reversed(turn):
            seconds.append(once(command, run, env, limit))
    return Times(first), Times(second)


def human(seconds: float) -> str:
    """Seconds in a unit that fits."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
