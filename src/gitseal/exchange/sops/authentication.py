"""What sops authenticates: a value's context, which is its path without numbers of lists, and the MAC over all values."""

from hashlib import sha256, sha512

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import _Hash


def context(path: tuple[str, ...]) -> str:
    """The context of a value at a path, or of a comment in the mapping at it. sops escapes no colon in a name."""
    return ":".join(path) + ":"


def mac_hash(*, only_encrypted: bool = False) -> "_Hash":
    """The hash that takes the content of each value, in their order, with nothing between them."""
    return sha512(sha256(b"sops").digest() if only_encrypted else b"")


def mac_text(hashed: "_Hash") -> bytes:
    """The MAC, as it is sealed."""
    return hashed.hexdigest().upper().encode()
