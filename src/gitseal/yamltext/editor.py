"""Edits of a tree that touch only the lines of the names they change, each checked by reading the result again.

A sealed value is written as a name line and a value line, with a blank line between names: plain line merges of
neighbouring names are then clean (docs/explanation/merging.md).
"""

from bisect import bisect
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gitseal.errors import Malformed
from gitseal.yamltext import scalars
from gitseal.yamltext.reader import parse
from gitseal.yamltext.tree import NamePath, Node, NodeKind, Tree

_STEP = "  "


class Put(NamedTuple):
    """A scalar to be written: its source text, and whether it gets a line of its own below the name.

    A new name is set off from the one above by a blank line, unless `tight`. `comments` stand above it and `below` further down,
    each a whole line or empty. New names that meet in an unsorted or empty section stand by `rank`, then by name.
    """

    source: str
    own_line: bool = False
    tight: bool = False
    comments: tuple[str, ...] = ()
    rank: int = 0
    below: tuple[str, ...] = ()


def edit(
    tree: Tree,
    puts: Mapping[NamePath, Put] | None = None,
    removes: Iterable[NamePath] = (),
    renames: Mapping[NamePath, NamePath] | None = None,
    last: str = "",
) -> Tree:
    """The tree after all the edits at once; what was not named keeps its lines byte for byte.

    `puts` adds or replaces scalars; a new name takes its alphabetical place in a sorted section, else the section's end.
    `removes` takes names or whole sections out; a section that becomes empty goes too. `renames` gives a name another
    last part, its comments going with it; its new value is among the puts. `last` is a top-level name that stays last.
    Raises KeyError for a removed or renamed name that is not there, ValueError if a put goes through a scalar or if
    the result is not the old tree with just these changes: then nothing may be written.
    """
    # What is written in its old place is taken out of here: what is left over at the end needs a new one.
    puts = dict(puts or {})
    draft = _EditedLines(tree, last)
    moved = {new for old, new in (renames or {}).items() if not draft.stays(old, new)}
    for old, new in (renames or {}).items():
        if new in moved:
            puts[new] = puts[new]._replace(comments=draft.take_comments(tree.nodes[old]))
            draft.remove(tree.nodes[old])
        else:
            draft.replace(tree.nodes[old], puts.pop(new), new[-1])
    gone = {*removes, *(renames or {})}
    # Before `insert`: it has to know which sections still have names beside which a new one can stand.
    for path in gone - set(renames or {}):
        draft.remove(tree.nodes[path])
    draft.drop_empty_sections(gone, puts)
    for path in [path for path in puts if path in tree.nodes]:
        draft.replace(tree.nodes[path], puts.pop(path), path[-1])
    draft.insert(puts)
    # Lines can go wrong in ways nobody thought of, so the result is read again and compared, name by name.
    edited = draft.apply()
    _check(tree, edited, gone, draft.written)
    return edited


def _check(before: Tree, after: Tree, gone: set[NamePath], written: Mapping[NamePath, Put]) -> None:
    expected = {
        path: value
        for path, value in before.leaves().items()
        if not any(path[: n + 1] in gone for n in range(len(path)))
    }
    expected |= {path: scalars.parse(put.source, 0) for path, put in written.items()}
    if after.leaves() != expected:
        raise ValueError("the edited text is not the old tree with just these changes")


_New = dict[str, "Put | _New"]


def _written(new: _New, indent: str) -> list[str]:
    """The lines of new names and sections, a blank line between names."""
    lines: list[str] = []
    was_tight = False
    for name, content in new.items():
        label = indent + scalars.serialise_name(name) + ":"
        is_tight = was_tight if isinstance(content, dict) else content.tight
        if lines and not is_tight:
            lines.append("")
        was_tight = is_tight
        if isinstance(content, dict):
            lines += [label, *_written(content, indent + _STEP)]
            continue
        lines += [indent + comment if comment else "" for comment in content.comments]
        lines += [label, indent + _STEP + content.source] if content.own_line else [f"{label} {content.source}"]
        lines += ["", *content.below] if content.below else []
    return lines


