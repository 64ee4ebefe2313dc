"""The short name of a recipient in an environment file's header."""

from gitseal.crypto.digest import sha256_hex


def recipient_id(canonical: str) -> str:
    """The id of a recipient: "r" and 32 hex digits, the first 16 bytes of SHA-256 of its canonical string (docs/format.md)."""
    return "r" + sha256_hex(canonical.encode())[:32]
