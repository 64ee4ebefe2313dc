"""Sealing what gitseal keeps for itself on one machine, under a key that only the private keys at hand give.

A cache of what was opened would undo the sealing if it lay there in plain. Even hashes of values would: whoever reads the
file could test a guess. So the whole content is sealed, and its length tells no more than a size class.
"""

from collections.abc import Iterable

from gitseal.crypto.framing import frame, u32be

_KEY_SIZE = 32
_KEY_INFO = "gitseal/v1/private-cache"
# The length of a list of hashes says how many there are, and so what kind of value they belong to.
_SIZE_CLASS = 1 << 16


def derive_key(secrets: Iterable[bytes], purpose: str) -> bytes:
    """32 bytes that follow from all of `secrets` together (HKDF-SHA256); another `purpose` gives another key.

    The caller owes at least one secret that nobody can guess: a private key.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _KEY_SIZE, salt=b"", info=frame(_KEY_INFO, purpose)).derive(frame(*secrets))


def seal(key: bytes, context: str, content: bytes) -> bytes:
    """The content, sealed and bound to `context`, its length rounded up to a multiple of 64 KiB."""
    from cryptography.cobblestone import Cobblestone256Encryptor

    # Zeros fill it up; the length in front, under the tag too, says where the content ends.
    framed = u32be(len(content)) + content
    padded = framed + bytes(-len(framed) % _SIZE_CLASS)
    encryptor = Cobblestone256Encryptor(key, frame(context))
    return encryptor.update(padded) + encryptor.finalize()


def unseal(key: bytes, context: str, sealed: bytes) -> bytes | None:
    """The bytes that `seal` was given, or None for anything else: another key or context, damage, a file cut short."""
    from cryptography.cobblestone import Cobblestone256Decryptor
    from cryptography.exceptions import InvalidTag

    try:
        decryptor = Cobblestone256Decryptor(key, frame(context))
        padded = decryptor.update(sealed) + decryptor.finalize()
    except (InvalidTag, ValueError):
        return None
    size = int.from_bytes(padded[:4], "big")
    return padded[4 : 4 + size]
