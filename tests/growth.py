"""A law of growth: work that is linear in its input takes about four times as long for four times as much of it.

CPU time of this process is compared with itself, so neither a slow machine nor a busy one fails the law.
"""

import gc
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import AnyStr

FACTOR = 4
# Linear work gives 4 and quadratic work 16. What lies between is left to caches and to work that is n log n.
_ALLOWED = 9.0
# Below this a single cache miss decides, so the input grows until the work takes longer.
_MEASURABLE = 0.005
# Code that is quick on this much is quick on everything gitseal reads.
_LARGEST = 300_000
# No linear work in these tests takes a hundredth of it; without a limit quadratic work hangs instead of failing.
_LIMIT = 60.0
_TRIES = 3


def assert_linear(work: Callable[[int], Callable[[], object]]) -> None:
    """Fails if the CPU time of `work(size)()` grows faster than the size. `work(size)` prepares the input and is not timed."""
    with _cpu_limit():
        size = 1_000
        while (small := _seconds(work(size))) < _MEASURABLE:
            if size >= _LARGEST:
                return
            size *= FACTOR
        ratios = []
        for _ in range(_TRIES):
            ratios.append(_seconds(work(size * FACTOR)) / small)
            if ratios[-1] < _ALLOWED:
                return
            small = max(small, _seconds(work(size)))
    shown = ", ".join(f"{ratio:.1f}" for ratio in ratios)
    raise AssertionError(f"{FACTOR} times the input ({size} -> {size * FACTOR}) takes {shown} times as long")


def repeated(piece: AnyStr, size: int) -> AnyStr:
    """The piece again and again, cut at `size`."""
    return (piece * (size // len(piece) + 1))[:size]


def _seconds(work: Callable[[], object]) -> float:
    # The collector looks at every object of the whole test run: that is not the work's own growth.
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


@contextmanager
def _cpu_limit() -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise AssertionError("this does not end: its CPU time is not linear in the size of its input")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
