"""The short form of a public key, for two people who compare it by voice."""

from binascii import a2b_base64, b2a_base64
from hashlib import sha256


def fingerprint(canonical: str) -> str:
    """`SHA256:` and 43 characters of base64; of an SSH key the one that `ssh-keygen -l` prints.

    Other recipients have no fingerprint of their own, so theirs is that of their text.
    """
    _, _, encoded = canonical.partition(" ")
    digest = sha256(a2b_base64(encoded) if encoded else canonical.encode()).digest()
    return "SHA256:" + b2a_base64(digest, newline=False).decode().rstrip("=")
