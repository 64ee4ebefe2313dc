"""Which units of two states stayed as they are, which changed, and what a file is if only a part of the changes is made.

The time is n log n whatever the bytes are: things that occur once on both sides are matched, and the longest run of them in
order stays where it was. Those of it that are equal are unchanged, and so are equal neighbours of the run. Any such match is
right; a better one only tells less.
"""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from gitseal.review.entries.units import LineUnit, Owner, UnitKind

_Key = tuple[UnitKind, Owner, tuple[bytes, ...]]


class UnitChange(NamedTuple):
    """The units that one thing lost and got: their numbers on both sides."""

    kind: UnitKind
    owner: Owner
    before: tuple[int, ...]
    after: tuple[int, ...]


class Alignment:
    """Two states of a file in units. `changes` has each unit that did not stay in exactly one of its parts."""

    def __init__(self, before: Sequence[LineUnit], after: Sequence[LineUnit]) -> None:
        self.before, self.after = before, after
        self._kept = _matched(before, after)
        kept_before, kept_after = {pair[0] for pair in self._kept}, {pair[1] for pair in self._kept}
        went = [number for number in range(len(before)) if number not in kept_before]
        came = [number for number in range(len(after)) if number not in kept_after]
        self.changes = _grouped(before, after, went, came)
        self._settled = self._in_place()
        same = {change for change in self.changes if self.is_in_place(change) and self._is_equal(change)}
        self._kept = sorted([*self._kept, *((change.before[0], change.after[0]) for change in same)])
        self.changes = [change for change in self.changes if change not in same] if same else self.changes

    def is_in_place(self, change: UnitChange) -> bool:
        """True if the change is of one unit that stayed where it was, so that lines at both ends of it may have stayed too."""
        return len(change.before) == len(change.after) == 1 and change.before[0] in self._settled

    def _is_equal(self, change: UnitChange) -> bool:
        return self.before[change.before[0]].lines == self.after[change.after[0]].lines

    def _in_place(self) -> frozenset[int]:
        """The older units that were changed between the same unchanged neighbours, as far as they kept their order."""
        pairs = sorted(
            (each.before[0], each.after[0]) for each in self.changes if len(each.before) == len(each.after) == 1
        )
        gaps: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for one, other in pairs:
            gap = bisect_left(self._kept, (one, 0)), bisect_left(self._kept, other, key=lambda kept: kept[1])
            gaps.setdefault(gap, []).append((one, other))
        settled = (_rising(those) for gap, those in gaps.items() if gap[0] == gap[1])
        return frozenset(one for those in settled for one, _ in those)

    def applied(self, chosen: Callable[[UnitChange], bool]) -> list[bytes]:
        """The lines of the older state with only the chosen changes made to it."""
        made = [change for change in self.changes if chosen(change)]
        gone = {number for change in made for number in change.before}
        new = {number for change in made for number in change.after}
        settled = [change for change in self.changes if self.is_in_place(change)]
        steady = sorted([*self._kept, *((change.before[0], change.after[0]) for change in settled)])
        lines: list[bytes] = []
        at = (0, 0)
        for before, after in (*steady, (len(self.before), len(self.after))):
            for number in range(at[0], before):
                lines += self.before[number].lines if number not in gone else ()
            for number in range(at[1], after):
                lines += self.after[number].lines if number in new else ()
            if before < len(self.before):
                lines += self.after[after].lines if after in new else self.before[before].lines
            at = (before + 1, after + 1)
        return lines


def _key(unit: LineUnit) -> _Key:
    # The owner of a list's item is its number, which others in front of it change.
    return unit.kind, unit.owner[:-1] if unit.kind is UnitKind.ITEM else unit.owner, unit.lines


def _anchor(unit: LineUnit) -> _Key:
    """What a unit is found by on the other side, though it may say something else there."""
    is_known = unit.owner and unit.kind is not UnitKind.ITEM
    return (unit.kind, unit.owner, ()) if is_known else _key(unit)


