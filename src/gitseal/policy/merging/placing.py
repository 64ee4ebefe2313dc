"""The text of a merge whose entries are decided: each entry's lines from the side that changed them, comments and order kept.

Entries in conflict are between ordinary markers, both sides of just these lines.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import How
from gitseal.policy.merging import values
from gitseal.policy.merging.blocks import Block, File, Line, dashed, indented, is_comment, text
from gitseal.policy.merging.values import CONTESTED, Path, Value
from gitseal.records import NamedTuple

T = TypeVar("T")


class Contest(NamedTuple):
    """Lines in conflict."""

    ours: tuple[str, ...]
    base: tuple[str, ...]
    theirs: tuple[str, ...]


Piece = str | Contest


class PlacedEntries(NamedTuple):
    """The text, and the entries in conflict in it; an empty path for comments alone."""

    data: bytes
    conflicts: tuple[Path, ...]


class Sides(NamedTuple):
    """One entry in the three texts, None if it is missing."""

    base: Block | None
    ours: Block | None
    theirs: Block | None


def place(base: File, ours: File, theirs: File, value: Value, contested: Sequence[Path], how: How) -> PlacedEntries:
    """The text. `contested` are the entries to be put between markers."""
    placing = _Placing(contested)
    pieces = [
        *placing.block((), Sides(base.root, ours.root, theirs.root), value),
        *placing.lead(base.trailer, ours.trailer, theirs.trailer),
    ]
    lines: list[str] = []
    for piece in _joined(pieces):
        lines += [piece] if isinstance(piece, str) else conflict.write(piece.ours, piece.base, piece.theirs, how)
    if lines[-1:] != [""] and isinstance(pieces[-1], Contest):
        lines.append("")  # a marker is a whole line
    return PlacedEntries(text(lines, has_returns=ours.has_returns), tuple(dict.fromkeys(placing.conflicts)))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, conflicts that follow one another as one."""
    waiting: Contest | None = None
    for piece in pieces:
        if isinstance(piece, Contest):
            waiting = (
                piece if waiting is None else Contest(*(one + other for one, other in zip(waiting, piece, strict=True)))
            )
            continue
        if waiting is not None:
            yield waiting
        waiting = None
        yield piece
    if waiting is not None:
        yield waiting


def pick(base: T, ours: T, theirs: T) -> T | None:
    """The text that one side alone made of something, or both alike; None if they do not agree."""
    if theirs in (ours, base):
        return ours
    return theirs if ours == base else None


