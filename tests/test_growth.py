"""The law of growth tells linear work from quadratic."""

from functools import partial

import pytest

from tests import growth


def linear(text: str) -> int:
    return sum(1 for sign in text if sign == "x")


def quadratic(text: str) -> int:
    # Each search takes much longer than its call, so that nothing linear is left to see at small sizes.
    return sum(text.count("ab") for _ in text)


def test_linear_work_passes() -> None:
    growth.assert_linear(lambda size: partial(linear, growth.repeated("ab", size)))


def test_quadratic_work_fails() -> None:
    with pytest.raises(AssertionError, match="times as long"):
        growth.assert_linear(lambda size: partial(quadratic, growth.repeated("ab", size)))


def test_a_piece_is_cut_at_the_size() -> None:
    assert growth.repeated("abc", 7) == "abcabca"
    assert growth.repeated(b"abc", 2) == b"ab"
