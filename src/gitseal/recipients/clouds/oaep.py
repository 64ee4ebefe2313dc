"""RSA-OAEP's padding taken off here, for tokens that decrypt RSA and nothing more (docs/decisions/0058).

Whoever makes many ciphertexts, and learns of each why it does not decrypt, can decrypt others (Manger, CRYPTO 2001). So there is
one answer to all that is wrong, after the same steps: no byte decides which step is next.
"""

from hashlib import sha256

from gitseal.errors import Damaged

_HASH = 32
# The file key of an age file. Its length is known, so everything before it is, too.
_FILE_KEY = 16


def file_key_in(encoded: bytes) -> bytes:
    """The 16 bytes in what RSA alone gave: EME-OAEP with SHA-256, MGF1 with SHA-256 and no label. Raises Damaged for all else."""
    seed = _xor(encoded[1 : 1 + _HASH], _mask(encoded[1 + _HASH :], _HASH))
    block = _xor(encoded[1 + _HASH :], _mask(seed, len(encoded) - 1 - _HASH))
    filler = bytes(len(block) - _HASH - 1 - _FILE_KEY)
    expected = b"\0" + sha256(b"").digest() + filler + b"\1"
    import hmac  # 3 ms, which the other key services need not pay

    if not hmac.compare_digest(encoded[:1] + block[:-_FILE_KEY], expected):
        raise Damaged("the token does not decrypt the stanza with the key that it is for: it is damaged")
    return block[-_FILE_KEY:]


def _mask(seed: bytes, size: int) -> bytes:
    """MGF1 of RFC 8017, appendix B.2.1."""
    blocks = (sha256(seed + number.to_bytes(4, "big")).digest() for number in range(-(-size // _HASH)))
    return b"".join(blocks)[:size]


def _xor(one: bytes, other: bytes) -> bytes:
    # Byte by byte: the time of arithmetic with large numbers depends on them.
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
