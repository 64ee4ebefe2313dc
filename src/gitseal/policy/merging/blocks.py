"""A policy's or manifest's lines as blocks: each entry with its own lines and what stands above it.

Lines are kept without the indentation of their entry, so that an entry can go into a file that is indented otherwise.
"""

from collections.abc import Iterable, Sequence

from gitseal.policy.merging import values
from gitseal.policy.merging.values import Value
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import Node, NodeKind, Tree

# Stands before a line that is indented less than its entry, as a comment may be: such a line stays where it is. No file
# holds this character.
_FIXED = "\0"
_DASH = "-"


class Line(NamedTuple):
    """An entry on one line: the text before its value, the value as written, the text behind."""

    before: str
    source: str
    behind: str


class Block(NamedTuple):
    """An entry. `lead` are the comments and blank lines above it; `lines` its own, of a section those above its entries.

    `children` is None for what is no section of lines. `indent` is how far these are indented; `is_item` tells an item of a
    list, whose first line begins with a dash, left out here if it has children.
    """

    value: Value
    lead: tuple[str, ...]
    lines: tuple[str, ...]
    children: "dict[str, Block] | None" = None
    indent: int = 0
    is_item: bool = False
    line: Line | None = None

    @property
    def is_list(self) -> bool:
        """True for a list that has a line for each item."""
        return self.children is not None and isinstance(self.value, values.Listed | values.Members)

    def whole(self) -> tuple[str, ...]:
        """All lines of the entry, without what stands above it."""
        inner = (line for child in (self.children or {}).values() for line in (*child.lead, *child.whole()))
        lines = (*self.lines, *indented(inner, self.indent))
        return tuple(dashed(lines)) if self.is_item and self.children is not None else lines


class File(NamedTuple):
    """A file: its entries, the lines after the last of them, and whether its lines end with a carriage return."""

    root: Block
    trailer: tuple[str, ...]
    has_returns: bool


def read(tree: Tree) -> File:
    """The blocks of a file."""
    reader = _BlockReader([line.removesuffix("\r") for line in tree.lines])
    children, end = reader.children(tree.root, 0, 0)
    root = Block(values.of(tree.root), (), (), children)
    return File(root, tuple(reader.lines[end:]), tree.lines[0].endswith("\r"))


EMPTY = File(Block({}, (), (), {}), (), has_returns=False)


def indented(lines: Iterable[str], count: int) -> list[str]:
    """The lines with so many blanks before each that has a text."""
    return [" " * count + line if line and line[0] != _FIXED else line for line in lines]


def dashed(lines: Iterable[str]) -> list[str]:
    """The lines of a list's item with the dash in front of its first entry."""
    made = list(lines)
    for number, line in enumerate(made):
        if line.strip() and not is_comment(line):
            made[number] = _DASH + line[1:]
            break
    return made


def is_comment(line: str) -> bool:
    """True if a line holds a comment alone."""
    return line.lstrip(_FIXED + " ").startswith("#")


def text(lines: Sequence[str], *, has_returns: bool) -> bytes:
    """The bytes of whole lines; the last one's line end is an empty line at the end."""
    ends = ("\r\n" if has_returns else "\n").join
    return ends(line.removeprefix(_FIXED) for line in lines).encode()


class _BlockReader:
    """The lines of one file, cut into blocks."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def children(self, section: Node, start: int, indent: int) -> tuple[dict[str, Block], int]:
        """The entries of a section whose lines begin at `start`, and the line after the last."""
        nodes = section.items if section.kind is NodeKind.SEQUENCE else [*section.children.values()]
        value = values.of(section)
        keys = [*value] if isinstance(value, dict) else []
        blocks = {}
        at = start
        for key, node in zip(keys, nodes, strict=True):
            lead = self.cut(at, node.line, indent)
            blocks[key] = self.block(node, lead)
            at = node.end
        return blocks, at

    def block(self, node: Node, lead: tuple[str, ...]) -> Block:
        value = values.of(node)
        is_item = node.path[-1].startswith("[")
        if not self.is_section(node, value):
            return Block(value, lead, self.cut(node.line, node.end, node.indent), None, 0, is_item, self.single(node))
        first = (node.items if node.kind is NodeKind.SEQUENCE else [*node.children.values()])[0]
        start = node.line
        lines: tuple[str, ...] = ()
        if first.line == node.line:
            # The dash goes, so that each entry of an item is a block like any other.
            raw = self.lines[node.line]
            self.lines[node.line] = f"{raw[: node.indent]} {raw[node.indent + 1 :]}"
        else:
            start = node.line + 1
            lines = self.cut(node.line, start, node.indent)
        children, _end = self.children(node, start, first.indent)
        return Block(value, lead, lines, children, first.indent - node.indent, is_item)

    def is_section(self, node: Node, value: Value) -> bool:
        """True for entries on lines of their own, each with a key of its own."""
        nodes = node.items if node.kind is NodeKind.SEQUENCE else [*node.children.values()]
        return not node.source and isinstance(value, dict) and 0 < len(nodes) == len(value)

    def cut(self, start: int, end: int, indent: int) -> tuple[str, ...]:
        return tuple(_outdented(line, indent) for line in self.lines[start:end])

    def single(self, node: Node) -> Line | None:
        """The parts of an entry that stands on one line, with its value."""
        if not node.source or node.value_line != node.line:
            return None
        line = self.lines[node.line][node.indent :]
        behind = line[1:] if node.path[-1].startswith("[") else line.partition(":")[2]
        start = len(line) - len(behind.lstrip(" "))
        return Line(line[:start], node.source, line[start + len(node.source) :])


def _outdented(line: str, indent: int) -> str:
    blanks = len(line) - len(line.lstrip(" "))
    if blanks == len(line):
        return ""  # a blank line is one however many blanks are in it
    return line[indent:] if blanks >= indent else _FIXED + line
