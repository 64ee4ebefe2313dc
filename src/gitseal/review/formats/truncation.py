"""Cuts a document to a number of bytes, and counts what was left out."""

from collections.abc import Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """A part of a document. `rows` can be cut from their end, the rest only goes as a whole; each ends in a line end.

    `what` is the plural of what a row is, or of what a section without rows is: `names`, `environments`. The lowest
    `rank` gets room first, else the order counts. `under` is the number of the section without which this one makes no sense.
    `amount` is how many of `what` a section without rows stands for.
    """

    opening: str
    what: str
    rows: tuple[str, ...] = ()
    closing: str = ""
    rank: int = 0
    under: int | None = None
    amount: int = 1


class Fitted(NamedTuple):
    """The sections that found room, in their order, as one text; what was left out, how much of each."""

    text: str
    left_out: dict[str, int]


def fit(sections: Sequence[Section], room: int) -> Fitted:
    """As much as fits into `room` bytes of UTF-8. Once rows of one rank are cut, nothing of a higher rank is kept."""
    kept: dict[int, str] = {}
    left_out: dict[str, int] = {}
    cut_rank = max((section.rank for section in sections), default=0)
    for at in sorted(range(len(sections)), key=lambda number: sections[number].rank):
        section = sections[at]
        text, missing = ("", _amount(section))
        # A short row of a higher rank may still fit where a long one was cut: it would stand there in place of a risk.
        if section.rank <= cut_rank and (section.under is None or section.under in kept):
            text, missing = _cut(section, room)
            if section.rows and missing:
                cut_rank = section.rank
        if text:
            kept[at] = text
            room -= size(text)
        if missing:
            left_out[section.what] = left_out.get(section.what, 0) + missing
    return Fitted("".join(kept[at] for at in sorted(kept)), left_out)


def size(text: str) -> int:
    """How many bytes a text has."""
    return len(text.encode("utf-8"))


def _amount(section: Section) -> int:
    return len(section.rows) or section.amount


def _cut(section: Section, room: int) -> tuple[str, int]:
    """The part of a section that fits, and how much does not."""
    if size(section.opening) + size(section.closing) + sum(map(size, section.rows)) <= room:
        return f"{section.opening}{''.join(section.rows)}{section.closing}", 0
    kept: list[str] = []
    left = room - size(section.opening) - size(section.closing) - size(_more(section, len(section.rows)))
    for row in section.rows:
        left -= size(row)
        if left < 0:
            break
        kept.append(row)
    if not kept:
        return "", _amount(section)
    missing = len(section.rows) - len(kept)
    return f"{section.opening}{''.join(kept)}{section.closing}{_more(section, missing)}", missing


def _more(section: Section, missing: int) -> str:
    return f"and {missing} more {section.what}\n\n"