class _Placing:
    """One pass over three files; `found` are the paths that came out in conflict."""

    def __init__(self, contested: Sequence[Path]) -> None:
        self.contested = frozenset(contested)
        self.around = {path[:depth] for path in contested for depth in range(len(path) + 1)}
        self.conflicts: list[Path] = []

    def contest(self, path: Path, sides: Sides) -> list[Piece]:
        within = (
            ()
            if path in self.contested
            else (contested for contested in self.contested if contested[: len(path)] == path)
        )
        self.conflicts += [*within] or [path]
        here, before, there = (
            side.whole() if side is not None else () for side in (sides.ours, sides.base, sides.theirs)
        )
        return [Contest(here, before, there)] if here != there else list(here)

    def block(self, path: Path, sides: Sides, value: Value) -> list[Piece]:
        """The lines of an entry, without its indentation and what stands above it."""
        base, ours, theirs = sides
        if path in self.contested or value is CONTESTED:
            return self.contest(path, sides)
        if ours is None or theirs is None:
            alone = ours or theirs
            assert alone is not None  # noqa: S101 - what neither side has was decided to go
            return self.contest(path, sides) if path in self.around else list(alone.whole())
        if ours.children is not None and theirs.children is not None and ours.is_list == theirs.is_list:
            is_like = base is not None and base.children is not None and base.is_list == ours.is_list
            return self.section(path, Sides(base if is_like else None, ours, theirs), value)
        if path in self.around:
            return self.contest(path, sides)
        return self.leaf(path, Sides(base, ours, theirs), value)

    def section(self, path: Path, sides: Sides, value: Value) -> list[Piece]:
        base, ours, theirs = sides
        assert ours is not None and theirs is not None and isinstance(value, dict)  # noqa: S101, PT018 - asked by the caller
        indent = pick(base.indent if base else ours.indent, ours.indent, theirs.indent)
        below_it: list[Piece] = []
        for key, inner in value.items():
            below = Sides(*((side.children or {}).get(key) if side is not None else None for side in sides))
            below_it += self.above(below) + self.block((*path, key), below, inner)
        pieces = _indented(below_it, ours.indent if indent is None else indent)
        made = self.lead(base.lines if base else ours.lines, ours.lines, theirs.lines) + pieces
        if not ours.is_item:
            return made
        # Markers inside an item would part it from its dash.
        lines = [piece for piece in made if isinstance(piece, str)]
        return [*dashed(lines)] if len(lines) == len(made) else self.contest(path, sides)

    def above(self, sides: Sides) -> list[Piece]:
        """The comments and blank lines above an entry."""
        leads = [side.lead if side is not None else None for side in sides]
        if leads[1] is None or leads[2] is None:
            return list(leads[1] or leads[2] or ())
        return self.lead(leads[0] if leads[0] is not None else (), leads[1], leads[2])

    def lead(self, base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[Piece]:
        """Comments and blank lines of three sides."""
        picked = pick(base, ours, theirs)
        if picked is not None:
            return list(picked)
        if _comments(ours) == _comments(theirs):
            return list(ours if (len(ours), ours) > (len(theirs), theirs) else theirs)
        # All but what they have in common at both ends.
        start = 0
        while start < min(len(ours), len(theirs)) and ours[start] == theirs[start]:
            start += 1
        end = 0
        while end < min(len(ours), len(theirs)) - start and ours[-1 - end] == theirs[-1 - end]:
            end += 1
        here, there = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
        self.conflicts.append(())
        return [*ours[:start], Contest(here, (), there), *ours[len(ours) - end :]]

    def leaf(self, path: Path, sides: Sides, value: Value) -> list[Piece]:
        """An entry that is no section on both sides alike."""
        base, ours, theirs = sides
        assert ours is not None and theirs is not None  # noqa: S101, PT018 - asked by the caller
        here, there, before = ours.whole(), theirs.whole(), base.whole() if base is not None else None
        is_ours, is_theirs = value == ours.value, value == theirs.value
        if there in (here, before) and is_ours:
            return list(here)
        if before == here and is_theirs:
            return list(there)
        if ours.line is not None and theirs.line is not None:
            line = _line(base.line if base is not None else None, ours.line, theirs.line, value, is_ours, is_theirs)
            if line is not None:
                return [line]
        known = _comments(before if before is not None else ())
        if is_ours and _comments(there) <= known:
            return list(here)
        if is_theirs and _comments(here) <= known:
            return list(there)
        return self.contest(path, sides)


def _line(base: Line | None, ours: Line, theirs: Line, value: Value, is_ours: bool, is_theirs: bool) -> str | None:  # noqa: FBT001 - what was decided
    """An entry's one line; None if the comments behind it do not agree."""
    before = pick(base.before if base else ours.before, ours.before, theirs.before)
    behind = pick(base.behind if base else "", ours.behind, theirs.behind)
    if behind is None and ours.behind.strip() == theirs.behind.strip():
        behind = ours.behind
    if behind is None:
        return None
    if is_ours and is_theirs:
        source = pick(base.source if base else ours.source, ours.source, theirs.source) or ours.source
    else:
        source = ours.source if is_ours else theirs.source if is_theirs else values.flow(value)
    return f"{ours.before if before is None else before}{source}{behind}"


def _comments(lines: Sequence[str]) -> set[str]:
    """All that could be lost with these lines beside what they hold."""
    return {line.strip("\0 ") for line in lines if is_comment(line)} | {
        line.partition(" #")[2].strip() for line in lines if " #" in line and not is_comment(line)
    }


def _indented(pieces: Sequence[Piece], count: int) -> list[Piece]:
    made: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            made += indented([piece], count)
        else:
            made.append(Contest(*(tuple(indented(side, count)) for side in piece)))
    return made
