"""Our named tuples are those of `typing`, in all that gitseal asks of them."""

import copy
import enum
import pickle
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal import records


class Ours(records.NamedTuple):
    """A record."""

    one: int
    two: "str | None"
    three: tuple[int, ...] = ()

    def double(self) -> int:
        return self.one * 2


class Theirs(typing.NamedTuple):
    """A record."""

    one: int
    two: "str | None"
    three: tuple[int, ...] = ()

    def double(self) -> int:
        return self.one * 2


NAMES = st.sampled_from(["one", "two", "three", "four"])
VALUES = st.integers(0, 3)


def outcome(make: Any, values: list[int], named: dict[str, int]) -> Any:
    try:
        return tuple(make(*values, **named))
    except TypeError:
        return TypeError


@given(values=st.lists(VALUES, max_size=4), named=st.dictionaries(NAMES, VALUES))
def test_both_are_made_alike(values: list[int], named: dict[str, int]) -> None:
    assert outcome(Ours, values, named) == outcome(Theirs, values, named)


def test_both_behave_alike() -> None:
    ours: Any = Ours(1, "b")
    theirs: Any = Theirs(1, "b")

    assert ours == theirs == (1, "b", ())
    assert hash(ours) == hash(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours._asdict() == theirs._asdict()
    assert ours._replace(two=None) == theirs._replace(two=None)
    assert (ours.one, ours.two, ours.three, ours.double()) == (1, "b", (), 2)
    assert Ours._fields == Theirs._fields
    assert Ours.__match_args__ == ("one", "two", "three")
    assert Ours._make([1, None, (2,)]) == (1, None, (2,))
    assert pickle.loads(pickle.dumps(ours)) == copy.deepcopy(ours) == ours  # noqa: S301 - our own bytes
    assert type(copy.copy(ours)) is Ours
    match ours:
        case Ours(one, two=two):
            assert (one, two) == (1, "b")
    with pytest.raises(AttributeError):
        ours.one = 2
    with pytest.raises(AttributeError):
        ours.four = 2
    with pytest.raises(ValueError, match="only these"):
        ours._replace(four=2)


def test_a_mistake_names_no_value() -> None:
    with pytest.raises(TypeError) as caught:
        Ours("needle-0c5b")  # type: ignore[arg-type,call-arg]

    assert "needle" not in str(caught.value)


class OurKind(records.Enum):
    """A kind."""

    ONE = b"1"
    TWO = b"2"

    @property
    def word(self) -> str:
        return self.name.lower()


class TheirKind(enum.Enum):
    """A kind."""

    ONE = b"1"
    TWO = b"2"

    @property
    def word(self) -> str:
        return self.name.lower()


def test_our_enumerations_are_those_of_enum() -> None:
    ours = [(kind.name, kind.value, kind.word, repr(kind).replace("OurKind", "")) for kind in OurKind]
    assert ours == [(kind.name, kind.value, kind.word, repr(kind).replace("TheirKind", "")) for kind in TheirKind]
    assert len({*OurKind}) == len(ours)
    for copied in (copy.copy(OurKind.ONE), copy.deepcopy(OurKind.ONE), pickle.loads(pickle.dumps(OurKind.ONE))):  # noqa: S301 - as above
        assert copied is OurKind.ONE
