"""The check of a stanza that needs no key: it must be an age file for exactly one recipient, holding one data key.

The grammar is that of C2SP's age.md, "ABNF definition of file header". gitseal adds limits (docs/format.md): one stanza
besides grease, no passphrase, 8 KiB, a payload of 32 bytes. The library parses stanzas as well, but it opens a file with
a second, hidden recipient without a word. This check is what keeps such a recipient out.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from gitseal.errors import Malformed
from gitseal.recipients.kinds import KINDS
from gitseal.recipients.protocol import AgeHeader, Recipient

MAX_STANZA = 8 * 1024
DATA_KEY = 32
# One chunk of the payload: the sender's nonce, the data key, the tag of ChaCha20-Poly1305.
_PAYLOAD = 16 + DATA_KEY + 16
_VERSION = b"age-encryption.org/v1\n"
# One stanza, or the line that ends the header.
_PART = re.compile(
    rb"-> ([!-~]+)((?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)|--- ([A-Za-z0-9+/]{43})\n"
)

_SHAPES = {name: shape for kind in KINDS for name, shape in kind.stanzas.items()}
NATIVE = frozenset({*_SHAPES, "scrypt"})


def check_stanza(stanza: bytes, recipient: Recipient | None = None) -> None:
    """Raise Malformed, with the reason, unless the bytes are an age file for one public key: `recipient`'s, if given.

    It needs no key and proves nothing about what is inside.
    """
    header = parse_header(stanza)
    if recipient is not None and not recipient.fits(header):
        raise Malformed("the stanza is for another recipient than the one it stands under")


def parse_header(stanza: bytes) -> AgeHeader:
    """The one stanza of the age file that is not grease, after all checks that need no recipient. Raises Malformed."""
    if len(stanza) > MAX_STANZA:
        raise Malformed(f"the stanza has {len(stanza)} bytes, more than {MAX_STANZA}")
    if not stanza.startswith(_VERSION):
        raise Malformed("the stanza is not an age file of version 1")
    *stanzas, end = _parts(stanza)
    # Only its spelling can be checked here; whether the MAC is right shows when the file is opened.
    decode(end[4], "the stanza's header MAC")
    payload = len(stanza) - end.end()
    if payload != _PAYLOAD:
        raise Malformed(f"the stanza's payload has {payload} bytes where {_PAYLOAD} belong")
    return _only(stanzas)


def _parts(stanza: bytes) -> list[re.Match[bytes]]:
    """The stanzas of an age file's header, at least one, and the line that ends it."""
    at = len(_VERSION)
    parts: list[re.Match[bytes]] = []
    while not parts or parts[-1][4] is None:
        part = _PART.match(stanza, at)
        if part is None:
            raise Malformed("the stanza does not hold the header of an age file")
        parts.append(part)
        at = part.end()
    if len(parts) == 1:
        raise Malformed("the stanza does not hold the header of an age file")
    return parts


def _only(stanzas: list[re.Match[bytes]]) -> AgeHeader:
    headers = []
    for kind, arguments, body in (stanza.group(1, 2, 3) for stanza in stanzas):
        decoded = decode(body.replace(b"\n", b""), "the stanza's body")
        # age.md: clients ignore types they do not know, and age implementations add "…-grease" to keep it so.
        if not kind.endswith(b"-grease"):
            headers.append(AgeHeader(kind.decode(), tuple(arguments.decode().split()), decoded))
    if len(headers) != 1:
        raise Malformed(f"the stanza has {len(headers)} recipients where one belongs")
    return _shaped(headers[0])


def _shaped(header: AgeHeader) -> AgeHeader:
    if header.type == "scrypt":
        raise Malformed("the stanza is for a passphrase, not for a public key")
    if header.type in _SHAPES:
        shape = _SHAPES[header.type]
        lengths = tuple(len(decode(argument.encode(), "the stanza's argument")) for argument in header.arguments)
        if lengths != shape.arguments or not shape.least <= len(header.body) <= shape.greatest:
            raise Malformed(f"the stanza does not have the lengths of type {header.type}")
    return header


def decode(text: bytes, what: str) -> bytes:
    """Decode base64 without padding, as age writes it. Raises Malformed, which names `what`, for any other spelling."""
    try:
        decoded = a2b_base64(text + b"=" * (-len(text) % 4))
    except Base64Error:
        decoded = b""
    # a2b_base64 skips what it does not know, and takes spare bits that are not zero. Encoding again finds both.
    if encode(decoded) != text.decode("latin-1"):
        raise Malformed(f"{what} is not canonical base64")
    return decoded


def encode(content: bytes) -> str:
    """Encode as base64 without padding, the one spelling that `decode` takes."""
    return b2a_base64(content, newline=False).rstrip(b"=").decode()
