"""One comparison of the page, and how it is measured."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import timing
from bench.timing import Command, Times
from bench.world import Missing, World

LIMIT = 600.0
"""Seconds for one run of anything; nothing comes near it unless it is broken."""


class Row(NamedTuple):
    """One comparison. `budget` is the largest ratio of ours to theirs, or None where there is none to keep.

    The two commands are made when the row's turn comes: a repository of 100,000 names is not made in vain.
    """

    work: str
    against: str
    budget: float | None
    runs: int
    ours: Callable[[], Command]
    theirs: Callable[[], Command]
    limit: float = LIMIT
    is_count: bool = False
    """What the commands report is a number of things, not of seconds."""


class Result(NamedTuple):
    """A row with its two times, or with the reason why it has none."""

    row: Row
    times: tuple[Times, Times] | None
    reason: str = ""

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        if self.times is None:
            raise ValueError(self.reason)
        return self.times[0].median / self.times[1].median

    @property
    def verdict(self) -> str:
        """What the last column says."""
        if self.times is None:
            return f"not measured: {self.reason}"
        if self.row.budget is None:
            return "no budget"
        return "yes" if self.ratio <= self.row.budget else "**no**"


def measure(row: Row, world: World, most: int) -> Result:
    """The row's times, in at most `most` runs. A tool that is missing or takes too long is a reason, not a failure."""
    try:
        pair = timing.pair(row.ours(), row.theirs(), runs=min(row.runs, most), env=world.env, limit=row.limit)
    except Missing as missing:
        return Result(row, None, str(missing))
    except subprocess.TimeoutExpired as expired:
        return Result(row, None, f"`{Path(expired.cmd[0]).name}` was stopped after {expired.timeout:.0f} s")
    return Result(row, pair)
