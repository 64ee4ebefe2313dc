"""Bech32 by BIP 173's own examples, and by what age's library writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto import bech32
from gitseal.recipients.x25519 import generate

# BIP 173, "Test vectors"; those in upper case are written small here, as callers have to.
SOUND = [
    "a12uel5l",
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
]
DAMAGED = ["x1b4n0q5v", "a1g7sgd8", "pzry9x0s0muk", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3x"]


@pytest.mark.parametrize("text", SOUND)
def test_a_checksum_is_known(text: str) -> None:
    assert bech32.is_whole(text)


@pytest.mark.parametrize("text", DAMAGED)
def test_a_wrong_one_too(text: str) -> None:
    assert not bech32.is_whole(text)


def test_the_alphabet_is_decoded_in_its_order() -> None:
    content = bech32.payload("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")
    assert content is not None
    assert content.hex() == "00443214c74254b635cf84653a56d7c675be77df"


def test_bits_that_belong_to_no_byte_are_zero() -> None:
    assert bech32.payload("a1qq" + "q" * 6) == b"\0"
    assert bech32.payload("a1qp" + "q" * 6) is None
    assert bech32.payload("a1q" + "q" * 6) is None


@given(st.integers(0, 57), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_other_character_is_found(at: int, character: str) -> None:
    recipient = generate().recipient
    place = len("age1") + at
    changed = recipient[:place] + character + recipient[place + 1 :]
    assert bech32.is_whole(recipient)
    assert bech32.is_whole(changed) == (changed == recipient)
