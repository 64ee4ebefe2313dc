"""Trees read from JSON or YAML, and the values in them: a mapping is a section, a list is one JSON value."""

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
    """A scalar, already with its type."""

    value: TypedValue
    line: int


class ListNode(NamedTuple):
    """A list, which becomes one JSON value, since environments have names and no positions."""

    items: "list[Node]"
    line: int


class Mapping(NamedTuple):
    """An object: its members in order, each with its name and the line where the name stands. Names may be repeated."""

    members: "list[tuple[str, int, Node]]"
    line: int


Node: TypeAlias = Leaf | ListNode | Mapping


def imported(root: Mapping) -> Imported:
    """The values of a tree. An empty object below the top becomes the JSON value `{}`.

    As a section without names it would be lost. Raises Malformed for repeated or unfit names and for too deep nesting, and
    Error for sealed files.
    """
    sections = [node for name, _, node in root.members if name == "sops"]
    refuse_sealed({name for name, _, _ in root.members}, {name for node in sections for name in _names(node)})
    return Imported(tuple(_items(root, ())))


def _names(node: Node) -> Iterator[str]:
    """The names in a mapping, and in the mappings of its lists."""
    for name, _, inner in node.members if isinstance(node, Mapping) else ():
        yield name
        for item in inner.items if isinstance(inner, ListNode) else ():
            yield from _names(item)


def _items(mapping: Mapping, above: tuple[str, ...]) -> Iterator[ImportedValue]:
    _refuse_repeated(mapping)
    for name, line, node in mapping.members:
        path = (*above, name)
        check_path(path, line)
        if isinstance(node, Leaf):
            yield ImportedValue(path, node.value, line)
        # A list has no names for environments to hold, nor has an empty mapping: each becomes one JSON value, below.
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
    # Written by hand, because numbers have to keep the digits they came with.
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
    """Make a leaf of a text. Raises Malformed for lone surrogates, which escapes in JSON and YAML can spell."""
    if _has_surrogate(content):
        raise Malformed("a text holds half a surrogate pair, which is no character", line)
    return Leaf(text_value(content), line)


def _string(name: str, line: int) -> str:
    if _has_surrogate(name):
        raise Malformed("a name holds half a surrogate pair, which is no character", line)
    return encode_basestring(name)


def _has_surrogate(content: str) -> bool:
    # Most texts are ASCII, which Python knows without looking at them again.
    return not content.isascii() and any("\ud800" <= sign <= "\udfff" for sign in content)
