"""A file cut into units: lines that belong to one thing and change together.

In a sealed file that is a name with its value, a stanza, a field of the header; in policy, manifest and allow.yaml one person,
group, environment, rule, secret or service; elsewhere a line. Blank lines and comments are units of their own.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from gitseal.yamltext import reader
from gitseal.yamltext.tree import Node, NodeKind, Tree

Owner = tuple[str, ...]

# Lists in which order means something: the first rule that matches decides.
_ORDERED = frozenset({"rules", "imports"})


class UnitKind(Enum):
    """What lines are."""

    BLANK = "blank"
    COMMENT = "comment"
    VALUE = "value"
    SECTION = "section"
    ITEM = "item"
    LINE = "line"


class LineUnit(NamedTuple):
    """Lines that belong together, as they stand. `start` counts from 0.

    Two units of one owner with equal `meaning` say the same, however they are written; with equal `order` also in the same
    order. `words` are the names and texts in it.
    """

    kind: UnitKind
    owner: Owner
    start: int
    lines: tuple[bytes, ...]
    meaning: str = ""
    words: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()


def of_sealed(data: bytes) -> list[LineUnit]:
    """The units of an environment file, or of whole top-level names of one. Raises Malformed."""
    tree = reader.parse(data)
    nodes = [node for node in tree.nodes.values() if not node.children or node.kind is not NodeKind.MAPPING]
    sections = [node for node in tree.nodes.values() if node.kind is NodeKind.MAPPING and node.children]
    units = [_unit(tree, UnitKind.VALUE, node, node.line, node.end) for node in nodes]
    units += [_unit(tree, UnitKind.SECTION, node, node.line, node.line + 1) for node in sections]
    return _with_gaps(tree, units)


def of_structured(data: bytes) -> list[LineUnit]:
    """The units of a policy, a manifest or a list of allowances. Raises Malformed."""
    tree = reader.parse(data, policy=True)
    units = []
    for node in tree.root.children.values():
        if node.source or node.kind is NodeKind.SCALAR:
            units.append(_unit(tree, UnitKind.VALUE, node, node.line, node.end, whole=True))
            continue
        units.append(_unit(tree, UnitKind.SECTION, node, node.line, node.line + 1))
        below = [(UnitKind.VALUE, child) for child in node.children.values()]
        below += [(UnitKind.ITEM, item) for item in node.items]
        units += [
            _unit(tree, kind, child, child.line, max(child.end, child.line + 1), whole=True) for kind, child in below
        ]
    return _with_gaps(tree, units)


def of_lines(data: bytes) -> list[LineUnit]:
    """Each line by itself, blank lines and comments that begin with `#` told apart."""
    units = []
    for number, line in enumerate(data.split(b"\n")):
        text = line.strip()
        kind = UnitKind.BLANK if not text else UnitKind.COMMENT if text.startswith(b"#") else UnitKind.LINE
        words = text.decode("utf-8", "replace")
        owner = (words,) if kind is UnitKind.LINE else ()
        units.append(LineUnit(kind, owner, number, (line,), words if kind is UnitKind.LINE else ""))
    return units


def meaning_of(data: bytes) -> str:
    """What a policy, a manifest or a list of allowances says, however it is written. Raises Malformed."""
    return _meaning(reader.parse(data, policy=True).root, "")


def _unit(tree: Tree, kind: UnitKind, node: Node, start: int, end: int, *, whole: bool = False) -> LineUnit:
    lines = tuple(line.encode() for line in tree.lines[start:end])
    meaning = "" if kind is UnitKind.SECTION else _meaning(node, node.path[-1])
    words = tuple(_words(node)) if whole else ()
    return LineUnit(kind, node.path, start, lines, meaning, frozenset(words), words)


def _meaning(node: Node, name: str) -> str:
    """A text that is equal for nodes that say the same. Numbers count as they are written, as `render` writes them."""
    if node.kind is NodeKind.MAPPING:
        children = sorted((child, _meaning(below, child)) for child, below in node.children.items())
        return "{" + ",".join(f"{child!r}:{text}" for child, text in children) + "}"
    if node.kind is NodeKind.SEQUENCE:
        items = [_meaning(item, "") for item in node.items]
        return "[" + ",".join(items if name in _ORDERED else sorted(items)) + "]"
    return repr(node.value) if isinstance(node.value, str) or node.value is None else node.source


def _words(node: Node) -> Iterator[str]:
    yield from node.path[-1:]
    for name, child in node.children.items():
        yield name
        yield from _words(child)
    for item in node.items:
        yield from _words(item)
    if isinstance(node.value, str):
        yield node.value


def _with_gaps(tree: Tree, units: list[LineUnit]) -> list[LineUnit]:
    """The units in the order of their lines, and one for each line between: blank, or a comment."""
    units.sort(key=lambda unit: unit.start)
    whole: list[LineUnit] = []
    at = 0
    for unit in units:
        whole += _gap(tree, at, unit.start)
        whole.append(unit)
        at = max(at, unit.start + len(unit.lines))
    return whole + list(_gap(tree, at, len(tree.lines)))


def _gap(tree: Tree, start: int, end: int) -> Iterator[LineUnit]:
    for number in range(start, end):
        kind = UnitKind.COMMENT if tree.is_comment(number) else UnitKind.BLANK
        yield LineUnit(kind, (), number, (tree.lines[number].encode(),))
