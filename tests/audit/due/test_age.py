"""The age of a value, by the tokens that history shows."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.audit.due.age import Age, age
from gitseal.audit.exposure.past import Moment, ValueChange


def token(word: str) -> str:
    """`a0`: a value under data key a; nothing for no value."""
    return f"ENC[v1,s,default:k{word[0] * 32},{int(word[1:]):04d}]" if word else ""


def at(number: int) -> Moment:
    return Moment(number, f"c{number}")


def steps(*words: str) -> list[ValueChange]:
    """The changes from one value to the next, a second apart, newest first."""
    pairs = pairwise(words)
    return [ValueChange(token(old), token(new), at(number)) for number, (old, new) in enumerate(pairs, 1)][::-1]


@pytest.mark.parametrize(
    ("words", "set_at", "resealed_at"),
    [
        (("", "a0"), 1, None),
        (("", "a0", "a1"), 2, None),
        (("", "a0", "b0"), 1, 2),
        (("", "a0", "b0", "c0"), 1, 3),
        (("", "a0", "a1", "b0"), 2, 3),
        (("", "a0", "b0", "b1"), 3, None),
        # What comes back is as old as it was.
        (("", "a0", "a1", "a0"), 1, None),
        (("", "a0", "", "a0"), 1, None),
    ],
)
def test_the_age_is_that_of_the_last_certain_change(
    words: tuple[str, ...], set_at: int, resealed_at: int | None
) -> None:
    assert age(steps(*words), token(words[-1])) == Age(at(set_at), at(resealed_at) if resealed_at else None)


def test_while_the_value_before_stands_its_age_counts() -> None:
    changes = steps("", "a0", "a1", "a2")
    assert age(changes, token("a2"), is_previous_kept=True).set_at == at(2)
    assert age(steps("", "a0"), token("a0"), is_previous_kept=True).set_at == at(1)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), min_size=1, max_size=9))
def test_a_value_is_never_younger_than_its_token(values: list[tuple[str, int]]) -> None:
    words = ["", *(f"{key}{number}" for key, number in values)]
    words = [word for word, before in zip(words[1:], words, strict=False) if word != before]
    changes = steps("", *words)
    assert age(changes, token(words[-1])).set_at.when <= words.index(words[-1]) + 1
