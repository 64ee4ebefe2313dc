"""Size classes: the length of a ciphertext tells the size of its value only coarsely (docs/format.md, section 5).

An unpadded plaintext of m bytes, marker included, is filled to a multiple of 64 up to 512 bytes, above that to a
multiple of 2^(floor(log2 m) - 3): at most 12.5 % more, and two values of one class cannot be told apart.
"""

from gitseal.crypto.token_kinds import SEALED
from gitseal.errors import Damaged

_MARKER = b"\x80"
_SMALL_STEP = 64
_SMALL_LIMIT = 512
# What a token has beside its padded plaintext (docs/format.md, section 4.5): salt and commitment, and a tag for each chunk,
# or the encapsulated key and one tag.
_CHUNK = 16 * 1024
_TAG = 16
_SALT_AND_COMMITMENT = 24 + 32
_ENCAPSULATED_KEY = 32


def size_class(length: int) -> int:
    """The padded length of `length` bytes, marker included."""
    step = _SMALL_STEP if length <= _SMALL_LIMIT else 1 << (length.bit_length() - 4)
    return -(-length // step) * step


def pad(content: bytes) -> bytes:
    """The content, 0x80, and zeros up to its size class."""
    return (content + _MARKER).ljust(size_class(len(content) + 1), b"\0")


def unpad(padded: bytes) -> bytes:
    """The content again. Raises Damaged if filler or length is any other than `pad` makes."""
    # The marker keeps zeros at the end of a value from being taken for filler.
    content = padded.rstrip(b"\0")
    # Most values are in the smallest class, which needs no reckoning.
    is_of_size = len(padded) == _SMALL_STEP or len(padded) == size_class(len(content))
    if not content.endswith(_MARKER) or not is_of_size:
        # The tag was right, so this tells an attacker nothing about a key: only somebody who has it can get here.
        raise Damaged("the padding under a right tag is wrong: this value was not made by a sound program")
    return content[:-1]


def is_possible(kind: str, size: int) -> bool:
    """True if some value has a ciphertext of this kind and size in bytes. It needs no key, and proves nothing more."""
    if kind == SEALED:
        # The last chunk is shorter than the others, and empty if they hold everything: its tag is always there.
        full, last = divmod(size - _SALT_AND_COMMITMENT, _CHUNK + _TAG)
        padded = full * _CHUNK + last - _TAG if last >= _TAG else 0
    else:
        padded = size - _ENCAPSULATED_KEY - _TAG
    return padded >= _SMALL_STEP and size_class(padded) == padded
