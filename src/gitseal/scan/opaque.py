"""Content that cannot be looked into: kept elsewhere, compressed or encrypted. Its bytes are searched all the same, in vain."""

from gitseal.scan import links

ELSEWHERE = "{} kept elsewhere by Git LFS or git-annex"
PACKED = "{} with compressed content"
ENCRYPTED = "{} with encrypted content"
LINK_OUT = "{} out of the repository"
"""Words for each kind; in the hole stands how many there are."""

_SHOWN_BY: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs.github.com/spec/", ELSEWHERE),
    (b"/annex/objects/", ELSEWHERE),  # git-annex's pointer in an unlocked file
    (b"\0GITCRYPT\0", ENCRYPTED),
    (b"age-encryption.org/v1", ENCRYPTED),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", ENCRYPTED),
    (b"-----BEGIN PGP MESSAGE-----", ENCRYPTED),
    (b"$ANSIBLE_VAULT;", ENCRYPTED),
    (b"Salted__", ENCRYPTED),  # openssl enc
    (b"U2FsdGVkX1", ENCRYPTED),  # the same in base64, as transcrypt has it
    (b"PK\x03\x04", PACKED),  # zip, jar, docx
    (b"PK\x05\x06", PACKED),
    (b"\x1f\x8b", PACKED),  # gzip
    (b"BZh", PACKED),
    (b"\xfd7zXZ\0", PACKED),
    (b"\x28\xb5\x2f\xfd", PACKED),  # zstd
    (b"\x04\x22\x4d\x18", PACKED),  # lz4
    (b"7z\xbc\xaf\x27\x1c", PACKED),
    (b"Rar!\x1a\x07", PACKED),
    (b"%PDF-", PACKED),
    (b"\x89PNG\r\n", PACKED),
    (b"\xff\xd8\xff", PACKED),  # JPEG
    (b"GIF8", PACKED),
    (b"RIFF", PACKED),  # WebP
)
HEAD = 64
"""How many bytes of a beginning are enough to tell."""


def kind(head: bytes) -> str:
    """The kind of content that begins like this, one of the words above; nothing for content that can be looked into."""
    return next((what for beginning, what in _SHOWN_BY if head.startswith(beginning)), "")


def kind_of_link(path: bytes, target: bytes) -> str:
    """The same for a symbolic link: what it leads to is looked at where Git has it, which is nowhere outside."""
    return ELSEWHERE if b".git/annex/objects/" in target else "" if links.target(path, target) else LINK_OUT
