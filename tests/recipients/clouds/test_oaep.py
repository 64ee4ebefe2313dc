"""The padding that is taken off here, for tokens that do not: as RFC 8017 has it, and nothing else passes."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Damaged
from gitseal.recipients.clouds.oaep import file_key_in
from gitseal.recipients.stanza import parse_header
from tests.recipients import oaep

VECTORS: list[dict[str, str]] = json.loads((Path(__file__).parents[1] / "kms-vectors.json").read_text())
SIZE = 256


def raw(ciphertext: bytes, modulus: int, private: int) -> bytes:
    """What a token gives that only does RSA."""
    size = (modulus.bit_length() + 7) // 8
    return pow(int.from_bytes(ciphertext, "big"), private, modulus).to_bytes(size, "big")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["recipient"].rpartition(":")[0])
def test_the_file_key_of_each_vector(vector: dict[str, str]) -> None:
    body = parse_header(base64.b64decode(vector["stanza"])).body
    encoded = raw(body, int(vector["modulus"], 16), int(vector["private exponent"], 16))
    assert file_key_in(encoded).hex() == vector["file key"]


@given(
    st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32), st.integers(0, 255), st.integers(1, 255)
)
def test_a_byte_that_differs_anywhere_is_damaged(file_key: bytes, seed: bytes, at: int, change: int) -> None:
    encoded = oaep.padded(file_key, SIZE, seed)
    assert file_key_in(encoded) == file_key
    wrong = bytearray(encoded)
    wrong[at] ^= change
    # Where it is in the block of the file key, the seed goes with it, and the whole block with the seed.
    with pytest.raises(Damaged):
        file_key_in(bytes(wrong))


@given(st.binary(max_size=190).filter(lambda message: len(message) != 16))
def test_a_message_of_another_length_is_damaged(message: bytes) -> None:
    with pytest.raises(Damaged):
        file_key_in(oaep.padded(message, SIZE, bytes(32)))


@given(st.binary(min_size=256, max_size=256))
def test_bytes_that_nobody_sealed_are_damaged(encoded: bytes) -> None:
    with pytest.raises(Damaged):
        file_key_in(encoded)
