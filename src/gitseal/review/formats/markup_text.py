"""Sentences in two kinds of pieces: our own words, and what a repository says. Formats with markup are written from these.

Nothing here knows a markup. What a repository says comes printable and not too long; a format shows it literally.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gitseal.report.escaping import printable

_LONGEST_NAME, _LONGEST_WORDS = 120, 600
# What is surely prose. All else could be a name, a mention, an issue, a commit, a link, or markup.
_PROSE = re.compile(r"\(?(?![0-9a-f]{7})(?:[A-Za-z]+(?:['-][a-z]+)?|\d{1,6}(?!\.))[,;:]?\)?[,;:.]?|\)?[,;:]")
# What stands in quotes, or a command: up to a semicolon, or a comma that ends a word. Within it a shell's quotes hide both.
_COMMAND = re.compile(r"""
    "[^"]*"
    | (?P<command> \b(?:gitseal|git) (?=\ [a-z]) (?: \ + (?: '[^']*' | "[^"]*" | [^\s;,'"] | ,(?=\S) )+ )+ )
    """, re.VERBOSE)  # fmt: skip
_CUT = "…"


class TextPiece(NamedTuple):
    """A part of a sentence. `is_name`: the repository's words, to be shown as they are and as nothing else; else ours."""

    text: str
    is_name: bool = False


Text = tuple[TextPiece, ...]


def ours(text: str) -> Text:
    """Our own words; never anything that a repository holds."""
    return (TextPiece(text),)


def name(text: str, most: int = _LONGEST_NAME) -> Text:
    """Something of the repository's, without its middle where it is longer than `most` characters."""
    shown = printable(text)
    if len(shown) > most:
        shown = f"{shown[: most // 2]}{_CUT}{shown[-(most // 2) :]}"
    return (TextPiece(shown, is_name=True),) if shown else ours("(empty)")


def listed(names: Iterable[str], most: int = 8) -> Text:
    """`a, b, c and 3 more`."""
    those = list(names)
    found: list[TextPiece] = []
    for each in those[:most]:
        found += [*ours(", "), *name(each)] if found else name(each)
    return (*found, *(ours(f" and {len(those) - most} more") if len(those) > most else ()))


def spoken(sentence: str) -> Text:
    """A sentence about a repository: what stands in quotes and what is no ordinary word is the repository's.

    Quotes around names are left out.
    """
    found: list[TextPiece] = []
    for number, part in enumerate(_short(sentence).split('"')):
        found += _prose(part) if number % 2 == 0 else name(part, _LONGEST_WORDS) if part else ours('""')
    return tuple(found)


def advised(hint: str) -> Text:
    """What to do: like `spoken`, with each command in it as one piece."""
    short, told = _short(hint), 0
    found: list[TextPiece] = []
    for match in _COMMAND.finditer(short):
        if match["command"]:
            found += (*spoken(short[told : match.start()]), *name(match["command"], _LONGEST_WORDS))
            told = match.end()
    return (*found, *spoken(short[told:]))


def _short(sentence: str) -> str:
    shown = printable(sentence)
    return shown if len(shown) <= _LONGEST_WORDS else f"{shown[:_LONGEST_WORDS]}{_CUT}"


def _prose(text: str) -> Iterator[TextPiece]:
    """Runs of ordinary words as ours, runs of all else as names; blanks between are kept."""
    run: list[str] = []
    for part in re.split(r"( +)", text):
        is_blank = not part.strip(" ")
        if run if is_blank else not _PROSE.fullmatch(part):
            run.append(part)
        else:
            yield from _run(run)
            run = []
            yield TextPiece(part)
    yield from _run(run)


def _run(run: list[str]) -> Iterator[TextPiece]:
    """What may be a name, without the comma after it and the blanks."""
    text = "".join(run)
    kept = text.rstrip(" ")
    kept = kept[:-1] if len(kept) > 1 and kept[-1] in ",;:" else kept
    if kept:
        yield TextPiece(kept, is_name=True)
        yield TextPiece(text[len(kept) :])
