"""The entries of one step of one covered file: each changed line in exactly one, each with its class."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gitseal.document.changes import differing
from gitseal.document.header import HEADER
from gitseal.errors import Malformed
from gitseal.review.entries import others, table, units
from gitseal.review.entries.alignment import Alignment, UnitChange
from gitseal.review.entries.entry import ABSENT, Lines, PathState, ReviewEntry, Step
from gitseal.review.entries.kinds import FileKind, kind_of
from gitseal.review.entries.merges import MergedSides, UnitsOf
from gitseal.review.entries.sealed import SealedChanges
from gitseal.review.entries.structured import StructuredChanges
from gitseal.review.entries.table import Classified, harmless, risk
from gitseal.review.entries.units import LineUnit, UnitKind
from gitseal.review.entries.whole import of_whole
from gitseal.review.environment_risks import DROPPED_BY_MERGE
from gitseal.review.model import Statement

# The sentences about a step of a policy or a manifest, by its path.
Statements = Callable[[str, bytes | None, bytes | None], Sequence[Statement]]

_STRUCTURED = frozenset({FileKind.POLICY, FileKind.MANIFEST, FileKind.ALLOW})
_BY_LINES = frozenset({FileKind.ATTRIBUTES, FileKind.MODULES})


class Context(NamedTuple):
    """What a step's own bytes do not say.

    `statements` are the sentences that a review has for a step of policy or manifest. `accepts_unread`: whether the policy
    takes values of that file that were brought in without reading. `is_disguised`: whether a path could be taken for `.secrets`.
    """

    statements: Statements
    accepts_unread: Callable[[str], bool]
    is_disguised: Callable[[str], bool]


class StepEntries:
    """The entries of a step, and the file with some of them made."""

    def __init__(self, step: Step, context: Context) -> None:
        self._step = step
        self._context = context
        self._kind = kind_of(step.path, is_disguised=context.is_disguised(step.path))
        self._begin, self._pieces = 0, (step.before.data or b"", step.after.data or b"")
        self._is_inner = False
        self._alignment: Alignment | None = None
        self._changes: list[tuple[ReviewEntry, UnitChange | None]] = []
        self._make()

    @property
    def entries(self) -> tuple[ReviewEntry, ...]:
        """All of them; none if nothing differs."""
        return tuple(entry for entry, _ in self._changes)

    def applied(self, chosen: Callable[[ReviewEntry], bool]) -> PathState:
        """The older state with the chosen entries made."""
        made = [(entry, change) for entry, change in self._changes if chosen(entry)]
        before, after = self._step.before, self._step.after
        if self._alignment is None:
            is_whole = any(entry.owner != _MODE for entry, _ in made)
            whole = after if is_whole else before
        else:
            changes = {change for _, change in made if change is not None}
            lines = self._alignment.applied(changes.__contains__)
            old, piece = before.data or b"", self._pieces[0]
            rest = old[self._begin + len(piece) :]
            text = b"".join(line + b"\n" for line in lines) if self._is_inner else b"\n".join(lines)
            whole = before._replace(data=old[: self._begin] + text + rest)
        if before.is_file and after.is_file:
            return whole._replace(mode=after.mode if any(entry.owner == _MODE for entry, _ in made) else before.mode)
        return whole

    def _make(self) -> None:
        before, after = self._step.before, self._step.after
        if before == after:
            return
        if before.is_file and after.is_file and before.mode != after.mode:
            self._changes.append((self._entry(_MODE, (), (), others.of_mode(before, after)), None))
        if before.data == after.data and before.is_file and after.is_file:
            return
        if not (before.is_file and after.is_file) or self._kind not in _STRUCTURED | _BY_LINES | {FileKind.SEALED}:
            self._whole(self._whole_class())
            return
        try:
            self._by_units()
        except Malformed:
            self._alignment = None
            self._whole(risk(table.UNEXPLAINED))

    def _entry(
        self,
        owner: units.Owner,
        before: tuple[Lines, ...],
        after: tuple[Lines, ...],
        what: Classified,
        subject: str = "",
    ) -> ReviewEntry:
        return ReviewEntry(self._step.commit, self._step.path, owner, subject, before, after, what)

    def _whole(self, what: Classified) -> None:
        before, after = (_all_lines(state) for state in (self._step.before, self._step.after))
        self._changes.append((self._entry((), before, after, what), None))

    def _whole_class(self) -> Classified:
        before, after, path = self._step.before, self._step.after, self._step.path
        what = of_whole(self._kind, path.rpartition("/")[2], before, after)
        if what is not None:
            return what
        risks = [statement for statement in self._context.statements(path, before.data, after.data) if statement.rule]
        worst = min(risks, key=lambda statement: statement.severity, default=None)  # "error" stands before "warning"
        return Classified("", worst.rule, worst.severity) if worst is not None else harmless(table.TOLD)

    def _by_units(self) -> None:
        units_of = units_of_kind(self._kind)
        before, after = self._step.before.data or b"", self._step.after.data or b""
        first = 1
        if self._kind is FileKind.SEALED and not self._step.merged:
            self._begin, *parts = differing(before, after)
            self._pieces = parts[0], parts[1]
            # Within a file a piece is whole lines, each with its end; at the end of one the last line may have none.
            self._is_inner = self._begin + len(parts[0]) < len(before)
            first += before.count(b"\n", 0, self._begin)
        inner = self._is_inner
        old, new = (units_of(piece[:-1] if inner else piece) if piece or not inner else [] for piece in self._pieces)
        self._alignment = alignment = Alignment(old, new)
        classify = self._classifier(alignment)
        sides = MergedSides(self._step.merged, units_of) if self._step.merged else None
        seen = {number: self._plain_to_see(change, alignment) for number, change in enumerate(alignment.changes)}
        known = {number: what for number, what in seen.items() if what is not None}
        if not _holds(alignment, {number for number, what in known.items() if what.is_neutral}, units_of):
            known = {number: what for number, what in known.items() if not alignment.changes[number].owner}
        for number, change in enumerate(alignment.changes):
            gone, came = [old[at] for at in change.before], [new[at] for at in change.after]
            what, subject = known.get(number), ""
            if what is None:
                what, subject = classify(change)
                what = _of_merge(sides, gone, came, what) if sides is not None else what
            lines = _ranges(gone, came, first, is_in_place=alignment.is_in_place(change))
            self._changes.append((self._entry(change.owner, *lines, what, subject), change))

    def _classifier(self, alignment: Alignment) -> Callable[[UnitChange], tuple[Classified, str]]:
        before, after = self._step.before, self._step.after
        if self._kind is FileKind.SEALED:
            accepts = self._context.accepts_unread(self._step.path)
            sealed = SealedChanges(before.data or b"", after.data or b"", alignment, accepts_unread=accepts)
            return lambda change: (sealed.classify(change), sealed.subject(change))
        if self._kind is FileKind.ALLOW:
            return lambda change: (_of_allowance(change), "")
        if self._kind is FileKind.ATTRIBUTES:
            return lambda _change: (risk(others.ATTRIBUTES_CHANGED), "")
        if self._kind is FileKind.MODULES:
            of_file = others.of_modules(before, after)
            return lambda _change: (of_file, "")
        statements = self._context.statements(self._step.path, before.data, after.data)
        structured = StructuredChanges(alignment, statements)
        return lambda change: (structured.classify(change), structured.subject(change))

    def _plain_to_see(self, change: UnitChange, alignment: Alignment) -> Classified | None:
        """The class of a change that its own lines are enough to tell: a neutral one, or another order."""
        if change.kind is UnitKind.COMMENT and self._kind in _STRUCTURED | {FileKind.SEALED}:
            comments = ([units_[at].lines[0] for at in those] for units_, those in _sides(change, alignment))
            return others.of_comments(*comments)
        if change.kind in {UnitKind.BLANK, UnitKind.COMMENT}:
            return harmless(table.LAYOUT if change.kind is UnitKind.BLANK else table.COMMENT)
        if change.kind is UnitKind.LINE or len(change.before) != 1 or len(change.after) != 1:
            return None
        before, after = alignment.before[change.before[0]], alignment.after[change.after[0]]
        # Of rules the first that matches decides, so only one in its place says what it said.
        is_moved_rule = change.owner[0] == "rules" and not alignment.is_in_place(change)
        if is_moved_rule or before.kind is not after.kind or before.meaning != after.meaning:
            return None
        return self._of_same(before, after, is_in_place=alignment.is_in_place(change))

    def _of_same(self, before: LineUnit, after: LineUnit, *, is_in_place: bool) -> Classified:
        """The class of a thing that says what it said. `render` writes names in the order of a sealed file and of a service."""
        is_name = self._kind is FileKind.SEALED and before.owner[0] != HEADER
        is_moved = is_name and not is_in_place
        if is_moved or (self._kind is FileKind.MANIFEST and before.order != after.order):
            return harmless(table.REORDERED)
        if before.lines == after.lines:
            return harmless(table.ORDER)
        stripped = ([line.strip() for line in unit.lines] for unit in (before, after))
        return harmless(table.LAYOUT if next(stripped) == next(stripped) else table.SPELLING)


def units_of_kind(kind: FileKind) -> UnitsOf:
    """What cuts a file of a kind into units."""
    if kind is FileKind.SEALED:
        return units.of_sealed
    return units.of_structured if kind in _STRUCTURED else units.of_lines


_MODE = ("mode",)


def _sides(change: UnitChange, alignment: Alignment) -> Iterator[tuple[Sequence[LineUnit], tuple[int, ...]]]:
    yield alignment.before, change.before
    yield alignment.after, change.after


def _all_lines(state: PathState) -> tuple[Lines, ...]:
    return ((1, (state.data or b"").count(b"\n") + 2),) if state != ABSENT else ()


def _of_allowance(change: UnitChange) -> Classified:
    if change.kind is not UnitKind.ITEM:
        return harmless(table.SECTION)
    return risk(others.ALLOWANCE_ADDED) if change.after else harmless(table.ALLOWANCE_GONE)


def _of_merge(sides: MergedSides, gone: Sequence[LineUnit], came: Sequence[LineUnit], what: Classified) -> Classified:
    """A merge's own change: a choice between two sides, or a side that it dropped; else as any commit's."""
    if sides.is_choice(gone, came):
        return harmless(table.MERGE_CHOICE)
    if what.kind and sides.is_dropped(gone, came):
        return risk(DROPPED_BY_MERGE)
    return what


def _holds(alignment: Alignment, neutral: set[int], units_of: UnitsOf) -> bool:
    """True if the file says the same with the neutral changes made.

    Comments and blank lines change nothing wherever they stand. What was moved or written otherwise could lose its section
    if that was changed in the same step, so it is tried.
    """
    numbers = {id(change): number for number, change in enumerate(alignment.changes)}
    if all(number in neutral for number in numbers.values()) or not any(
        alignment.changes[number].owner for number in neutral
    ):
        return True
    lines = alignment.applied(lambda change: numbers[id(change)] in neutral)
    try:
        made = units_of(b"\n".join(lines))
    except Malformed:
        return False
    return _said(made) == _said(alignment.before)


def _said(those: Sequence[LineUnit]) -> list[tuple[str, units.Owner, str]]:
    """What units say, whatever their order but that of rules."""
    said = [(unit.kind.value, unit.owner, unit.meaning) for unit in those if unit.owner]
    items = [thing for thing in said if thing[0] == UnitKind.ITEM.value and thing[1][0] == "rules"]
    rest = [(kind, owner[:-1] if kind == UnitKind.ITEM.value else owner, meaning) for kind, owner, meaning in said]
    return items + sorted(rest)


def _ranges(
    gone: Sequence[LineUnit], came: Sequence[LineUnit], first: int, *, is_in_place: bool
) -> tuple[tuple[Lines, ...], tuple[Lines, ...]]:
    """The lines of the units of one change; of a unit in its place without those at both ends that stayed as they were."""
    if not is_in_place:
        return tuple(_joined(gone, first)), tuple(_joined(came, first))
    before, after = gone[0].lines, came[0].lines
    room = min(len(before), len(after))
    head = next((at for at in range(room) if before[at] != after[at]), room)
    tail = next((at for at in range(room - head) if before[-1 - at] != after[-1 - at]), room - head)
    pair = [_range(unit, first, head, tail) for unit in (gone[0], came[0])]
    return tuple(filter(_is_some, pair[:1])), tuple(filter(_is_some, pair[1:]))


def _is_some(lines: Lines) -> bool:
    return lines[0] < lines[1]


def _range(unit: LineUnit, first: int, head: int, tail: int) -> Lines:
    return first + unit.start + head, first + unit.start + len(unit.lines) - tail


def _joined(those: Sequence[LineUnit], first: int) -> Iterator[Lines]:
    start = end = 0
    for unit in those:
        begin = first + unit.start
        if end != begin:
            if end:
                yield start, end
            start = begin
        end = begin + len(unit.lines)
    if end:
        yield start, end
