"""Decides each name, and each field of the header, when two sides of a merge meet."""

from collections.abc import Iterable
from enum import Enum

from gitseal.document.document import Document
from gitseal.document.header import HEADER
from gitseal.document.merging import access as merge_access
from gitseal.document.merging.access import UNKNOWN, Unknown, Way
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath, Node, NodeKind

_GROUP_DEPTH = 3


class Choice(Enum):
    """The side whose text a name gets. BOTH: the sides agree."""

    BOTH = "both"
    OURS = "ours"
    THEIRS = "theirs"
    CONFLICT = "conflict"


class MergeSide:
    """One text of the file, parsed."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def units(self, whole_groups: Iterable[str]) -> dict[NamePath, Node]:
        """The nodes that are decided as one: each name, each field of the header, and these access groups as a whole."""
        whole = {(HEADER, "access", group) for group in whole_groups}
        units: dict[NamePath, Node] = {}
        for path, node in self.document.tree.nodes.items():
            block = path[:_GROUP_DEPTH] if path[0] == HEADER else path
            if block in whole:
                if path == block:
                    units[path] = node
            elif node.kind is not NodeKind.MAPPING or not node.children:
                units[path] = node
        return units


# The two texts of the base, mostly one and the same; None if there is no base.
Base = tuple[MergeSide, MergeSide] | Unknown | None


class Unit(NamedTuple):
    """One decision. The nodes are where the texts have it; `is_same` says that all three texts hold the same."""

    path: NamePath
    ours: Node | None
    theirs: Node | None
    choice: Choice
    is_same: bool

    @property
    def wanted(self) -> object:
        """The content it is to have, None if it is to be gone or in conflict."""
        if self.choice is Choice.CONFLICT:
            return None
        return content(self.theirs if self.choice is Choice.THEIRS else self.ours)


class Decided(NamedTuple):
    """All decisions, by path in alphabetical order. `whole_groups` are the access groups that were decided as one."""

    units: tuple[Unit, ...]
    whole_groups: frozenset[str]

    @property
    def conflicts(self) -> tuple[NamePath, ...]:
        """The paths in conflict."""
        return tuple(unit.path for unit in self.units if unit.choice is Choice.CONFLICT)


def content(node: Node | None) -> object:
    """A node's content, to be compared. Its quotes and its place are no part of it."""
    if node is None:
        return None
    if node.kind is NodeKind.MAPPING:
        return {name: content(child) for name, child in node.children.items()}
    if node.kind is NodeKind.SEQUENCE:
        return [content(item) for item in node.items]
    # 1.50 and 1.5 are not the same value: a number keeps its spelling.
    return type(node.value).__name__, node.value if isinstance(node.value, str) else node.source


def decide(base: Base, ours: MergeSide, theirs: MergeSide) -> Decided | None:
    """The decisions, or None if the texts as a whole are in conflict: two files that only share their place."""
    left, right = ours.document.header, theirs.document.header
    if (left.id, left.environment) != (right.id, right.environment):
        return None
    # A base with a conflict in its header has two of them, and neither says who changed what.
    known = UNKNOWN if isinstance(base, tuple) and base[0] is not base[1] and not _is_one_header(base) else base
    header = known[0].document.header if isinstance(known, tuple) else known
    ways = merge_access.ways(header, left, right)
    for group, way in ways.items():
        if way in {Way.OURS, Way.THEIRS} and _leaves_behind(
            *((ours, theirs) if way is Way.OURS else (theirs, ours)), group
        ):
            ways[group] = Way.CONFLICT
    units = _units(base, ours, theirs, ways)
    contested = {unit.path[2] for unit in units if unit.choice is Choice.CONFLICT and _in_group(unit.path)}
    # A block that is in conflict in one line is so as a whole: half of one side's stanzas and half of the other's are no block.
    if contested - _whole(ways):
        ways |= dict.fromkeys(contested, Way.CONFLICT)
        units = _units(base, ours, theirs, ways)
    units = _without_stale(units, ours, theirs, ways)
    units = _without_clashes(units, ours, theirs)
    # The file's id, its version or its name: no name can be decided while these are open.
    if any(unit.choice is Choice.CONFLICT and unit.path[0] == HEADER and not _in_group(unit.path) for unit in units):
        return None
    return Decided(tuple(units), frozenset(_whole(ways)))


