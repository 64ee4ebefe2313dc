"""How much a law tries: a few inputs in most runs; in `make fuzz`, inputs until the law's share of the time is over.

A law by Hypothesis need not ask: `tests/fuzz_plugin.py` repeats it. One with seeds or cases of its own takes them from
here; GITSEAL_FUZZ_INPUT is the number of the one that is tried alone, and a failure that was kept names it.
"""

import os
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

from _pytest.outcomes import Skipped

# Read when the tests are collected: their isolation takes it away.
FUZZ = os.environ.get("GITSEAL_FUZZ") == "1"
_ALONE = os.environ.get("GITSEAL_FUZZ_INPUT")
_Case = TypeVar("_Case")


class Share:
    """What one law may take, and what came of it.

    `tried` counts inputs. `next_seed` is where the next run goes on; if the inputs have numbers, and one failed, its number.
    """

    def __init__(self, until: float, next_seed: int = 0) -> None:
        self.until = until
        self.tried = 0
        self.next_seed = next_seed
        self.has_numbers = False

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.until


# The share of the test that runs; the plugin sets it.
_current: list[Share] = []


def begin(share: Share) -> None:
    _current[:] = [share]


def end() -> None:
    _current.clear()


def current() -> Share:
    """The share of the law that runs."""
    return _current[0]


def is_over() -> bool:
    """True if a law should stop although it has not tried everything. Never outside `make fuzz`."""
    return bool(_current) and _current[0].is_over


OVER = "its time was over"


class Over(Skipped):
    """The share is over. Hypothesis lets a skip through at once, whatever it is about."""


def stop_if_over() -> None:
    """For a law that runs long in the hands of something else."""
    if is_over():
        raise Over(msg=OVER)


def tried(count: int) -> None:
    """Counts inputs that were tried in a loop of the law's own, or in a child of it."""
    if _current:
        _current[0].tried += count


def seeds(few: int) -> Iterator[int]:
    """The numbers below `few`; in `make fuzz` those that no run has had, at least one, until the time is over."""
    if _ALONE:
        yield int(_ALONE)
        return
    if not _current:
        yield from range(few)
        return
    share = _current[0]
    share.has_numbers = True
    while True:
        share.tried += 1
        yield share.next_seed
        # Not reached by what failed, which the next run begins with.
        share.next_seed += 1
        if share.is_over:
            return


def steps(step: int) -> Iterator[int]:
    """0, `step`, 2 * `step` and so on, for a law that knows the last one when it meets it, and leaves the loop then.

    In `make fuzz` every number, from where the last run stopped; it calls `from_the_first` when all were tried.
    """
    yield from seeds(1 << 62) if _current or _ALONE else range(0, 1 << 62, step)


def from_the_first() -> None:
    """The next run begins anew: `steps` is through."""
    if _current:
        _current[0].next_seed = 0


def some(cases: Sequence[_Case], few: int) -> Iterator[_Case]:
    """As many of the cases as that, the same each time; in `make fuzz` all in a new order, until the time is over.

    There it is at least one, and one that failed comes first in the next run.
    """
    if _ALONE and cases:
        yield cases[int(_ALONE) % len(cases)]
        return
    if not _current:
        yield from Random(1).sample(cases, min(few, len(cases)))
        return
    share = _current[0]
    share.has_numbers = True
    numbers = Random().sample(range(len(cases)), len(cases))
    numbers.sort(key=lambda number: number != share.next_seed)
    for place, number in enumerate(numbers, 1):
        share.next_seed = number
        tried(1)
        yield cases[number]
        # Not reached by what failed.
        share.next_seed = numbers[place % len(numbers)]
        if share.is_over:
            return
