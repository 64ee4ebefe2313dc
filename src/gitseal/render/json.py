"""`json`: the tree as one object. Types are kept, and numbers have the digits they were stored with."""

from collections.abc import Sequence
from json.encoder import encode_basestring

from gitseal.document.value import TypedValue, ValueType
from gitseal.render._shape import CannotCarry, Options, RenderedEntry, text_of
from gitseal.render._tree import Tree, grow

SECTIONS = True


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """RFC 8259, indented by two blanks, UTF-8 unescaped, a line feed at the end. Raises as `_tree.grow` does."""
    return (_object(grow(entries, encode), "") + "\n").encode()


def encode(value: TypedValue) -> str:
    """One JSON text. Raises CannotCarry for infinities, NaN and bytes that are not UTF-8."""
    if value.kind is ValueType.NULL:
        return "null"
    text = text_of(value)
    if value.kind in {ValueType.TEXT, ValueType.BYTES}:
        return encode_basestring(text)
    if value.kind is ValueType.FLOAT and text.endswith(("inf", "nan")):
        raise CannotCarry("an infinity or NaN, which JSON does not know")
    # Numbers, booleans and JSON stand as they are: parsing and writing them again would change 1.50 and 1e400.
    return text.strip()


def _object(tree: Tree, indent: str) -> str:
    if not tree:
        return "{}"
    inner = indent + "  "
    members = (
        f"{inner}{encode_basestring(name)}: {node if isinstance(node, str) else _object(node, inner)}"
        for name, node in tree.items()
    )
    return "{\n" + ",\n".join(members) + f"\n{indent}}}"
