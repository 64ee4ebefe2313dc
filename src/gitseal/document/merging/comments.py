"""The comments of one place that both sides changed: what each did to single lines, where a merge of lines gives up.

A merge of lines calls it a conflict if two changes touch, even if each takes away a comment of its own, with its name.
"""

from difflib import SequenceMatcher

from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Comparing two lists of lines takes the product of their lengths. Nobody writes more comments in one place by hand.
_MOST_LINES = 200


class _LineChange(NamedTuple):
    """The base's lines from `start` to `end` became `lines`."""

    start: int
    end: int
    lines: tuple[bytes, ...]

    @property
    def is_removal(self) -> bool:
        return not self.lines

    @property
    def is_addition(self) -> bool:
        return self.start == self.end


def merge_comments(
    base: "Sequence[bytes]", ours: "Sequence[bytes]", theirs: "Sequence[bytes]"
) -> "tuple[bytes, ...] | None":
    """The lines of both sides' changes together; None if they are in conflict, or too many to compare.

    Two removals never conflict, nor a removal and a line that the other side adds. Whoever rewrote a line that the other
    side removed or rewrote too, or added another line in the same place, has to be asked.
    """
    if max(len(base), len(ours), len(theirs)) > _MOST_LINES:
        return None
    mine, other = tuple(_changes(base, ours)), tuple(_changes(base, theirs))
    if any(_meet(one, two) for one in mine for two in other):
        return None
    removed = {line for change in (*mine, *other) for line in range(change.start, change.end)}
    # Lines that both sides add in one place are the same lines, or the two would meet.
    added = {change.start: change.lines for change in (*mine, *other) if change.lines}
    merged: list[bytes] = []
    for number in range(len(base) + 1):
        merged += added.get(number, ())
        merged += [base[number]] if number < len(base) and number not in removed else []
    return tuple(merged)


def _changes(base: "Sequence[bytes]", side: "Sequence[bytes]") -> "Iterator[_LineChange]":
    for tag, start, end, first, last in SequenceMatcher(None, base, side, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _LineChange(start, end, tuple(side[first:last]))


def _meet(one: _LineChange, two: _LineChange) -> bool:
    """True if two changes are in conflict."""
    if one == two or (one.is_removal and two.is_removal):
        return False
    if one.is_removal or two.is_removal:
        removal, written = (one, two) if one.is_removal else (two, one)
        # A line that is added beside removed ones is kept. One that was rewritten was not meant to go.
        return not written.is_addition and removal.start < written.end and written.start < removal.end
    # Two sides that write: even side by side nobody knows whose lines come first.
    return one.start <= two.end and two.start <= one.end