def _matched(before: Sequence[LineUnit], after: Sequence[LineUnit]) -> list[tuple[int, int]]:
    """Pairs of equal units, both numbers rising."""
    anchors = [_anchor(unit) for unit in before], [_anchor(unit) for unit in after]
    keys = [_key(unit) for unit in before], [_key(unit) for unit in after]
    counts = Counter(anchors[0]), Counter(anchors[1])
    places = {key: number for number, key in enumerate(anchors[1]) if counts[1][key] == 1}
    unique = [(number, places[key]) for number, key in enumerate(anchors[0]) if counts[0][key] == 1 and key in places]
    pairs: list[tuple[int, int]] = []
    at = (0, 0)
    for one, other in (*_rising(unique), (len(before), len(after))):
        pairs += _ends(keys[0], keys[1], at, (one, other))
        if one < len(before) and keys[0][one] == keys[1][other]:
            pairs.append((one, other))
        at = (one + 1, other + 1)
    return pairs


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs, whose first numbers rise, in which the second ones do too."""
    tails: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for number, (_, second) in enumerate(pairs):
        at = bisect_left(tails, second)
        tails[at : at + 1] = [second]  # beyond the end it is one more
        last[at : at + 1] = [number]
        previous.append(last[at - 1] if at else -1)
    run: list[tuple[int, int]] = []
    number = last[len(tails) - 1] if tails else -1
    while number >= 0:
        run.append(pairs[number])
        number = previous[number]
    return run[::-1]


def _ends(
    before: Sequence[_Key], after: Sequence[_Key], start: tuple[int, int], end: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Equal units at the beginning and the end of what lies between two anchors."""
    room = min(end[0] - start[0], end[1] - start[1])
    head = 0
    while head < room and before[start[0] + head] == after[start[1] + head]:
        yield start[0] + head, start[1] + head
        head += 1
    tail = 0
    while tail < room - head and before[end[0] - 1 - tail] == after[end[1] - 1 - tail]:
        tail += 1
    yield from ((end[0] - at, end[1] - at) for at in range(tail, 0, -1))


def _grouped(
    before: Sequence[LineUnit], after: Sequence[LineUnit], went: Collection[int], came: Collection[int]
) -> list[UnitChange]:
    """Units by what they belong to. Items of a list are paired in their order: those that say the same first."""
    groups: dict[tuple[UnitKind, Owner], tuple[list[int], list[int]]] = {}
    for side, units, numbers in ((0, before, went), (1, after, came)):
        for number in numbers:
            groups.setdefault(_group(units[number]), ([], []))[side].append(number)
    changes = []
    for (kind, owner), (old, new) in groups.items():
        if kind is not UnitKind.ITEM:
            changes.append(UnitChange(kind, owner, tuple(old), tuple(new)))
            continue
        changes += _items(owner, [before[number] for number in old], [after[number] for number in new], (old, new))
    return changes


def _group(unit: LineUnit) -> tuple[UnitKind, Owner]:
    if unit.kind in {UnitKind.BLANK, UnitKind.COMMENT}:
        return unit.kind, ()
    if unit.kind is UnitKind.ITEM:
        return unit.kind, unit.owner[:-1]
    # A value that becomes a section is one change of one name.
    return (UnitKind.LINE if unit.kind is UnitKind.LINE else UnitKind.VALUE), unit.owner


def _items(
    owner: Owner, old: Sequence[LineUnit], new: Sequence[LineUnit], numbers: tuple[Sequence[int], Sequence[int]]
) -> Iterator[UnitChange]:
    left = dict(zip(numbers[0], old, strict=True))
    by_meaning: dict[str, deque[int]] = {}
    for number, unit in left.items():
        by_meaning.setdefault(unit.meaning, deque()).append(number)
    waiting = []
    for number, unit in zip(numbers[1], new, strict=True):
        same = by_meaning.get(unit.meaning)
        if same:
            first = same.popleft()
            del left[first]
            yield UnitChange(UnitKind.ITEM, (*owner, unit.owner[-1]), (first,), (number,))
        else:
            waiting.append((number, unit))
    rest = list(left.items())
    for at in range(max(len(rest), len(waiting))):
        gone, here = rest[at : at + 1], waiting[at : at + 1]
        last = (here or gone)[0][1].owner[-1]
        yield UnitChange(
            UnitKind.ITEM, (*owner, last), tuple(number for number, _ in gone), tuple(number for number, _ in here)
        )
