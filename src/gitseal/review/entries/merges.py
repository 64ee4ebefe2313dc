"""What a merge comes to by itself, thing by thing: a side that left a thing as it was takes the other side's."""

from collections.abc import Callable, Sequence

from gitseal.errors import Malformed
from gitseal.review.entries.alignment import Alignment, UnitChange
from gitseal.review.entries.entry import PathState
from gitseal.review.entries.units import LineUnit, Owner, UnitKind

UnitsOf = Callable[[bytes], list[LineUnit]]
_Thing = tuple[UnitKind, Owner, str]


class MergedSides:
    """The things of the base and of both sides of a merge, by what they are. Raises Malformed for a side that is unsound."""

    def __init__(self, sides: Sequence[PathState], units_of: UnitsOf) -> None:
        self._things = [_things(units_of(side.data or b"")) for side in sides]

    def is_choice(self, changed: Sequence[LineUnit], result: Sequence[LineUnit]) -> bool:
        """True if both sides had changed the thing, each in its own way, and the result is one of theirs."""
        base, ours, theirs = self._of(*changed, *result)
        merged = {_thing(unit) for unit in result}
        return base not in (ours, theirs) and ours != theirs and merged in (ours, theirs)

    def is_dropped(self, changed: Sequence[LineUnit], result: Sequence[LineUnit]) -> bool:
        """True if a side had changed the thing, and the result is what it was before."""
        base, ours, theirs = self._of(*changed, *result)
        return {_thing(unit) for unit in result} == base and (ours, theirs) != (base, base)

    def _of(self, *units: LineUnit) -> list[set[_Thing]]:
        """The things of the base and of both sides that these lines belong to."""
        owners = {_thing(unit)[:2] for unit in units}
        return [{thing for thing in side if thing[:2] in owners} for side in self._things]


def by_itself(base: PathState, ours: PathState, theirs: PathState, units_of: UnitsOf) -> PathState:
    """The file that a merge of two sides comes to if nobody decides anything; what both sides changed is as ours has it."""
    if ours == base:
        return theirs
    if theirs in (base, ours):
        return ours
    if not (ours.is_file and theirs.is_file and (base.is_file or not base.mode)):
        return ours
    mode = theirs.mode if ours.mode == base.mode else ours.mode
    try:
        was, mine, other = (units_of(side.data or b"") for side in (base, ours, theirs))
    except Malformed:
        return PathState(mode, ours.data)
    known, own = _things(was), _things(mine)
    touched = {thing[:2] for thing in known ^ own}
    alignment = Alignment(mine, other)

    def is_taken(change: UnitChange) -> bool:
        gone = [_thing(mine[number]) for number in change.before]
        new = [_thing(other[number]) for number in change.after]
        return bool(change.owner) and not touched.intersection(thing[:2] for thing in (*gone, *new))

    return PathState(mode, b"\n".join(alignment.applied(is_taken)))


def _things(units: Sequence[LineUnit]) -> set[_Thing]:
    return {_thing(unit) for unit in units if unit.owner}


def _thing(unit: LineUnit) -> _Thing:
    """A unit as something that both sides can have; an item of a list is known by what it says."""
    if unit.kind is UnitKind.ITEM:
        return unit.kind, (*unit.owner[:-1], unit.meaning), unit.meaning
    return unit.kind, unit.owner, unit.meaning
