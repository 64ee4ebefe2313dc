"""The three texts of a merge made the same but for comments and order: a stand-in line for each name that was decided.

A name that a text lacks goes where its neighbours have it in the text that it comes from, so that no order is changed by it.
"""

from collections.abc import Mapping, Sequence

from gitseal.document.merging.decisions import Choice, MergeSide, Unit
from gitseal.document.merging.order import one_order
from gitseal.yamltext import scalars
from gitseal.yamltext.tree import NamePath, Node, NodeKind, Tree

_STEP = "  "


def spliced(tree: Tree, spans: Mapping[NamePath, Sequence[str]]) -> bytes:
    """The text with other lines in place of these names' own; they get the line ends of the text."""
    lines: list[str] = []
    at = 0
    eol = _eol(tree)
    for node in sorted((tree.nodes[path] for path in spans), key=lambda node: node.line):
        lines += tree.lines[at : node.line]
        lines += [line.removesuffix("\r") + eol for line in spans[node.path]]
        at = node.end
    lines += tree.lines[at:]
    if lines and lines[-1].startswith(">"):
        lines.append("")  # what was the last line is a marker now, which has to be a whole line
    return _joined(lines)


def _eol(tree: Tree) -> str:
    return "\r" if tree.lines[0].endswith("\r") else ""


def _joined(lines: list[str]) -> bytes:
    if lines:
        lines[-1] = lines[-1].removesuffix("\r")  # the last line has no line end
    return "\n".join(lines).encode()


class Order:
    """The order of the names of each section, over both sides: each name after the one that it follows where it stands.

    Names that both sides put in one place are in alphabetical order, whichever side is ours.
    """

    def __init__(self, ours: MergeSide, theirs: MergeSide) -> None:
        self._sides = (ours.document.tree, theirs.document.tree)
        self._known: dict[NamePath, list[str]] = {}

    def names(self, section: NamePath) -> list[str]:
        """All names of a section, in order."""
        if section not in self._known:
            ours, theirs = (list(_children(tree, section)) for tree in self._sides)
            self._known[section] = one_order(ours, theirs)
        return self._known[section]


def _children(tree: Tree, section: NamePath) -> Mapping[str, Node]:
    node = tree.nodes.get(section) if section else tree.root
    return node.children if node is not None else {}


def text(side: MergeSide, changed: Sequence[Unit], stand_ins: Mapping[NamePath, str], order: Order) -> bytes:
    """A text with a stand-in for each name that was decided, and without those that go.

    Raises ValueError if that is impossible.
    """
    tree = side.document.tree
    staying = {unit.path for unit in changed if unit.choice is Choice.CONFLICT or unit.wanted is not None}
    present = {tree.nodes[path].line: tree.nodes[path] for path in staying if path in tree.nodes}
    gone = {unit.path for unit in changed if unit.path in tree.nodes and unit.path not in staying}
    missing = {path: stand_ins[path] for path in staying if path not in tree.nodes}
    # All three texts get the same names in the same words, so a merge of their lines sees no change in any of them.
    draft = _StandInText(tree, missing, gone, order)
    return draft.text({line: (node, _line(node.path[-1], stand_ins[node.path])) for line, node in present.items()})


def _line(name: str, stand_in: str) -> str:
    return f"{scalars.serialise_name(name)}: {stand_in}"


class _StandInText:
    """A text that gets stand-ins it has no line for, and loses names. What goes in is placed by names that go, too."""

    def __init__(self, tree: Tree, missing: Mapping[NamePath, str], gone: set[NamePath], order: Order) -> None:
        self.tree = tree
        self.missing = missing
        self.order = order
        self.put: dict[int, list[str]] = {}
        self.wanted: dict[NamePath, set[str]] = {}
        for path in missing:
            for depth in range(len(path)):
                self.wanted.setdefault(path[:depth], set()).add(path[depth])
        self.gone = gone | self._emptied(gone)
        self.cut: set[int] = set()

    def _emptied(self, gone: set[NamePath]) -> set[NamePath]:
        """The sections that lose all of their names and get none."""
        emptied: set[NamePath] = set()
        sections = {path[:depth] for path in gone for depth in range(1, len(path))}
        for path in sorted(sections, key=len, reverse=True):
            children = self.tree.nodes[path].children
            if path not in self.wanted and all((*path, name) in gone or (*path, name) in emptied for name in children):
                emptied.add(path)
        return emptied

    def text(self, present: Mapping[int, tuple[Node, str]]) -> bytes:
        """The text, with the stand-ins of names that it has as well, by the line that each of these begins on."""
        # A section's end can be the line where its parent's next name goes in: the inner one comes first.
        for section in sorted(self.wanted, key=len, reverse=True):
            if not section or self._is_section(section):
                self._fill(section)
        for path in sorted(self.gone):
            if not any(path[:depth] in self.gone for depth in range(1, len(path))):
                self._remove(self.tree.nodes[path])
        lines: list[str] = []
        eol = _eol(self.tree)
        number = 0
        while number <= len(self.tree.lines):
            lines += [line + eol for line in self.put.get(number, ())]
            if number in present:
                node, stand_in = present[number]
                lines.append(" " * node.indent + stand_in + eol)
                number = node.end
            else:
                lines += self.tree.lines[number : number + 1] if number not in self.cut else ()
                number += 1
        return _joined(lines)

    def _is_section(self, path: NamePath) -> bool:
        node = self.tree.nodes.get(path)
        return node is not None and node.kind is NodeKind.MAPPING and bool(node.children)

    def _remove(self, node: Node) -> None:
        """Cuts a name and one blank line beside it; a comment directly above stays, with the blank line that follows."""
        self.cut.update(range(node.line, node.end))
        if (
            not self.tree.is_comment(node.line - 1)
            and node.end < len(self.tree.lines) - 1
            and self.tree.is_blank(node.end)
        ):
            self.cut.add(node.end)

    def _fill(self, section: NamePath) -> None:
        """Puts the names that one section lacks in among those that it has or had."""
        present = _children(self.tree, section)
        if not present:
            raise ValueError("the text has lost all of its names")
        indent = " " * next(iter(present.values())).indent
        after: Node | None = None
        for name in self.order.names(section):
            node = present.get(name)
            after = node or after
            is_missing = name in self.wanted[section] and (node is None or node.path in self.gone)
            if is_missing:
                self._insert(after, self._block((*section, name), indent), next(iter(present.values())))

    def _insert(self, after: Node | None, block: list[str], first: Node) -> None:
        if after is None:
            number = first.line
            while self.tree.is_comment(number - 1):
                number -= 1
            self.put.setdefault(number, []).extend([*block, ""])
            return
        if after.path in self.gone and not self.tree.is_comment(after.line - 1):
            # In its place: the blank line after it goes with it.
            self.put.setdefault(after.line, []).extend([*block, ""])
            return
        lines = self.put.setdefault(after.end, [])
        if lines and not lines[-1]:
            lines.pop()
        closing = [] if self.tree.is_blank(after.end) or after.end >= len(self.tree.lines) else [""]
        lines += ["", *block, *closing]

    def _block(self, path: NamePath, indent: str) -> list[str]:
        """The lines of a name, or of a section with all that it gets."""
        if path in self.missing:
            return [indent + _line(path[-1], self.missing[path])]
        lines = [f"{indent}{scalars.serialise_name(path[-1])}:"]
        for number, name in enumerate(name for name in self.order.names(path) if name in self.wanted[path]):
            lines += [""] * bool(number) + self._block((*path, name), indent + _STEP)
        return lines
