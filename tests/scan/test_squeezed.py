"""Where the bytes stood that are left of a text without some of its characters."""

from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan.squeezed import Squeezed
from tests import growth

TAKEN = b" \n"


@pytest.mark.fuzz
@given(st.lists(st.sampled_from([b"a", b"b", b" ", b"\n", b" " * 70, b"ab" * 40])).map(b"".join), st.randoms())
def test_every_byte_stands_where_it_did(content: bytes, order: Random) -> None:
    squeezed = Squeezed(content, TAKEN)
    places = [place for place, byte in enumerate(content) if byte not in TAKEN]
    assert squeezed.left == bytes(content[place] for place in places)
    numbers = list(range(len(places)))
    order.shuffle(numbers)
    assert {number: squeezed.place(number) for number in numbers} == dict(enumerate(places))


@pytest.mark.parametrize("piece", [b"a", b" ", b"a ", b"a" + b" " * 500])
def test_one_place_takes_linear_time(piece: bytes) -> None:
    def ask(content: bytes) -> int:
        squeezed = Squeezed(content, TAKEN)
        return squeezed.place(len(squeezed.left) - 1)

    growth.assert_linear(lambda size: partial(ask, growth.repeated(piece, size) + b"b"))
