"""A law's share: seeds go on where the last run stopped, a failing one is tried again, and time ends everything."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import fuzzing
from tests.fuzzing import Share, from_the_first, seeds, some, steps, stop_if_over, tried

TOP = Path(__file__).resolve().parent.parent
# Each fails or runs out of inputs, so that the time given says nothing about the time taken.
LAWS = """
import pytest
from hypothesis import given, strategies as st
from tests import fuzzing

@pytest.mark.fuzz
@given(st.integers())
def test_small(number):
    assert number < 1000

@pytest.mark.fuzz
@pytest.mark.parametrize("case", ["one and", "another"])
def test_numbered(case):
    for number in fuzzing.some(range(100), 2):
        assert number != 50

@pytest.mark.fuzz
@pytest.mark.parametrize("case", ["one", "another"])
@given(st.integers(1, 100))
def test_good(case, number):
    pass
"""
ENDLESS = """
import time
import pytest
from tests import fuzzing

@pytest.mark.fuzz
@pytest.mark.parametrize("case", range(1000))
def test_endless(case):
    for _ in fuzzing.seeds(1):
        time.sleep(0.1)
"""


@pytest.fixture
def over() -> Iterator[Share]:
    """A share that is over as soon as one input was tried, in a run that tried three before."""
    share = Share(until=0, next_seed=3)
    fuzzing.begin(share)
    yield share
    fuzzing.end()


def test_without_a_share_few_are_tried_the_same_each_time() -> None:
    assert list(seeds(4)) == [0, 1, 2, 3]
    assert [number for number, _ in zip(steps(3), range(4), strict=False)] == [0, 3, 6, 9]
    assert list(some(range(100), 5)) == list(some(range(100), 5))
    assert len(list(some(range(3), 5))) == 3
    tried(1)
    from_the_first()
    stop_if_over()


def test_at_least_one_seed_is_tried_and_the_next_run_goes_on(over: Share) -> None:
    assert list(seeds(100)) == [3]
    assert (over.next_seed, over.tried) == (4, 1)


def test_a_seed_that_failed_is_the_next_ones_first(over: Share) -> None:
    with suppress(ZeroDivisionError):
        for number in seeds(100):
            print(1 // (number - 3))
    assert over.next_seed == 3


def test_steps_begin_anew_when_they_are_through(over: Share) -> None:
    for _ in steps(5):
        from_the_first()
        break
    assert over.next_seed == 0


def test_one_case_is_tried_although_all_the_time_went_into_what_it_needs(over: Share) -> None:
    assert list(some(range(100), 100)) == [3]
    assert over.tried == 1
    assert over.next_seed != 3
    assert list(some([], 100)) == []


def test_a_case_that_failed_is_the_next_ones_first(over: Share) -> None:
    with suppress(ZeroDivisionError):
        for number in some(range(100), 100):
            print(1 // (number - 3))
    assert (over.next_seed, over.has_numbers) == (3, True)


def test_an_input_is_tried_alone_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "_ALONE", "17")
    assert list(seeds(4)) == [17]
    assert list(some(range(100, 200), 5)) == [117]


def test_nothing_more_is_tried_when_the_time_is_over(over: Share) -> None:
    assert over.is_over
    with pytest.raises(fuzzing.Over):
        stop_if_over()


def fuzz(folder: Path, laws: str) -> "subprocess.Popen[str]":
    """What `make fuzz` does, with the laws of a folder of their own."""
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests/test_laws.py").write_text(laws)
    command = [sys.executable, "-m", "bench.fuzz", "--seconds", "300"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(TOP)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def inputs(table: str) -> dict[str, int]:
    return {
        name: int(count.replace(",", ""))
        for name, count in re.findall(r"^\| `test_laws` (.*?) \| (.*?) ", table, re.MULTILINE)
    }


@pytest.mark.slow
def test_a_failure_is_kept_with_the_command_that_tries_it_again(tmp_path: Path) -> None:
    process = fuzz(tmp_path, LAWS)
    out, err = process.communicate(timeout=120)

    assert process.returncode == 1, err
    assert inputs(out).keys() == {"small", "numbered", "good"}
    assert inputs(out)["good"] == 400  # two rounds for each case: none has the time of the one before
    kept = {path.name: path.read_text() for path in (tmp_path / ".fuzz/failures").iterdir()}
    assert len(kept) == 3
    for text in kept.values():
        assert text in err
        (command,) = re.findall("Try it again: (.*)", text)
        again = command.replace(".venv/bin/python", sys.executable)
        environ = {**os.environ, "PYTHONPATH": str(TOP)}
        done = subprocess.run(again, shell=True, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)  # noqa: S602 - as a person pastes it
        assert re.search(r"assert 50 != 50|number=1000", done.stdout), done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_with_the_figures_so_far(number: signal.Signals, tmp_path: Path) -> None:
    process = fuzz(tmp_path, ENDLESS)
    figures = tmp_path / ".fuzz"
    while sum(path.read_text().count('"inputs"') for path in figures.glob("figures-*")) < 2:
        time.sleep(0.1)

    process.send_signal(number)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert "interrupted" in err
    assert inputs(out)
    assert (figures / "corpus.json").exists()
    assert not list(figures.glob("figures-*"))
