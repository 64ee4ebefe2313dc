"""The tree that the reader gives: nodes with the lines they stand on."""

from gitseal.records import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` takes 3 ms, a sixth of a merge
    from typing import TypeAlias

    from gitseal.yamltext.scalars import Scalar

NamePath = tuple[str, ...]
Plain: "TypeAlias" = "Scalar | list[Plain] | dict[str, Plain]"


class NodeKind(Enum):
    """A node of the tree, at a name."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"


class Node:
    """One name with its value, or one item of a list. Line numbers count from 0; `end` is the line after the last.

    `line` holds the name, `value_line` the scalar (the same line, or the next). `source` is the scalar or the
    bracketed collection as written, empty for a block.
    Comments and blank lines around a node are not part of it.
    """

    __slots__ = ("children", "end", "indent", "items", "kind", "line", "path", "source", "value", "value_line")

    def __init__(self, path: NamePath, line: int, indent: int) -> None:
        self.path = path
        self.line = line
        self.indent = indent
        self.kind = NodeKind.SCALAR
        self.value: Scalar = None
        self.source = ""
        self.value_line = line
        self.end = line + 1
        self.children = _NO_CHILDREN
        self.items = _NO_ITEMS

    def become(self, kind: NodeKind) -> None:
        """Makes a scalar a mapping or a list, empty at first."""
        self.kind = kind
        if kind is NodeKind.MAPPING:
            self.children = {}
        else:
            self.items = []

    def plain(self) -> Plain:
        """The node as plain Python data."""
        if self.kind is NodeKind.MAPPING:
            return {name: child.plain() for name, child in self.children.items()}
        if self.kind is NodeKind.SEQUENCE:
            return [item.plain() for item in self.items]
        return self.value

    def json(self) -> str:
        """The node as JSON without blanks, its numbers as they are written: 1.10 stays 1.10."""
        import json  # few files hold plain lists, and `get` and `render` need no JSON otherwise

        if self.kind is NodeKind.MAPPING:
            return "{" + ",".join(f"{json.dumps(name)}:{child.json()}" for name, child in self.children.items()) + "}"
        if self.kind is NodeKind.SEQUENCE:
            return "[" + ",".join(item.json() for item in self.items) + "]"
        if isinstance(self.value, str):
            return json.dumps(self.value, ensure_ascii=False)
        return self.source


# What all scalars share: two collections for each of 100,000 names would take a tenth of the reader's time.
_NO_CHILDREN: dict[str, Node] = {}
_NO_ITEMS: list[Node] = []


class Tree:
    """A file: its lines (without the line feed, with a carriage return if there is one) and its root mapping.

    `nodes` finds every name of every block mapping outside lists by its path.
    """

    __slots__ = ("lines", "nodes", "root")

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.root = Node((), 0, 0)
        self.root.become(NodeKind.MAPPING)
        self.nodes: dict[NamePath, Node] = {}

    def leaves(self) -> dict[NamePath, Plain]:
        """Every name that is no section, with its plain value; an empty section counts as a leaf."""
        return {
            path: node.plain()
            for path, node in self.nodes.items()
            if node.kind is not NodeKind.MAPPING or not node.children
        }

    def serialise(self) -> bytes:
        """The file again, byte for byte."""
        return "\n".join(self.lines).encode()

    def is_blank(self, line: int) -> bool:
        """True if `line` is within the file and empty but for spaces."""
        return 0 <= line < len(self.lines) and not self.lines[line].strip(" \r")

    def is_comment(self, line: int) -> bool:
        """True if `line` is within the file and holds a comment alone."""
        return 0 <= line < len(self.lines) and self.lines[line].lstrip(" ").startswith("#")
