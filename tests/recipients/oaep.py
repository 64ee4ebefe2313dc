"""RSA-OAEP of RFC 8017, section 7.1, from its text alone, and the age file around it: gitseal's stanzas by another road.

What is random in a real stanza is an argument here. `opened` is the page of Python that docs/how-to/recover-without-gitseal.md
has, as functions.
"""

import hashlib

from tests.vectors import reference

HASH = 32


def mgf1(seed: bytes, size: int) -> bytes:
    blocks = range(-(-size // HASH))
    return b"".join(hashlib.sha256(seed + block.to_bytes(4, "big")).digest() for block in blocks)[:size]


def xored(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def padded(message: bytes, size: int, seed: bytes) -> bytes:
    """EME-OAEP with SHA-256, MGF1 with SHA-256 and an empty label, for a modulus of that many bytes; `seed` is of 32."""
    room = size - HASH - 1
    block = hashlib.sha256(b"").digest() + bytes(room - HASH - 1 - len(message)) + b"\x01" + message
    masked = xored(block, mgf1(seed, room))
    return b"\x00" + xored(seed, mgf1(masked, HASH)) + masked


def sealed(message: bytes, modulus: int, exponent: int, seed: bytes) -> bytes:
    """The padding, then RSAEP."""
    size = (modulus.bit_length() + 7) // 8
    return pow(int.from_bytes(padded(message, size, seed), "big"), exponent, modulus).to_bytes(size, "big")


def unsealed(ciphertext: bytes, modulus: int, private: int) -> bytes:
    """What a key service does for whoever may decrypt; an assertion fails for what is no OAEP with an empty label."""
    size = (modulus.bit_length() + 7) // 8
    assert len(ciphertext) == size
    encoded = pow(int.from_bytes(ciphertext, "big"), private, modulus).to_bytes(size, "big")
    seed = xored(encoded[1 : HASH + 1], mgf1(encoded[HASH + 1 :], HASH))
    block = xored(encoded[HASH + 1 :], mgf1(seed, size - HASH - 1))
    assert encoded[0] == 0
    assert block.startswith(hashlib.sha256(b"").digest())
    filler, one, message = block[HASH:].partition(b"\x01")
    assert one
    assert not filler.strip(b"\x00")
    return message


def stanza(data_key: bytes, key: bytes, body: bytes, file_key: bytes, nonce: bytes) -> bytes:
    """The age file of docs/format.md, section 4.6: `key` is the public half in DER, `body` the wrapped file key."""
    mark = reference.age_line(hashlib.sha256(key).digest())
    text = reference.age_line(body)
    lines = [text[at : at + 64] for at in range(0, len(text) + 1, 64)]
    return reference.age_file("\n".join((f"-> gitseal-rsa-oaep v1 {mark}", *lines, "")), file_key, nonce, data_key)
