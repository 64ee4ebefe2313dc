"""A tree read from JSON or YAML, and the values that it gives: mappings are sections, lists are one JSON value each."""

from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import NamedTuple, TypeAlias

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.document.value import text as text_value
from gitseal.errors import Malformed
from gitseal.exchange._items import Imported, ImportedValue
from gitseal.exchange._names import check_path, shown
from gitseal.exchange._sealed import refuse_sealed

MAX_NESTING = 64


class Leaf(NamedTuple):
    """A scalar."""

    value: TypedValue
    line: int


class ListNode(NamedTuple):
    """A list."""

    items: "list[Node]"
    line: int


class Mapping(NamedTuple):
    """An object, its names in order with the lines where they stand."""

    members: "list[tuple[str, int, Node]]"
    line: int


Node: TypeAlias = Leaf | ListNode | Mapping


def imported(root: Mapping, form: str) -> Imported:
    """The values of the tree; an empty object below the top is the JSON value `{}`, as a section it would be lost.

    Raises Malformed for repeated or unfit names and for nesting beyond the limits, Error for sealed files.
    """
    refuse_sealed({name for name, _, _ in root.members}, form)
    return Imported(tuple(_items(root, ())))


def _items(mapping: Mapping, above: tuple[str, ...]) -> Iterator[ImportedValue]:
    _refuse_repeated(mapping)
    for name, line, node in mapping.members:
        path = (*above, name)
        check_path(path, line)
        if isinstance(node, Leaf):
            yield ImportedValue(path, node.value, line)
        elif isinstance(node, Mapping) and node.members:
            yield from _items(node, path)
        else:
            yield ImportedValue(path, checked(ValueType.JSON, _compact(node, 0).encode()), line)


def _refuse_repeated(mapping: Mapping) -> None:
    seen: set[str] = set()
    for name, line, _ in mapping.members:
        if name in seen:
            raise Malformed(f'"{shown(name)}" stands twice in one object', line, "keep one of them")
        seen.add(name)


def _compact(node: Node, depth: int) -> str:
    if depth > MAX_NESTING:
        raise Malformed(f"a list is nested more than {MAX_NESTING} deep", node.line)
    if isinstance(node, Leaf):
        return _json_scalar(node)
    if isinstance(node, ListNode):
        return "[" + ",".join(_compact(item, depth + 1) for item in node.items) + "]"
    _refuse_repeated(node)
    members = (f"{_string(name, line)}:{_compact(item, depth + 1)}" for name, line, item in node.members)
    return "{" + ",".join(members) + "}"


def _json_scalar(leaf: Leaf) -> str:
    kind, content = leaf.value.kind, leaf.value.reveal()
    if kind is ValueType.NULL:
        return "null"
    if kind is ValueType.BYTES or (kind is ValueType.FLOAT and content.endswith((b"inf", b"nan"))):
        raise Malformed(f"a list holds {_UNFIT[kind]}, which JSON cannot hold", leaf.line, "give it a name of its own")
    return encode_basestring(content.decode()) if kind is ValueType.TEXT else content.decode()


_UNFIT = {ValueType.BYTES: "bytes", ValueType.FLOAT: "an infinity or NaN"}


def text_leaf(content: str, line: int) -> Leaf:
    """A text as a leaf. Raises Malformed for lone surrogates."""
    if _has_surrogate(content):
        raise Malformed("a text holds half a surrogate pair, which is no character", line)
    return Leaf(text_value(content), line)


def _string(name: str, line: int) -> str:
    if _has_surrogate(name):
        raise Malformed("a name holds half a surrogate pair, which is no character", line)
    return encode_basestring(name)


def _has_surrogate(content: str) -> bool:
    return not content.isascii() and any("\ud800" <= sign <= "\udfff" for sign in content)
