"""JSON and YAML that tools print: its parts, and the values found in it as those of an environment."""

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Collection, Iterable
from typing import NamedTuple

from gitseal.document.value import TypedValue, ValueType, checked, is_utf8
from gitseal.errors import Error, Malformed
from gitseal.exchange import json_import
from gitseal.exchange._items import Imported, ImportedValue
from gitseal.exchange._names import RULE, check_path, is_name, shown
from gitseal.exchange._nodes import Leaf, ListNode, Mapping, Node
from gitseal.exchange.foreign.source import ForeignSource

_BEGINNINGS = (b"{", b"[")


class FoundValue(NamedTuple):
    """A value, its name with the sections that it is in, and its line, or 0."""

    path: tuple[str, ...]
    value: TypedValue
    line: int = 0


def json_root(data: bytes) -> Node | None:
    """What a file of JSON holds; None if it is none, which its own reader tells better."""
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGINNINGS):
        return None
    try:
        return json_import.tree(data)
    except Error:
        return None


def fields(node: Node | None) -> dict[str, Node]:
    """The members of an object; empty if it is none. Raises Malformed if a name stands twice."""
    if not isinstance(node, Mapping):
        return {}
    members: dict[str, Node] = {}
    for name, line, member in node.members:
        if name in members:
            raise Malformed(f'"{shown(name)}" stands twice in one object', line, "keep one of them")
        members[name] = member
    return members


def items(node: Node | None) -> list[Node]:
    """The items of a list; empty if it is none."""
    return node.items if isinstance(node, ListNode) else []


def text(node: Node | None) -> str | None:
    """A text; None for anything else."""
    if isinstance(node, Leaf) and node.value.kind is ValueType.TEXT:
        return node.value.reveal().decode()
    return None


def is_null(node: Node | None) -> bool:
    """True for `null` and for nothing."""
    return node is None or (isinstance(node, Leaf) and node.value.kind is ValueType.NULL)


def is_true(node: Node | None) -> bool:
    """True for the boolean `true`."""
    return isinstance(node, Leaf) and node.value.kind is ValueType.BOOLEAN and node.value.reveal() == b"true"


def objects(node: Node | None, *needed: str) -> list[dict[str, Node]]:
    """The objects of a list, if there are any and all have these members; else empty."""
    listed = [fields(item) for item in items(node)]
    return listed if all(set(needed) <= one.keys() for one in listed) else []


def of_bytes(content: bytes) -> TypedValue:
    """The value of these bytes: text if they are UTF-8. Raises Error if there are too many."""
    return checked(ValueType.TEXT if is_utf8(content) else ValueType.BYTES, content)


def from_base64(encoded: str) -> bytes | None:
    """The bytes behind base64, which may have line ends in it; None if it is not base64."""
    try:
        return a2b_base64("".join(encoded.split()), strict_mode=True) if encoded.strip() else b""
    except (Base64Error, ValueError):
        return None


def relative(paths: list[str]) -> list[tuple[str, ...]]:
    """The parts of each path, without the folders that all of them have in common."""
    every_parts = [tuple(part for part in path.split("/") if part) or ("",) for path in paths]
    shared = 0
    for level in zip(*(parts[:-1] for parts in every_parts), strict=False):
        if len(set(level)) > 1:
            break
        shared += 1
    return [parts[shared:] for parts in every_parts]


def missing_value(name: str, why: str, hint: str) -> Malformed:
    """The error for a name whose value the tool did not print."""
    return Malformed(f'the file has no value of "{shown(name)}": {why}', 0, hint)


def near_miss(tool: str, lack: str) -> Malformed:
    """The error for a file that is nearly what a tool prints. Taken as it stands, its structure would become values."""
    hint = f"print it again with {tool}; to take the file as it stands: --format json"
    return Malformed(f"it looks like what {tool} prints, but {lack}", 0, hint)


class Printed(NamedTuple):
    """What prints a file: a tool, the name of its format, and the format that takes such a file as it stands."""

    tool: str
    form: str
    plain: str = "json"


def refuse_strange(source: ForeignSource, printed: Printed, members: Iterable[str], known: Collection[str]) -> None:
    """Raise Malformed if an object has members that the tool does not print: they would be lost without a word.

    Whoever names the tool's format says that they may go, for a tool may print more in its next version.
    """
    if source.format_name:
        return
    strange = [f'"{shown(name)}"' for name in members if name not in known]
    if strange:
        hint = f"to leave that out: --format {printed.form}; to take the file as it stands: --format {printed.plain}"
        raise Malformed(f"it looks like what {printed.tool} prints, but has {', '.join(strange)} too", 0, hint)


def refuse_page(root: dict[str, Node], name: str, hint: str) -> None:
    """Raise Malformed if a tool says that there is more than it printed."""
    if not is_null(root.get(name)):
        raise Malformed(f'the file has only a part of the values: "{name}" says that there are more', 0, hint)


def imported(values: Iterable[FoundValue]) -> Imported:
    """These values as those of a file. Raises Malformed for names that cannot be, and for one that comes twice."""
    by_path: dict[tuple[str, ...], ImportedValue] = {}
    for path, value, line in values:
        for part in path[:-1]:
            if not is_name(part):
                raise Malformed(f'"{shown(part)}" cannot be a section', line, RULE)
        check_path(path, line)
        if path in by_path:
            raise Malformed(f'"{shown("/".join(path))}" comes twice', line, "take one of the two out of the file")
        by_path[path] = ImportedValue(path, value, line)
    return Imported(tuple(by_path.values()))