class _EditedLines:
    """The lines of a tree with what is to be cut out and put in. Positions are those of the old text until `apply`."""

    def __init__(self, tree: Tree, last: str) -> None:
        self.tree = tree
        self.last = last
        self.eol = "\r" if tree.lines[0].endswith("\r") else ""
        self.cut: set[int] = set()
        self.put: dict[int, list[str]] = {}
        self.over: dict[int, list[str]] = {}
        self.written: dict[NamePath, Put] = {}
        self.removed: set[NamePath] = set()

    def apply(self) -> Tree:
        old = self.tree.lines
        # The last line has no line end, whichever line is the last now.
        unended = len(old) - 1 if old[-1] else len(old)
        # One more than there are lines: new names may stand behind the last.
        lines: list[str] = []
        for number in range(len(old) + 1):
            lines += [*self.put.get(number, ()), *self.over.get(number, ())]
            if number < len(old) and number not in self.cut:
                lines.append(old[number] + self.eol if number == unended else old[number])
        # A file may end without a line end; then the "\r" of one with CRLF would be a character of its last value.
        if lines:
            lines[-1] = lines[-1].removesuffix("\r")
        text = "\n".join(lines)
        try:
            return parse(text.encode())
        except Malformed as error:
            raise ValueError(f"the edited text breaks the grammar: {error.message}") from None

    def at(self, number: int, lines: Iterable[str]) -> None:
        """New lines before the line `number`, and before what is written over it."""
        self.put.setdefault(number, []).extend(line + self.eol for line in lines)

    def write_over(self, node: Node, lines: Iterable[str]) -> None:
        """New lines in place of the node's own, which the caller has cut."""
        self.over[node.line] = [line + self.eol for line in lines]

    def stays(self, old: NamePath, new: NamePath) -> bool:
        """True if a renamed name can keep its lines: the same section, which is unsorted or stays sorted."""
        if old[:-1] != new[:-1]:
            return False
        names = self.names(old[:-1])
        renamed = [new[-1] if name == old[-1] else name for name in names]
        # In a section that nobody keeps sorted a name has no better place than the one it has.
        return names != sorted(names) or renamed == sorted(renamed)

    def names(self, section: NamePath) -> list[str]:
        node = self.tree.nodes[section] if section else self.tree.root
        return [name for name in node.children if (*section, name) != (self.last,)]

    def take_comments(self, node: Node) -> tuple[str, ...]:
        """Cuts the comment lines directly above the node and returns them."""
        first = self.comments_above(node)
        self.cut.update(range(first, node.line))
        return tuple(self.tree.lines[number].strip(" \r") for number in range(first, node.line))

    def comments_above(self, node: Node) -> int:
        """The first line of the comment block directly above the node, or the node's own line."""
        first = node.line
        while self.tree.is_comment(first - 1) and first - 1 not in self.cut:
            first -= 1
        return first

    def remove(self, node: Node) -> None:
        """Cuts the node and one blank line beside it; a comment directly above stays, with the blank line that follows."""
        self.cut.update(range(node.line, node.end))
        self.removed.add(node.path)
        above = node.line - 1
        if self.tree.is_comment(above) and above not in self.cut:
            return
        at_end = node.end >= len(self.tree.lines) - 1
        if at_end and self.tree.is_blank(above):
            self.cut.add(above)
        elif not at_end and self.tree.is_blank(node.end):
            self.cut.add(node.end)

    def drop_empty_sections(self, gone: set[NamePath], puts: Iterable[NamePath]) -> None:
        """Removes sections that lost their last name and get no new one."""
        filled = {path[:depth] for path in puts for depth in range(1, len(path))}
        for path in sorted({path[:-1] for path in gone if len(path) > 1}, key=len, reverse=True):
            # A section that goes may be the last thing in the one around it.
            section = path
            while (
                section
                and section not in filled
                and all((*section, name) in self.removed for name in self.tree.nodes[section].children)
            ):
                self.remove(self.tree.nodes[section])
                section = section[:-1]

    def replace(self, node: Node, put: Put, name: str) -> None:
        """Writes the value (and the name, if it is another) over the node's own lines."""
        path = (*node.path[:-1], name)
        self.written[path] = put
        lines = self.tree.lines
        head = lines[node.line]
        label, rest = head[: head.index(":") + 1], head[head.index(":") + 1 :].rstrip("\r")
        if name != node.path[-1]:
            label = " " * node.indent + scalars.serialise_name(name) + ":"
        # What somebody wrote behind the value, or behind the name of a value on a line of its own, stays.
        comment = ""
        if node.source and node.value_line == node.line:
            comment = rest.lstrip(" ")[len(node.source) :]
        elif "#" in rest:
            comment = " " + rest.strip(" ")
        if node.source and node.value_line != node.line:
            below = lines[node.value_line].rstrip("\r")
            # The old value's own indent is kept: only its characters are replaced, so a diff shows one line.
            indent = len(below) - len(below.lstrip(" "))
            tail = below[indent + len(node.source) :]
            self.cut.update((node.line, node.value_line))
            self.write_over(node, [label + rest, " " * indent + put.source + tail])
            return
        self.cut.update(range(node.line, node.end))
        if put.own_line:
            self.write_over(node, [label + comment, " " * node.indent + _STEP + put.source])
        else:
            self.write_over(node, [f"{label} {put.source}{comment}"])

    def insert(self, puts: Mapping[NamePath, Put]) -> None:
        """Puts new names into their sections, each at its place."""
        self.written.update(puts)
        sections: dict[NamePath, _New] = {}
        for path in sorted(puts, key=lambda path: (puts[path].rank, path)):
            section = self.deepest_section(path)
            new = sections.setdefault(section, {})
            for part in path[len(section) : -1]:
                inner = new.setdefault(part, {})
                if not isinstance(inner, dict):
                    raise ValueError(f'"{part}" is a value, not a section')  # noqa: TRY004 - the request is wrong, not a type
                new = inner
            if path[-1] in new:
                raise ValueError(f'"{path[-1]}" is a section, not a value')
            new[path[-1]] = puts[path]
        # An inner section's end can be the line where its parent's next name goes in: the inner one comes first.
        for section in sorted(sections, key=len, reverse=True):
            self.place(section, sections[section])

    def deepest_section(self, path: NamePath) -> NamePath:
        """The longest part of the path that is a section already. Raises ValueError if a scalar is in the way."""
        for depth in range(len(path) - 1, 0, -1):
            node = self.tree.nodes.get(path[:depth])
            if node is not None and path[:depth] not in self.removed:
                if node.kind is not NodeKind.MAPPING or not node.children:
                    raise ValueError(f'"{"/".join(path[:depth])}" is a value, not a section')
                return path[:depth]
        return ()

    def child_indent(self, section: NamePath) -> str:
        node = self.tree.nodes[section] if section else self.tree.root
        return " " * next((child.indent for child in node.children.values()), 0)

    def place(self, section: NamePath, new: "_New") -> None:
        """Puts new names where they belong among the names that the section keeps."""
        node = self.tree.nodes[section] if section else self.tree.root
        kept = [name for name in self.names(section) if (*section, name) not in self.removed]
        is_sorted = kept == sorted(kept)
        # Every old name goes: none is left to stand beside, so the section's end is the place.
        if section and not kept:
            closing = [] if node.end >= len(self.tree.lines) or self.is_left_blank(node.end) else [""]
            self.at(node.end, [*_written(new, self.child_indent(section)), *closing])
            return
        for name in sorted(new) if kept and is_sorted else new:
            block = _written({name: new[name]}, self.child_indent(section))
            before = bisect(kept, name) if is_sorted else len(kept)
            if before:
                self.after(node.children[kept[before - 1]], block)
            else:
                self.before(node.children[kept[0]] if kept else node.children.get(self.last), block)

    def after(self, node: Node, block: list[str]) -> None:
        is_closed = self.tree.is_blank(node.end) or node.end >= len(self.tree.lines)
        self.at(node.end, ["", *block, *([] if is_closed else [""])])

    def is_left_blank(self, number: int) -> bool:
        return self.tree.is_blank(number) and number not in self.cut

    def before(self, node: Node | None, block: list[str]) -> None:
        if node is not None:
            self.at(self.comments_above(node), [*block, ""])
            return
        end = len(self.tree.lines) - 1 if not self.tree.lines[-1] else len(self.tree.lines)
        self.at(end, [*([""] if end and not self.tree.is_blank(end - 1) else []), *block])
