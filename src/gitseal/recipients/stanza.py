"""The keyless check of a stanza: an age file for exactly one recipient, holding exactly one data key.

The grammar is C2SP's age.md, "ABNF definition of file header"; the further limits are gitseal's (docs/format.md): one
stanza besides grease, no passphrase, 8 KiB, a payload of 32 bytes. Why check what the library will parse anyway: it
opens a file with a second, hidden recipient without a word.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from gitseal.errors import Malformed
from gitseal.recipients.protocol import AgeHeader, Recipient

MAX_STANZA = 8 * 1024
DATA_KEY = 32
# One chunk of the payload: the sender's nonce, the data key, the tag of ChaCha20-Poly1305.
_PAYLOAD = 16 + DATA_KEY + 16
_VERSION = b"age-encryption.org/v1\n"
_STANZA = rb"-> ([!-~]+)((?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)"
_HEADER = re.compile(_VERSION + rb"(?:" + _STANZA + rb")+--- ([A-Za-z0-9+/]{43})\n")
_STANZAS = re.compile(_STANZA)

# Per native type: the lengths in bytes of its base64 arguments, and the least and greatest length of its body.
_SHAPES = {
    "X25519": ((32,), 32, 32),
    "ssh-ed25519": ((4, 32), 32, 32),
    "ssh-rsa": ((4,), 256, 512),
}
NATIVE = frozenset({*_SHAPES, "scrypt"})


def check_stanza(stanza: bytes, recipient: Recipient | None = None) -> None:
    """Refuse what is not an age file for one public key, and for `recipient` where that is given.

    Needs no key and proves nothing about what is inside. Raises Malformed with the reason.
    """
    header = parse_header(stanza)
    if recipient is not None and not recipient.fits(header):
        raise Malformed("the stanza is for another recipient than the one it stands under")


def parse_header(stanza: bytes) -> AgeHeader:
    """Give the stanza that counts in the age file, after all checks that need no recipient. Raises Malformed."""
    if len(stanza) > MAX_STANZA:
        raise Malformed(f"the stanza has {len(stanza)} bytes, more than {MAX_STANZA}")
    if not stanza.startswith(_VERSION):
        raise Malformed("the stanza is not an age file of version 1")
    match = _HEADER.match(stanza)
    if match is None:
        raise Malformed("the stanza does not hold the header of an age file")
    decode(match.group(match.lastindex or 0), "the stanza's header MAC")
    payload = len(stanza) - match.end()
    if payload != _PAYLOAD:
        raise Malformed(f"the stanza's payload has {payload} bytes where {_PAYLOAD} belong")
    return _only(stanza, match.end())


def _only(stanza: bytes, end: int) -> AgeHeader:
    headers = []
    for kind, arguments, body in _STANZAS.findall(stanza, 0, end):
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
        lengths, least, greatest = _SHAPES[header.type]
        found = tuple(len(decode(argument.encode(), "the stanza's argument")) for argument in header.arguments)
        if found != lengths or not least <= len(header.body) <= greatest:
            raise Malformed(f"the stanza does not have the lengths of type {header.type}")
    return header


def decode(text: bytes, what: str) -> bytes:
    """Decode base64 without padding, as age writes it; one text per value. Raises Malformed naming `what`."""
    try:
        decoded = a2b_base64(text + b"=" * (-len(text) % 4))
    except Base64Error:
        decoded = b""
    if encode(decoded) != text.decode("latin-1"):
        raise Malformed(f"{what} is not canonical base64")
    return decoded


def encode(content: bytes) -> str:
    """Encode as base64 without padding."""
    return b2a_base64(content, newline=False).rstrip(b"=").decode()
