"""The team's own values, looked for in whatever is committed."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gitseal.scan.windows import AHEAD, Window

RULE = "team-value"

# What may stand at a line's two ends between the parts of a value that was broken: blanks, quotes, and the operators and
# comment marks of languages. Taken out of the text and out of the forms alike, it leaves what is compared.
_GLUE = b" \t\r\n\"'`+\\,.&()#*>|;"
# A form of which less is left is not looked for over line ends.
_LEAST_LEFT = 12


class Place(NamedTuple):
    """Where a value stands and whose it is: its owners as (environment, name), sorted."""

    place: int
    owners: tuple[tuple[str, str], ...]


class Team:
    """The values to look for, by (environment, name). Ordinary ones (`scan.ordinary`) are looked for nowhere.

    Building it is cheap; the automata are made when the first bytes are looked at.
    """

    def __init__(self, values: Mapping[tuple[str, str], bytes]) -> None:
        self._values = dict(values)
        self._automata: _Automata | None = None

    def __repr__(self) -> str:
        return f"Team({len(self._values)} values)"

    def places(self, window: Window) -> Iterator[Place]:
        """Every place of a window where a form of a value begins, as it is or broken over lines; some may come twice."""
        if not self._values:
            return
        if self._automata is None:
            self._automata = _Automata(self._values)
        yield from self._automata.whole(window)
        yield from self._automata.broken(window)


class _Automata:
    """The search for forms, and the one for what is left of them without glue."""

    def __init__(self, values: Mapping[tuple[str, str], bytes]) -> None:
        from gitseal.scan.forms import certain_forms  # json and urllib: only where there is something to look for
        from gitseal.scan.search import Search

        owners: dict[bytes, set[tuple[str, str]]] = {}
        for owner, value in values.items():
            for form in certain_forms(value):
                owners.setdefault(form, set()).add(owner)
        self._forms = list(owners)
        self._owners = [tuple(sorted(owners[form])) for form in self._forms]
        self._whole = Search(self._forms)
        self._breakable = [number for number, form in enumerate(self._forms) if len(_left(form)) >= _LEAST_LEFT]
        self._broken = Search([_left(self._forms[number]) for number in self._breakable])

    def whole(self, window: Window) -> Iterator[Place]:
        """The forms as they are."""
        for number, start, _ in self._whole.all(window.content):
            if window.first <= start < window.end:
                yield Place(start, self._owners[number])

    def broken(self, window: Window) -> Iterator[Place]:
        """The forms with line ends in them: text wrapped, folded or put together over lines."""
        if not self._breakable:
            return
        content = window.content
        left = _left(content)
        found = self._broken.all(left)
        if not found:
            return
        origins = _Origins(content)
        for index, start, end in found:
            number = self._breakable[index]
            begin, last = origins.of(start), origins.of(end - 1)
            # Glue at the form's own ends was taken out as well.
            if window.first <= begin < window.end and last - begin < AHEAD // 2 and b"\n" in content[begin:last]:
                form = self._forms[number]
                lead = len(form) - len(form.lstrip(_GLUE))
                tail = len(form) - len(form.rstrip(_GLUE))
                if _is_broken(form, content[max(0, begin - lead) : last + 1 + tail]):
                    yield Place(begin, self._owners[number])


def _left(text: bytes) -> bytes:
    return text.translate(None, _GLUE)


class _Origins:
    """Where in a text a byte stood that is left after glue was taken out."""

    _STEP = 2048

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._before = [0]
        for at in range(0, len(content), self._STEP):
            self._before.append(self._before[-1] + len(_left(content[at : at + self._STEP])))

    def of(self, number: int) -> int:
        """The place in the text of the byte with this number, from 0, among those left."""
        from bisect import bisect_right

        block = bisect_right(self._before, number) - 1
        rest = number - self._before[block]
        for place in range(block * self._STEP, len(self._content)):
            if self._content[place] not in _GLUE:
                if not rest:
                    return place
                rest -= 1
        raise IndexError(number)


def _is_broken(form: bytes, text: bytes) -> bool:
    """Whether `form` is what is left of `text`, of two lines or more, when glue is taken away at its line ends alone."""
    first, *middle, last = text.split(b"\n")
    # How much of the form can have been read at the end of each line: some of the glue there may be the form's own.
    reached = {
        len(first[start:end])
        for end in _ends(first)
        for start in range(end + 1)
        if start < end and form.startswith(first[start:end])
    }
    for line in middle:
        reached = {
            at + end - start
            for at in reached
            for start in _starts(line)
            for end in _ends(line)
            if end >= start and form.startswith(line[start:end], at)
        }
    return any(at < len(form) and last.startswith(form[at:], start) for at in reached for start in _starts(last))


def _starts(line: bytes) -> range:
    return range(len(line) - len(line.lstrip(_GLUE)) + 1)


def _ends(line: bytes) -> range:
    return range(len(line.rstrip(_GLUE)), len(line) + 1)
