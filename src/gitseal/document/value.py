"""A secret's value: its type and its exact content, and the plaintext bytes that are sealed (docs/format.md, section 5).

The content is kept as the bytes that were given, after a check that they are of the type: `1.50` stays `1.50`. Turning
values into Python objects or into an env file's text is the work of `render` and `exchange`.
"""

from gitseal.errors import Damaged, Error, UnknownVersion
from gitseal.hidden import SecretBytes
from gitseal.records import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CONTENT = 8 * 1024 * 1024


class ValueType(Enum):
    """The type of a value; the member's value is the type byte of the plaintext."""

    TEXT = b"t"
    INTEGER = b"i"
    FLOAT = b"f"
    BOOLEAN = b"b"
    NULL = b"n"
    BYTES = b"y"
    JSON = b"j"

    @property
    def word(self) -> str:
        """The type as the user writes it after `--type` and reads it in `list`."""
        return self.name.lower()


_TEXT = ValueType.TEXT
_BY_BYTE = {kind.value: kind for kind in ValueType}
_INTEGER = rb"0|-?[1-9][0-9]*"
_FLOAT = rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)|-?\.inf|\.nan"


class TypedValue(SecretBytes):
    """A value of a secret: `kind`, and the content behind `reveal()`.

    Content by kind: text is UTF-8; integer and float are decimal text (floats also `.inf`, `-.inf`, `.nan`); boolean
    is `true` or `false`; null is empty; bytes is anything; JSON is what `json_text` takes.
    """

    __slots__ = ("kind",)

    def __init__(self, kind: ValueType, content: bytes) -> None:
        # Not by way of `super`: with 100,000 values that shows.
        self._content = content
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedValue) and self.kind is other.kind and super().__eq__(other)

    __hash__ = None

    def __repr__(self) -> str:
        return f"Value({self.kind.word}, …)"


def text(content: str) -> TypedValue:
    """A text value; lone surrogates are refused."""
    return checked(ValueType.TEXT, content.encode("utf-8", "surrogatepass"))


def checked(kind: ValueType, content: bytes) -> TypedValue:
    """The value, after a check that `content` is of `kind` and at most 8 MiB.

    Raises Error without the content in its message.
    """
    if len(content) > MAX_CONTENT:
        raise Error(
            f"the value has {len(content)} bytes, more than the {MAX_CONTENT} that fit",
            "store a reference to the file instead",
        )
    if not is_of(kind, content):
        raise Error(f"the value is not of type {kind.word}", _hint(kind))
    return TypedValue(kind, content)


_HINTS = {
    ValueType.TEXT: "text is UTF-8; for other bytes add: --type bytes",
    ValueType.INTEGER: "an integer is written in decimal, such as 8080",
    ValueType.FLOAT: "a float is written in decimal, such as 0.5",
    ValueType.BOOLEAN: "a boolean is true or false",
}


def _hint(kind: ValueType) -> str:
    if kind is ValueType.JSON:
        from gitseal.document import json_text

        return json_text.HINT
    return _HINTS.get(kind, "give the value another --type")


def is_of(kind: ValueType, content: bytes) -> bool:
    """True if bytes are content of a type, whatever their length."""
    check = _CHECKS.get(kind)
    return check is None or check(content)


def is_utf8(content: bytes) -> bool:
    """True if bytes are UTF-8 text."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_json(content: bytes) -> bool:
    from gitseal.document import json_text

    return json_text.is_json(content)


def _matches(expression: bytes, content: bytes) -> bool:
    import re

    return re.fullmatch(expression, content) is not None


_CHECKS: "dict[ValueType, Callable[[bytes], bool]]" = {
    ValueType.TEXT: is_utf8,
    ValueType.INTEGER: lambda content: _matches(_INTEGER, content),
    ValueType.FLOAT: lambda content: _matches(_FLOAT, content),
    ValueType.BOOLEAN: lambda content: content in {b"true", b"false"},
    ValueType.NULL: lambda content: not content,
    ValueType.JSON: _is_json,
}


def to_plaintext(value: TypedValue) -> bytes:
    """The type byte and the content; padding is added by `crypto`."""
    return value.kind.value + value.reveal()


def from_plaintext(plaintext: bytes) -> TypedValue:
    """The value of an opened and unpadded plaintext.

    Raises UnknownVersion for a type byte of a later version, Damaged for content that is not of its type.
    """
    if plaintext[:1] == b"t" and plaintext.isascii() and len(plaintext) <= MAX_CONTENT:
        # Nearly every value, with nothing left to check.
        return TypedValue(_TEXT, plaintext[1:])
    kind = _BY_BYTE.get(plaintext[:1])
    if kind is None and plaintext:
        raise UnknownVersion("the value has a type that this version does not know", "upgrade gitseal")
    try:
        if kind is not None:
            return checked(kind, plaintext[1:])
    except Error:
        pass
    raise Damaged("the content under a right tag is not of its type: this value was not made by a sound program")
