"""Decides each entry when two sides of a merge meet: what one side alone changed is taken, lists merge as sets.

What both changed otherwise is a conflict, and so are two changes of rules that meet in a name: which of them comes first would
decide who reads it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from gitseal.document.merging.order import one_order
from gitseal.policy.beside import meet_beside
from gitseal.policy.merging.values import CONTESTED, Atom, Listed, Members, Path, Value
from gitseal.policy.patterns import overlap
from gitseal.records import NamedTuple

V = TypeVar("V")
# A list that is missing says as much as an empty one; any other has a meaning of its own: `change` lets everybody change.
_MISSING_IS_EMPTY = (
    ("environments", "*", "aliases"),
    ("recipients", "*", "signing"),
    ("services", "*", "include"),
    ("services", "*", "import"),
    ("allow_names",),
    ("hook", "block"),
)
_RULES = ("rules",)
# Two branches that change so many rules each are for a person to look at: all pairs would have to be compared.
_MOST_PAIRS = 20_000


class DecidedEntries(NamedTuple):
    """The value of the whole, CONTESTED at each of the `conflicts`; order is that of the result."""

    value: Value
    conflicts: tuple[Path, ...]


def decide(base: Value, ours: Value, theirs: Value, contested: Iterable[Path] = ()) -> DecidedEntries:
    """The merge of two whole files since their base, which is an empty mapping if both sides added the file.

    `contested` are entries to be left in conflict, whatever the sides have.
    """
    decider = _Decider(contested)
    value = decider.value((), base, ours, theirs)
    return DecidedEntries(CONTESTED if value is None else value, tuple(decider.conflicts))


def changed(base: Value | None, ours: Value | None, theirs: Value | None, path: Path = ()) -> Iterator[Path]:
    """The innermost entries that one side or both changed."""
    if base == ours == theirs:
        return
    if not (_is_section(ours) and _is_section(theirs) and (base is None or _is_section(base))):
        yield path
        return
    before, here, there = (side if isinstance(side, dict) else {} for side in (base, ours, theirs))
    for key in {**before, **here, **there}:
        yield from changed(before.get(key), here.get(key), there.get(key), (*path, key))


def rule_changes(base: Mapping[str, V], side: Mapping[str, V]) -> set[str]:
    """The rules that a side added, removed, or put in another order, by their keys."""
    moved: set[str] = set()
    if [key for key in base if key in side] != [key for key in side if key in base]:
        moved = {key for key in base if key in side}
    return (base.keys() ^ side.keys()) | moved


def _is_section(value: Value | None) -> bool:
    return isinstance(value, dict) and not isinstance(value, Members)


class _Decider:
    """One pass over three values; it notes each path that is in conflict."""

    def __init__(self, contested: Iterable[Path]) -> None:
        self.contested = frozenset(contested)
        self.around = {path[:depth] for path in self.contested for depth in range(len(path))}
        self.conflicts: list[Path] = []

    def value(self, path: Path, base: Value | None, ours: Value | None, theirs: Value | None) -> Value | None:
        if path in self.contested:
            return self.conflict(path)
        if path not in self.around and (ours == theirs or base in (ours, theirs)):
            return theirs if ours == base else ours
        if isinstance(ours, Members) and isinstance(theirs, Members):
            return self.members(path, base, ours, theirs)
        if isinstance(ours, Listed) and isinstance(theirs, Listed):
            return self.listed(path, base if isinstance(base, Listed) else Listed(), ours, theirs)
        if _is_fields(ours) and _is_fields(theirs):
            return self.fields(path, base, ours, theirs)
        return self.conflict(path)

    def conflict(self, path: Path) -> Value:
        self.conflicts.append(path)
        return CONTESTED

    def members(self, path: Path, base: Value | None, ours: Members, theirs: Members) -> Value:
        if not isinstance(base, Members):
            if base is not None or not any(_fits(path, pattern) for pattern in _MISSING_IS_EMPTY):
                return self.conflict(path)
            base = Members()
        merged = Members(
            {
                item: (ours | theirs)[item]
                for item in _order(base, ours, theirs)
                if (item in ours and item in theirs) or item not in base
            }
        )
        # An empty list often means everybody, and no side said that.
        return merged if merged or not ours or not theirs else self.conflict(path)

    def fields(self, path: Path, base: Value | None, ours: Value | None, theirs: Value | None) -> Value:
        assert isinstance(ours, dict) and isinstance(theirs, dict)  # noqa: S101, PT018 - asked by the caller
        before = base if isinstance(base, dict) else {}
        decided = {}
        for key in _order(before, ours, theirs):
            value = self.value((*path, key), before.get(key), ours.get(key), theirs.get(key))
            if value is not None:
                decided[key] = value
        return decided

    def listed(self, path: Path, base: Listed, ours: Listed, theirs: Listed) -> Value:
        orders = [[key for key in side if key in ours and key in theirs] for side in (base, ours, theirs)]
        if path == _RULES and orders[1] != orders[2] and orders[0] not in orders[1:]:
            return self.conflict(path)
        meeting = _meeting(base, ours, theirs) if path == _RULES else set()
        decided = Listed()
        for key in _order(base, ours, theirs):
            inner = (base.get(key), ours.get(key), theirs.get(key))
            if key in meeting and inner[1:] != (None, None):
                decided[key] = self.conflict((*path, key))
                continue
            value = self.value((*path, key), *inner)
            if value is not None:
                decided[key] = value
        return decided


def _is_fields(value: Value | None) -> bool:
    return isinstance(value, dict) and not isinstance(value, Members | Listed)


def _fits(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(want in {"*", part} for part, want in zip(path, pattern, strict=True))


def _order(base: Mapping[str, V], ours: Mapping[str, V], theirs: Mapping[str, V]) -> list[str]:
    """All keys of both sides. If ours left them in the order of the base, theirs may have another."""
    before, here = ([key for key in side if key in ours and key in theirs] for side in (base, ours))
    return one_order([*theirs], [*ours]) if here == before else one_order([*ours], [*theirs])


def _meeting(base: Listed, ours: Listed, theirs: Listed) -> set[str]:
    """The rules changed by one side that meet one that the other side changed otherwise; all of them if there are many."""
    here, there = rule_changes(base, ours), rule_changes(base, theirs)
    agreed = {key for key in here & there if ours.get(key) == theirs.get(key)}
    every = {**base, **ours, **theirs}
    sizes = [sum(len(_texts(every[key], "names")) for key in keys) for keys in (here, there)]
    if sizes[0] * sizes[1] > _MOST_PAIRS:
        return here | there
    meeting: set[str] = set()
    for one in here:
        for other in there:
            if not {one, other} <= agreed and (one == other or _overlap(every[one], every[other])):
                meeting |= {one, other}
    return meeting


def _overlap(one: Value, other: Value) -> bool:
    """True if some name in some environment fits both rules, or one of them and what stands beside it the other."""
    here, there = _texts(one, "environments"), _texts(other, "environments")
    if here and there and not set(here) & set(there):
        return False
    names = _texts(one, "names"), _texts(other, "names")
    return any(overlap(first, second) for first in names[0] for second in names[1]) or meet_beside(*names)


def _texts(rule: Value, field: str) -> list[str]:
    listed = rule.get(field) if isinstance(rule, dict) else None
    atoms: list[Atom] = [*listed.values()] if isinstance(listed, Members) else []
    return [text for _type, text in atoms]
