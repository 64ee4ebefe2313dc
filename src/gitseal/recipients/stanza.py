"""The check of a stanza that needs no key: it must be an age file for exactly one recipient, holding one data key.

The grammar is that of C2SP's age.md, "ABNF definition of file header". gitseal adds limits (docs/format.md): one stanza
besides grease, no passphrase, 8 KiB, a payload of 32 bytes. The library parses stanzas as well, but it opens a file with
a second, hidden recipient without a word. This check is what keeps such a recipient out.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from gitseal.errors import Damaged, Malformed
from gitseal.recipients.kinds import KINDS
from gitseal.recipients.protocol import AgeHeader, Recipient
from gitseal.records import NamedTuple

MAX_STANZA = 8 * 1024
MAX_HEADER = 1024 * 1024
"""The most bytes of a header with many recipients: some 600 that are post-quantum."""
DATA_KEY = 32
# One chunk of the payload: the sender's nonce, the data key, the tag of ChaCha20-Poly1305.
_PAYLOAD = 16 + DATA_KEY + 16
_VERSION = b"age-encryption.org/v1\n"
_NO_HEADER = "the stanza does not hold the header of an age file"
_LINE, _MAC = 64, 43
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VISIBLE = bytes(range(0x21, 0x7F))

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
    stanzas, mac, end = _parts(stanza)
    # Only its spelling can be checked here; whether the MAC is right shows when the file is opened.
    decode(mac, "the stanza's header MAC")
    payload = len(stanza) - end
    if payload != _PAYLOAD:
        raise Malformed(f"the stanza's payload has {payload} bytes where {_PAYLOAD} belong")
    return _only(stanzas)


def parse_headers(file: bytes) -> list[AgeHeader]:
    """All stanzas of an age file with any number of recipients, but for grease. Raises Malformed."""
    end = file.find(b"\n", file.find(b"\n--- ") + 1) + 1
    if not file.startswith(_VERSION) or not 0 < end <= MAX_HEADER:
        raise Malformed("it does not hold the header of an age file")
    parts, mac, _ = _parts(file[:end])
    decode(mac, "the header's MAC")
    return [_shaped(header) for header in _without_grease(parts)]


class _Part(NamedTuple):
    """One stanza of an age file's header, grease or not."""

    type: bytes
    arguments: list[bytes]
    body: bytes


def _parts(stanza: bytes) -> tuple[list[_Part], bytes, int]:
    """The stanzas, at least one, the MAC, and where the header ends. Raises Malformed.

    Line by line: two expressions for it took a fiftieth of a short command's time to compile.
    """
    lines = stanza.split(b"\n")
    lines.pop()  # what no line feed ends is payload
    parts: list[_Part] = []
    at = 1
    while at < len(lines) and lines[at].startswith(b"-> "):
        kind, *arguments = lines[at][3:].split(b" ")
        last = at + 1
        # A body ends with the first line that is shorter than the others.
        while last < len(lines) and len(lines[last]) == _LINE:
            last += 1
        part = _Part(kind, arguments, b"".join(lines[at + 1 : last + 1]))
        if last == len(lines) or len(lines[last]) > _LINE or not _is_spelled(part):
            raise Malformed(_NO_HEADER)
        parts.append(part)
        at = last + 1
    end = lines[at] if at < len(lines) else b""
    mac = end.removeprefix(b"--- ")
    if not parts or mac == end or len(mac) != _MAC or mac.translate(None, _DIGITS):
        raise Malformed(_NO_HEADER)
    return parts, mac, len(b"\n".join(lines[: at + 1])) + 1


def _is_spelled(part: _Part) -> bool:
    words = [part.type, *part.arguments]
    return all(words) and not b"".join(words).translate(None, _VISIBLE) and not part.body.translate(None, _DIGITS)


def _only(stanzas: list[_Part]) -> AgeHeader:
    headers = _without_grease(stanzas)
    if len(headers) != 1:
        raise Malformed(f"the stanza has {len(headers)} recipients where one belongs")
    if headers[0].type == "scrypt":
        raise Malformed("the stanza is for a passphrase, not for a public key")
    return _shaped(headers[0])


def _without_grease(stanzas: list[_Part]) -> list[AgeHeader]:
    headers = []
    for kind, arguments, body in stanzas:
        decoded = decode(body, "the stanza's body")
        # age.md: clients ignore types they do not know, and age implementations add "…-grease" to keep it so.
        if not kind.endswith(b"-grease"):
            headers.append(AgeHeader(kind.decode(), tuple(map(bytes.decode, arguments)), decoded))
    return headers


def _shaped(header: AgeHeader) -> AgeHeader:
    if header.type in _SHAPES:
        shape = _SHAPES[header.type]
        words, others = header.arguments[: len(shape.words)], header.arguments[len(shape.words) :]
        lengths = tuple(len(decode(argument.encode(), "the stanza's argument")) for argument in others)
        if (words, lengths) != (shape.words, shape.arguments) or not shape.least <= len(header.body) <= shape.greatest:
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


def check_data_key(data_key: bytes) -> None:
    """Raises ValueError, as a mistake of ours, for what is to be wrapped and has another length than a data key."""
    if len(data_key) != DATA_KEY:
        raise ValueError(f"a data key has {DATA_KEY} bytes")


def opened_data_key(content: bytes) -> bytes:
    """The data key that a stanza held. Raises Damaged if that has another length."""
    if len(content) != DATA_KEY:
        raise Damaged(f"the stanza holds {len(content)} bytes where a data key has {DATA_KEY}")
    return content


def body_lines(body: bytes) -> list[str]:
    """The lines of a stanza's body. The last one is not full, an empty one if need be: that is how readers find its end."""
    text = encode(body)
    return [text[at : at + _LINE] for at in range(0, len(text) + 1, _LINE)]


def encode(content: bytes) -> str:
    """Encode as base64 without padding, the one spelling that `decode` takes."""
    return b2a_base64(content, newline=False).rstrip(b"=").decode()
