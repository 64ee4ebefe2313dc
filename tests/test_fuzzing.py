"""A law's share: seeds go on where the last run stopped, a failing one is tried again, and time ends everything."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests import fuzzing
from tests.fuzzing import Share, from_the_first, seeds, some, steps, stop_if_over, tried


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


def test_nothing_more_is_tried_when_the_time_is_over(over: Share) -> None:
    assert list(some(range(100), 100)) == []
    assert over.tried == 0
    with pytest.raises(fuzzing.Over):
        stop_if_over()
