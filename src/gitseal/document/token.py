"""`ENC[...]` and `STANZA[...]`: the two scalars that carry ciphertext (docs/format.md, section 4)."""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from gitseal.crypto import padding
from gitseal.crypto.token_kinds import SEALED, WRITE_ONLY
from gitseal.document import token_grammar
from gitseal.errors import Malformed, UnknownVersion
from gitseal.records import NamedTuple

_TOKEN, _STANZA, _END = "ENC[v1,", "STANZA[v1,", "]"
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# By the number of `=` at the end: the digits whose spare bits are zero.
_LAST_DIGITS = (frozenset(_DIGITS), frozenset("AEIMQUYcgkosw048"), frozenset("AQgw"))

MAX_STANZA = 8192


class Token(NamedTuple):
    """A sealed value as it stands in the file: `kind` is `s` or `w`, `payload` the ciphertext in base64."""

    kind: str
    group: str
    key_id: str
    payload: str

    def ciphertext(self) -> bytes:
        """The bytes of the payload. Raises Malformed if the base64 is not canonical."""
        return decoded(self.payload)

    def serialise(self) -> str:
        """The scalar that stands in the file."""
        return f"ENC[v1,{self.kind},{self.group}:{self.key_id},{self.payload}]"

    @classmethod
    def of(cls, kind: str, group: str, key_id: str, ciphertext: bytes) -> "Token":
        """A token around new ciphertext."""
        return cls(kind, group, key_id, _encoded(ciphertext))


class Stanza(NamedTuple):
    """A data key wrapped for one recipient: an age file in base64, and the id of the key that is in it."""

    key_id: str
    payload: str

    def age_file(self) -> bytes:
        """The age file. Raises Malformed if the base64 is not canonical or the file is larger than 8 KiB."""
        age_file = decoded(self.payload)
        if len(age_file) > MAX_STANZA:
            raise Malformed(f"a stanza is larger than {MAX_STANZA} bytes")
        return age_file

    def serialise(self) -> str:
        """The scalar that stands in the header."""
        return f"STANZA[v1,{self.key_id},{self.payload}]"

    @classmethod
    def of(cls, key_id: str, age_file: bytes) -> "Stanza":
        """A stanza around a new age file."""
        return cls(key_id, _encoded(age_file))


def parse_token(text: str, line: int) -> Token | None:
    """The token that `text` is, or None for a scalar that is no token.

    Raises Malformed for what begins like a token and is not one, and UnknownVersion if it names a version other than 1.
    """
    if not text.startswith(token_grammar.PREFIXES):
        return None
    kind, _, rest = text.removeprefix(_TOKEN).partition(",")
    place, _, end = rest.partition(",")
    group, _, key_id = place.partition(":")
    payload = end.removesuffix(_END)
    is_whole = text.startswith(_TOKEN) and text.endswith(_END) and kind in {SEALED, WRITE_ONLY}
    if not is_whole or not _is_made_of(group, key_id, payload):
        raise _refusal(text, line)
    return Token(kind, group, key_id, payload)


def _is_made_of(group: str, key_id: str, payload: str) -> bool:
    return token_grammar.is_group(group) and token_grammar.is_id("k", key_id) and token_grammar.is_payload(payload)


def parse_stanza(text: object, line: int) -> Stanza:
    """The stanza that `text` is. Raises Malformed or UnknownVersion."""
    written = text if isinstance(text, str) else ""
    key_id, _, end = written.removeprefix(_STANZA).partition(",")
    payload = end.removesuffix(_END)
    is_whole = written.startswith(_STANZA) and written.endswith(_END)
    if not is_whole or not token_grammar.is_id("k", key_id) or not token_grammar.is_payload(payload):
        raise _refusal(str(text), line)
    return Stanza(key_id, payload)


def refuse_other_version(text: str, line: int) -> None:
    """Raises UnknownVersion if a scalar begins as a token or stanza of another version does."""
    import re  # what is refused is rare

    other = re.match(token_grammar.OTHER_VERSION, text)
    if other and other[1] != "1":
        raise UnknownVersion(
            f"line {line} holds a token of version {other[1]}, which this gitseal does not know", "upgrade gitseal"
        )


def _refusal(text: str, line: int) -> Malformed:
    refuse_other_version(text, line)
    return Malformed("this is not a whole ENC[...] or STANZA[...] token", line, "take the line from an earlier commit")


def decoded(payload: str) -> bytes:
    """The bytes of a payload. Raises Malformed unless the base64 is the canonical form of at least one byte."""
    try:
        content = a2b_base64(payload, strict_mode=True)
    except Base64Error:
        content = b""
    # What the strict decoder lets pass: a `=` after whole bytes, and bits in the last digit that belong to no byte.
    signs = -len(content) % 3
    if not content or len(payload) * 3 != (len(content) + signs) * 4 or payload[-1 - signs] not in _LAST_DIGITS[signs]:
        raise Malformed("the base64 of a token is not in its one canonical form")
    return content


def is_canonical(payload: str) -> bool:
    """True if `decoded` takes this payload, which the grammar has taken already. Decodes nothing."""
    signs = 2 if payload[-2:] == "==" else payload[-1] == "="
    return len(payload) % 4 == 0 and payload[-1 - signs] in _LAST_DIGITS[signs]


def fault(kind: str, payload: str) -> str:
    """The fault of a token, in words after its name, as far as that needs no key; empty if it has none."""
    if not is_canonical(payload):
        return "is not in its one canonical form"
    size = len(payload) // 4 * 3 - payload[-2:].count("=")
    return "" if padding.is_possible(kind, size) else "has a length that no value has"


def _encoded(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode("ascii")
