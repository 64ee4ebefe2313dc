"""The team's own values, looked for in whatever is committed."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Protocol

from gitseal.records import NamedTuple
from gitseal.scan.squeezed import Squeezed
from gitseal.scan.windows import AHEAD, Window

RULE = "team-value"

# What may stand at a line's two ends between the parts of a value that was broken: blanks, quotes, and the operators and
# comment marks of languages. Taken out of the text and out of the forms alike, it leaves what is compared.
_GLUE = b" \t\r\n\"'`+\\,.&()#*>|;"
_QUOTE = rb"[\"'`]"
_QUOTES = frozenset(b"\"'`")
# A form of which less is left is not looked for over line ends.
_LEAST_LEFT = 12
# A form, and glue around it.
_REACH = 2048
# How many characters in a row that look like glue may be a value's own, if it is broken there.
_OWN_GLUE = 32


class Owner(NamedTuple):
    """The name that a value is sealed as. In a monorepo two projects may each have a value of the same owner.

    `earlier` is 0 for the value in force, and numbers those that the name had before. `is_part`: only a part of the value.
    """

    environment: str
    name: str
    earlier: int = 0
    is_part: bool = False


OwnedValue = tuple[Owner, bytes]


class TeamMatch(NamedTuple):
    """A place where a value stands, and whose value it is: all owners that tell most about it, sorted."""

    place: int
    owners: tuple[Owner, ...]


class TeamSearch(Protocol):
    """Looks for the team's values."""

    def places(self, window: Window) -> list[TeamMatch]:
        """Every place of a window where a form of a value begins, as it is or broken over lines, in order."""


class Team:
    """The values to look for. Ordinary ones (`scan.ordinary`) are looked for nowhere.

    Building it is cheap; the automata are made when the first bytes are looked at.
    """

    def __init__(self, values: Iterable[OwnedValue]) -> None:
        self._values = list(values)
        self._automata: _Automata | None = None

    def __repr__(self) -> str:
        return f"Team({len(self._values)} values)"

    def places(self, window: Window) -> list[TeamMatch]:
        """See `TeamSearch`."""
        if not self._values:
            return []
        if self._automata is None:
            self._automata = _Automata(self._values)
        return sorted({*self._automata.whole(window), *self._automata.broken(window)})


def _order(owner: Owner) -> tuple[str, int, str]:
    return owner.environment, owner.earlier, owner.name


