"""Whether something that leaked is, or holds, one of our values: in every form that the hook looks for.

Most values are looked for as the hook does it, with their parts and in all spellings, anywhere in what leaked. Those that the
hook looks for nowhere are looked for where they stand between other text (`ordinary_values`). Of what is shorter still, or one
word of configuration, every text is full: it counts only if it is all that leaked, or if the leaked file gives it to a name of
that spelling. One below four bytes has no other spelling than itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gitseal.audit.impact.ordinary_values import OrdinaryValues, is_only_whole, stands_apart
from gitseal.records import NamedTuple
from gitseal.scan.ordinary import is_ordinary
from gitseal.scan.parts import parts
from gitseal.scan.spellings import spellings
from gitseal.scan.team import Owner, Team, TeamSearch
from gitseal.scan.windows import Window, views

# So many values at a time: their forms take two hundred times their own size.
_FEW, _MANY, _SMALL = 500, 5000, 1 << 16
_LEAST_SPELLED = 4
# Shorter text within a longer word is chance rather than a leak.
_STANDS_ANYWHERE = 16
_AROUND = b" \t\r,;\"'"
_ASSIGNMENT = re.compile(rb"""^[ \t]*(?:export[ \t]+)?["']?([A-Za-z_][\w./-]*)["']?[ \t]*[:=](.*)""", re.MULTILINE)


class Match(NamedTuple):
    """How a value stands in what leaked: on which lines, from 1, and whether it is only a part, such as the password of a URL."""

    is_part: bool
    lines: tuple[int, ...]


def in_value(contents: Mapping[bytes, AbstractSet[str]], leaked: bytes) -> dict[bytes, Match]:
    """Those of our values that leaked text is, or holds. `contents` has with each value the names that it has or had."""
    given = {leaked, leaked.rstrip(b"\r\n"), leaked.strip().strip(b"\"'")}
    whole = {content: Match(is_part=False, lines=(1,)) for content in contents if _equals(content, given)}
    return _with_wholes(contents, searched(contents, leaked) | whole)


def in_file(
    contents: Mapping[bytes, AbstractSet[str]], leaked: bytes, prepared: "Sequence[Batch]" = ()
) -> dict[bytes, Match]:
    """Those of our values that stand in a leaked file. Whoever asks of many files gives what `prepare` made once."""
    return _with_wholes(contents, searched(contents, leaked, prepared) | _assigned(contents, leaked))


Batch = tuple[list[bytes], TeamSearch]
"""Some values, and the search for them."""


def prepare(contents: Mapping[bytes, AbstractSet[str]], step: int = _MANY) -> Iterator[Batch]:
    """The search for all values but those that count as a whole alone, `step` at a time."""
    values = [content for content in contents if not is_ordinary(content)]
    for start in range(0, len(values), step):
        some = values[start : start + step]
        yield some, Team((Owner("", str(number)), content) for number, content in enumerate(some))
    ordinary = [content for content in contents if content and is_ordinary(content) and not is_only_whole(content)]
    for start in range(0, len(ordinary), step):
        some = ordinary[start : start + step]
        yield some, OrdinaryValues(some)


def _equals(content: bytes, given: AbstractSet[bytes]) -> bool:
    if content in given:
        return bool(content)
    # What is not ordinary is found by the search.
    is_spelled = len(content) >= _LEAST_SPELLED and is_ordinary(content)
    return is_spelled and not given.isdisjoint(spellings(content))


def _assigned(contents: Mapping[bytes, AbstractSet[str]], leaked: bytes) -> dict[bytes, Match]:
    """The ordinary values that the file gives to a name which has or had just this value here."""
    assigned: dict[tuple[str, bytes], list[int]] = {}
    line, at = 1, 0
    for one in _ASSIGNMENT.finditer(leaked):
        line, at = line + leaked.count(b"\n", at, one.start()), one.start()
        assigned.setdefault((one[1].decode(errors="replace"), one[2].strip(_AROUND)), []).append(line)
    matches = {}
    for content, names in contents.items():
        lines = [line for name in names for line in assigned.get((name.rpartition("/")[2], content), ())]
        if lines and is_ordinary(content):
            matches[content] = Match(is_part=False, lines=tuple(sorted(set(lines))))
    return matches


def searched(
    contents: Mapping[bytes, AbstractSet[str]], leaked: bytes, prepared: Sequence[Batch] = ()
) -> dict[bytes, Match]:
    """Those that stand in other text, in any form. `prepared` as for `in_file`."""
    told: dict[bytes, Match] = {}
    # One at a time, so that not all of them are in memory unless somebody keeps them.
    for some, team in prepared or prepare(contents, _FEW if len(leaked) < _SMALL else _MANY):
        for window in views([leaked]):
            for content, is_part, line in _places(team, window, some):
                known = told.get(content, Match(is_part=True, lines=()))
                lines = tuple(sorted({*known.lines, line}))
                told[content] = Match(is_part=known.is_part and is_part, lines=lines)
    return told


def _places(team: TeamSearch, window: Window, values: Sequence[bytes]) -> Iterator[tuple[bytes, bool, int]]:
    for place, owners in team.places(window):
        for owner in owners:
            content = values[int(owner.name)]
            if owner.is_part or _stands_apart(content, window.content, place):
                yield content, owner.is_part, window.line_of(place)


def _stands_apart(content: bytes, text: bytes, place: int) -> bool:
    """False for a short value within a longer word."""
    if len(content) >= _STANDS_ANYWHERE or not text.startswith(content, place):
        return True
    return stands_apart(text, place, place + len(content))


def _with_wholes(contents: Mapping[bytes, AbstractSet[str]], matches: dict[bytes, Match]) -> dict[bytes, Match]:
    """The matches, and the values of which one that stands there whole is a part: the search tells only who has it whole."""
    wholes = {content for content, match in matches.items() if not match.is_part}
    holding = {
        content: Match(is_part=True, lines=matches[part].lines)
        for content in contents
        if content not in matches and wholes
        for part in parts(content)
        if part in wholes
    }
    return matches | holding
