"""What stands in clear in an SSH private key file (openssh-portable, PROTOCOL.key)."""

from binascii import Error as Base64Error
from binascii import a2b_base64

from gitseal.crypto.ssh_wire import string
from gitseal.records import NamedTuple

_MAGIC = b"openssh-key-v1\0"
_COUNT = 4  # bytes of the number of keys in a file; OpenSSH always writes 1


class OpensshContainer(NamedTuple):
    """The part of an OpenSSH private key file that shows without its passphrase.

    It is the public key, whether the file is locked, and the options of what makes a key of the passphrase.
    """

    public: bytes
    locked: bool
    options: bytes


def openssh_container(data: bytes) -> OpensshContainer | None:
    """Read what stands in clear in an OpenSSH private key; None if it is cut short."""
    blob = body(data)
    if not blob.startswith(_MAGIC):
        return None
    cipher, rest = string(blob[len(_MAGIC) :])
    _kdf, rest = string(rest)
    options, rest = string(rest)
    public, _private = string(rest[_COUNT:])
    if cipher is None or options is None or public is None:
        return None
    return OpensshContainer(public, cipher != b"none", options)


def body(data: bytes) -> bytes:
    """The bytes of the one block that a private key file is; nothing if they are not in base64."""
    lines = data.replace(b"\r", b"").strip().split(b"\n")
    try:
        return a2b_base64(b"".join(lines[1:-1]))
    except Base64Error:
        return b""