def _telling(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    """The owners that tell most: a value in force before one that is not, and a whole value before a part."""
    ranked: dict[tuple[bool, bool], list[Owner]] = {}
    for owner in owners:
        ranked.setdefault((owner.earlier > 0, owner.is_part), []).append(owner)
    return tuple(sorted(ranked[min(ranked)], key=_order))


class _Automata:
    """The search for forms, and the one for what is left of them without glue."""

    def __init__(self, values: Iterable[OwnedValue]) -> None:
        from gitseal.scan.forms import marked_forms  # json and urllib: only if there is something to look for
        from gitseal.scan.search import Search

        owners: dict[bytes, set[Owner]] = {}
        for owner, value in values:
            for form, is_part in marked_forms(value):
                owners.setdefault(form, set()).add(owner._replace(is_part=is_part))
        # By number, as the automata give them back; one form may belong to several names.
        self._forms = list(owners)
        self._owners = [_telling(owners[form]) for form in self._forms]
        self._whole = Search(self._forms)
        self._breakable = [number for number, form in enumerate(self._forms) if breakable(without_glue(form))]
        self._broken = Search([without_glue(self._forms[number]) for number in self._breakable])

    def whole(self, window: Window) -> Iterator[TeamMatch]:
        """The forms as they are."""
        for number, start, _ in self._whole.all(window.content):
            if window.first <= start < window.end:
                yield TeamMatch(start, self._owners[number])

    def broken(self, window: Window) -> Iterator[TeamMatch]:
        """The forms with line ends or quotes in them: text wrapped, folded, or put together of several strings."""
        if not self._breakable:
            return
        squeezed = Squeezed(window.content, _GLUE)
        matches = self._broken.all(squeezed.left)
        if not matches:
            return
        rows = _Rows(window.content)
        for index, start, end in matches:
            top, bottom = rows.of(start), rows.of(end - 1)
            number = self._breakable[index]
            # Numbers are those of bytes that are left.
            if top == bottom:
                place = squeezed.place(start)
                span = window.content[place : squeezed.place(end - 1) + 1]
                if window.first <= place < window.end and _is_put_together(self._forms[number], span):
                    yield TeamMatch(place, self._owners[number])
                continue
            place = rows.place(top, start)
            span = rows.text(top, bottom)
            if window.first <= place < window.end and len(span) < AHEAD // 2 and _is_broken(self._forms[number], span):
                yield TeamMatch(place, self._owners[number])


def without_glue(text: bytes) -> bytes:
    """A text without its glue characters, as the search for broken values compares it."""
    return text.translate(None, _GLUE)


def breakable(left: bytes) -> bool:
    """True if enough is left of a form, without its glue, to look for it over line ends."""
    return len(left) >= _LEAST_LEFT


class _Rows:
    """The lines of a text, and which of them a byte stood on that is left after glue was taken out."""

    def __init__(self, content: bytes) -> None:
        self._rows = content.split(b"\n")
        # How many bytes are left, and how many there are, up to the end of each line.
        self._left = list(accumulate(len(without_glue(row)) for row in self._rows))
        self._ends = list(accumulate(len(row) + 1 for row in self._rows))

    def of(self, number: int) -> int:
        """The line, from 0, of the byte with this number, from 0, among those left."""
        return bisect_right(self._left, number)

    def place(self, row: int, number: int) -> int:
        """The place of the byte on that line, counted from the text's beginning."""
        text = self._rows[row]
        wanted = number - (self._left[row - 1] if row else 0)
        # The longest beginning of the line of which no more than `wanted` bytes are left ends right before it.
        column = bisect_right(range(len(text)), wanted, key=lambda size: len(without_glue(text[: size + 1])))
        return (self._ends[row - 1] if row else 0) + column

    def text(self, top: int, bottom: int) -> bytes:
        """Some lines, of which the first and last may be long: what a form can reach of them."""
        rows = self._rows[top : bottom + 1]
        return b"\n".join([rows[0][-_REACH:], *rows[1:-1], rows[-1][:_REACH]])


def _is_broken(form: bytes, text: bytes) -> bool:
    """True if `form` is what is left of `text`, of two lines or more, when glue is taken away at its line ends alone."""
    first, *middle, last = text.split(b"\n")
    # How much of the form can have been read at the end of each line: some of the glue there may be the form's own.
    reached = {
        end - start
        for end in _ends(first)
        for start in range(max(0, end - len(form)), end)
        if form.startswith(first[start:end])
    }
    # All ways to read the glue are followed at once, or a long value would have one try for each combination.
    for line in middle:
        reached = {
            at + end - start
            for at in reached
            for start in _starts(line)
            for end in _ends(line)
            if end >= start and form.startswith(line[start:end], at)
        }
    return any(at < len(form) and last.startswith(form[at:], start) for at in reached for start in _starts(last))


def _is_put_together(form: bytes, text: bytes) -> bool:
    """True if `form` is what is left of `text`, of one line, when quotes are taken away, and glue beside them.

    At its two ends the text has lost what glue is the form's own.
    """
    if len(text) > AHEAD // 2 or not _QUOTES.intersection(text):
        return False
    before = form[: len(form) - len(form.lstrip(_GLUE))]
    after = form[len(form.rstrip(_GLUE)) :]
    return _is_broken(form, before + re.sub(_QUOTE, b"\n", text) + after)


def _starts(line: bytes) -> range:
    glue = len(line) - len(line.lstrip(_GLUE))
    return range(max(0, glue - _OWN_GLUE), glue + 1)


def _ends(line: bytes) -> range:
    stripped = len(line.rstrip(_GLUE))
    return range(stripped, min(len(line), stripped + _OWN_GLUE) + 1)
