"""Size classes and padding, by docs/format.md, section 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto.padding import is_possible, pad, size_class, unpad
from gitseal.errors import Damaged
from tests.vectors import reference
from tests.vectors.build import File

BORDERS = sorted(
    {
        size_class(length)
        for length in (
            *range(1, 5000),
            *range(5000, 2**16 + 2**14, 64),
            2**14,
            2**14 + 1,
            2**20,
            2**20 + 1,
            2**23,
            2**23 + 1,
        )
    }
)


@pytest.mark.parametrize("border", BORDERS)
def test_a_class_holds_up_to_its_border_and_no_byte_more(border: int) -> None:
    assert size_class(border) == border
    assert size_class(border - 1) == border
    assert size_class(border + 1) > border


@given(st.integers(1, 9 * 2**20))
def test_a_class_is_the_specifications_and_at_most_an_eighth_more(length: int) -> None:
    padded = size_class(length)

    assert padded == reference.padded_size(length)
    assert padded >= length
    assert length <= 512 or padded - length < length / 8


@given(st.binary(max_size=3000))
def test_unpad_undoes_pad(content: bytes) -> None:
    assert pad(content) == reference.pad(content)
    assert unpad(pad(content)) == content


@given(
    st.one_of(
        st.binary(max_size=700),
        st.builds(lambda head, zeros: head + bytes(zeros), st.binary(max_size=80), st.integers(0, 700)),
    )
)
def test_unpad_takes_nothing_but_what_pad_makes(padded: bytes) -> None:
    try:
        content = unpad(padded)
    except Damaged:
        assert all(pad(padded[:end]) != padded for end in range(len(padded)))
    else:
        assert pad(content) == padded


@pytest.mark.parametrize("kind", ["s", "w"])
def test_the_lengths_that_ciphertexts_have_are_possible_and_no_others(kind: str) -> None:
    group = File("lengths").default
    sizes = {len(group.sealed("A", bytes(padded), kind)) for padded in BORDERS if padded <= 2**16 + 2**13}
    last = max(sizes)

    assert {size for size in range(-1, last + 1) if is_possible(kind, size)} == sizes
