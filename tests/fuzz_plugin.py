"""The pytest plugin of `make fuzz`: one process, its part of the laws, and a share of the time for each.

A law is a test function marked `fuzz`; its parametrised cases share its time. `bench/fuzz.py` starts the processes.
"""

import functools
import itertools
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.internal.conjecture import engine

from tests import fuzzing

NOT_REACHED = "not reached"
_MOST_PARTS = 10
"""A law with that many cases, or more, has as many parts of the time; one that has a single case has one."""
_LATE = 30.0
"""Seconds after the end of all time in which laws that were not reached still get an input each."""
# Hypothesis may take five minutes to make a failing input small: longer than many a run has in all.
engine.MAX_SHRINKING_SECONDS = 20
# Rounds grow, and are not endless: Hypothesis remembers all that a round tried, and begins each with what failed before.
_ROUNDS = (100, 1_000, 10_000)
_CPU_LIMIT = 10.0
"""Seconds of CPU for one input of Hypothesis: one that takes more has failed, and is kept like any other."""


def law_of(item: pytest.Item) -> str:
    """The test function, without the parameters of its case."""
    return item.nodeid.partition("[")[0]


class _Part:
    """The laws of this process: of `count` processes the one of this `number`, until the moment `until`."""

    def __init__(self, folder: Path, number: int, count: int, until: float) -> None:
        self._number, self._count, self._until = number, count, until
        self._figures = folder / f"figures-{number}.jsonl"
        before = folder / "corpus.json"
        self._before: dict[str, dict[str, Any]] = json.loads(before.read_text()) if before.exists() else {}
        self._waiting: list[str] = []
        self._law, self._law_until = "", 0.0
        self._reached: set[str] = set()
        self._said, self._failed, self._passed = "", False, False

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """What failed comes first, then what had the fewest turns in earlier runs, then what took longest beyond its share.

        As long as laws follow that can do with less than theirs, all of them get a turn.
        """
        laws = {law_of(item): item.get_closest_marker("slow") for item in items if item.get_closest_marker("fuzz")}
        ordered = sorted(laws, key=lambda law: (*self._precedence(law, is_slow=bool(laws[law])), law))
        place = {law: number for number, law in enumerate(ordered[self._number :: self._count])}
        config.hook.pytest_deselected(items=[item for item in items if law_of(item) not in place])
        items[:] = sorted((item for item in items if law_of(item) in place), key=lambda item: self._order(item, place))
        self._waiting = [law_of(item) for item in items]

    def _precedence(self, law: str, *, is_slow: bool) -> tuple[bool, int, float]:
        cases = [known for item, known in self._before.items() if item.partition("[")[0] == law]
        over = max((known.get("over", float(is_slow)) for known in cases), default=float(is_slow))
        turns = max((known.get("turns", 0) for known in cases), default=0)
        return not any(known.get("failed") for known in cases), turns, -over

    def _order(self, item: pytest.Item, place: dict[str, int]) -> tuple[int, bool, float]:
        known = self._before.get(item.nodeid, {})
        return place[law_of(item)], not known.get("failed"), known.get("seconds", 0)

    def _share(self, item: pytest.Item, now: float) -> fuzzing.Share:
        """What is left is divided over the laws that wait, by their cases, and a law's time by its cases that wait."""
        law = law_of(item)
        if law != self._law:
            cases = Counter(self._waiting)
            parts = {waiting: min(count, _MOST_PARTS) for waiting, count in cases.items()}
            self._law, self._law_until = law, now + (self._until - now) * parts[law] / sum(parts.values())
        until = now + (self._law_until - now) / self._waiting.count(law)
        self._waiting.pop(0)
        return fuzzing.Share(until, int(self._before.get(item.nodeid, {}).get("next", 0)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Gives the item its share, and writes down what became of it, also if somebody interrupts.

        That it began is written too: nothing more will be if this process has to be ended.
        """
        began = time.monotonic()
        share = self._share(item, began)
        self._write({"begun": item.nodeid})
        self._said, self._failed, self._passed = "", False, False
        fuzzing.begin(share)
        try:
            return (yield)
        finally:
            fuzzing.end()
            now = time.monotonic()
            inputs = share.tried or int(self._passed)
            self._reached.update([law_of(item)] if inputs else ())
            figure = {
                "item": item.nodeid,
                # A law without a loop tries one input.
                "inputs": inputs,
                "seconds": round(now - began, 3),
                "over": round(max(0.0, now - share.until), 3),
                "next": share.next_seed,
                "has_numbers": share.has_numbers,
                "failures": int(self._failed),
                "said": self._said,
            }
            self._write(figure)

    def _write(self, line: dict[str, Any]) -> None:
        with self._figures.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        is_late = law_of(item) in self._reached or time.monotonic() > self._until + _LATE
        if fuzzing.is_over() and is_late:
            pytest.skip(NOT_REACHED)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps what pytest says of a failure or a skip."""
        self._passed |= report.when == "call" and report.passed
        if report.failed:
            self._failed, self._said = True, f"{self._said}{report.longreprtext}\n"
        elif report.skipped and isinstance(report.longrepr, tuple):
            said = report.longrepr[2].removeprefix("Skipped: ")
            self._said = "" if fuzzing.OVER in said else said

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Repeats a law by Hypothesis, in rounds, until its share is over."""
        share = fuzzing.current()
        law = getattr(pyfuncitem.obj, "__func__", pyfuncitem.obj)
        if not hasattr(law, "hypothesis"):
            return None
        # What a plugin may replace, by Hypothesis' own documentation. The cases of a law share it.
        inner = law.hypothesis.inner_test
        law.hypothesis.inner_test = _counted(inner, share)
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        # Where `given` looks for the settings of a test each time that it runs.
        usual = law._hypothesis_internal_use_settings
        try:
            for examples in itertools.chain(_ROUNDS, itertools.repeat(_ROUNDS[-1])):
                law._hypothesis_internal_use_settings = hypothesis.settings(usual, max_examples=examples)
                before = share.tried
                pyfuncitem.obj(**arguments)
                # Nothing more will come of a law whose inputs are few.
                if share.tried - before < examples // 2:
                    return True
        except fuzzing.Over:
            return True
        except _Endless as error:
            pytest.fail(str(error))
        finally:
            law.hypothesis.inner_test = inner
        return None


class _TooSlowError(Exception):
    """An input went over its limit. Hypothesis keeps it as it keeps any that fails."""


class _Endless(BaseException):
    """Another one did so while Hypothesis made the first small: that would take all the time that is left."""


@contextmanager
def _within_limit() -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise _TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _CPU_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _counted(test: Callable[..., None], share: fuzzing.Share) -> Callable[..., None]:
    """Counts inputs. After the end of its time the law stops, unless a failure is being made small."""
    has_failed, too_slow = False, ""

    @functools.wraps(test)
    def counted(*arguments: object, **named: object) -> None:
        nonlocal has_failed, too_slow
        try:
            with _within_limit():
                test(*arguments, **named)
            share.tried += 1
        except _TooSlowError:
            if too_slow:
                raise _Endless(too_slow) from None
            too_slow = f"more than {_CPU_LIMIT:g} s of CPU for {arguments} {named}"
            has_failed = True
            raise
        except UnsatisfiedAssumption:
            if not share.is_over:
                raise
        except Exception:
            has_failed = True
            raise
        # After the input, not ahead of it: Hypothesis wants every input to draw what the ones like it drew.
        if share.is_over and not has_failed:
            raise fuzzing.Over(msg=fuzzing.OVER)

    return counted


def pytest_configure(config: pytest.Config) -> None:
    """Takes its part up, as `bench/fuzz.py` told it."""
    folder, number, count, until = os.environ["GITSEAL_FUZZ_PART"].split(":")
    config.pluginmanager.register(_Part(Path(folder), int(number), int(count), float(until)))