def _leaves_behind(taken: MergeSide, other: MergeSide, group: str) -> bool:
    """True if a side whose block would be taken has values that only the other side's data key opens.

    Whoever replaces a data key seals its values anew; one who does not would make them unreadable by a merge.
    """
    access = other.document.header.access.get(group)
    if access is None:
        return False
    for path, entry in taken.document.entries.items():
        token = entry.token
        if token is not None and token.group == group and token.key_id == access.key_id:
            there = other.document.entries.get(path)
            if there is not None and there.token == token:
                return True
    return False


def _is_one_header(base: tuple[MergeSide, MergeSide]) -> bool:
    first, second = (content(side.document.tree.root.children[HEADER]) for side in base)
    return first == second


def _whole(ways: dict[str, Way]) -> set[str]:
    return {group for group, way in ways.items() if way is not Way.BY_RECIPIENT}


def _in_group(path: NamePath) -> bool:
    return path[:2] == (HEADER, "access") and len(path) >= _GROUP_DEPTH


def _units(base: Base, ours: MergeSide, theirs: MergeSide, ways: dict[str, Way]) -> list[Unit]:
    whole = _whole(ways)
    left, right = ours.units(whole), theirs.units(whole)
    before: list[dict[NamePath, Node]] = [side.units(whole) for side in base] if isinstance(base, tuple) else []
    decided = []
    for path in sorted({*left, *right, *(path for side in before for path in side)}):
        was = [content(side.get(path)) for side in before]
        one, other = left.get(path), right.get(path)
        known: object = UNKNOWN if isinstance(base, Unknown) or was[:1] != was[-1:] else was[0] if was else None
        choice = _choice(known, content(one), content(other))
        if path[-1] in whole and _in_group(path) and len(path) == _GROUP_DEPTH and choice is not Choice.BOTH:
            choice = {Way.OURS: Choice.OURS, Way.THEIRS: Choice.THEIRS}.get(ways[path[-1]], Choice.CONFLICT)
        decided.append(Unit(path, one, other, choice, choice is Choice.BOTH and known == content(one)))
    return decided


def _choice(base: object, ours: object, theirs: object) -> Choice:
    if ours == theirs:
        return Choice.BOTH
    if base == theirs:
        return Choice.OURS
    return Choice.THEIRS if base == ours else Choice.CONFLICT


def _without_stale(units: list[Unit], ours: MergeSide, theirs: MergeSide, ways: dict[str, Way]) -> list[Unit]:
    """A value that was sealed under a data key which the merge leaves behind is a conflict, never taken silently."""
    final = {group: _final_key(group, way, ours, theirs) for group, way in ways.items()}
    return [
        unit._replace(choice=Choice.CONFLICT)
        if (unit.choice is Choice.OURS and _becomes_stale(ours, unit.path, final))
        or (unit.choice is Choice.THEIRS and _becomes_stale(theirs, unit.path, final))
        else unit
        for unit in units
    ]


def _final_key(group: str, way: Way, ours: MergeSide, theirs: MergeSide) -> str:
    """The data key that the group will have, empty if it has none or that is in conflict."""
    here, there = (side.document.header.access.get(group) for side in (ours, theirs))
    keys = [access.key_id if access is not None else "" for access in (here, there)]
    if way is Way.THEIRS:
        return keys[1]
    return keys[0] if way is not Way.CONFLICT or keys[0] == keys[1] else ""


def _becomes_stale(side: MergeSide, path: NamePath, final: dict[str, str]) -> bool:
    entry = side.document.entries.get(path)
    if entry is None or entry.token is None:
        return False
    # One that was stale before is no news of this merge; `check` tells of it.
    return side.document.header.has_key_of(entry.token) and final.get(entry.token.group) != entry.token.key_id


def _without_clashes(units: list[Unit], ours: MergeSide, theirs: MergeSide) -> list[Unit]:
    """A name that would be a value and a section at once is one conflict over all of it."""
    kept = {unit.path for unit in units if unit.choice is Choice.CONFLICT or unit.wanted is not None}
    above = {path[:depth] for path in kept for depth in range(1, len(path))}
    clashing = {
        path for path in kept if path in above and not any(path[:depth] in kept for depth in range(1, len(path)))
    }
    if not clashing:
        return units
    rest = [unit for unit in units if not any(unit.path[:depth] in clashing for depth in range(1, len(unit.path) + 1))]
    nodes = (ours.document.tree.nodes, theirs.document.tree.nodes)
    contested = [
        Unit(path, nodes[0].get(path), nodes[1].get(path), Choice.CONFLICT, is_same=False) for path in clashing
    ]
    return sorted([*rest, *contested], key=lambda unit: unit.path)
