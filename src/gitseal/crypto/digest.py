"""SHA-256 by the interpreter itself: `hashlib` would load OpenSSL, 3 ms, and `cryptography` 20 ms."""

import sys

try:
    if sys.version_info >= (3, 12):
        from _sha2 import sha256  # type: ignore[import-not-found]
    else:
        from _sha256 import sha256  # type: ignore[import-not-found]
except ImportError:  # a Python that was built without hashes of its own
    from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def sha256_hex(content: bytes) -> str:
    """The SHA-256 of the content as 64 lower-case hex digits."""
    digest: str = sha256(content).hexdigest()
    return digest


def sha256_of_many() -> "Callable[[bytes], str]":
    """`sha256_hex` by OpenSSL, if that is there: 3 ms to load, and less than half the time for each content."""
    try:
        from _hashlib import openssl_sha256
    except ImportError:
        return sha256_hex

    def digest(content: bytes) -> str:
        written: str = openssl_sha256(content).hexdigest()
        return written

    return digest
