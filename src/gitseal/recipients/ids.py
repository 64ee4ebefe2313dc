"""The short name of a recipient in an environment file's header."""

from hashlib import sha256


def recipient_id(canonical: str) -> str:
    """Give r and 32 hex digits: the first 16 bytes of SHA-256 of the canonical string (docs/format.md)."""
    return "r" + sha256(canonical.encode()).hexdigest()[:32]
