"""Sentences for formats with markup: in pieces that are printable and not too long, each known as ours or the repository's.

Nothing here knows a markup. A format shows the repository's words literally.
"""

from collections.abc import Iterable

from gitseal.report.escaping import printable
from gitseal.report.sentences import NAME, QUOTED, TextPiece, literal

_LONGEST_NAME, _LONGEST_WORDS = 120, 600
_CUT = "…"

Text = tuple[TextPiece, ...]


def ours(text: str) -> Text:
    """Our own words; never anything that a repository holds."""
    return (TextPiece(text),)


def name(text: str, most: int = _LONGEST_NAME) -> Text:
    """Something of the repository's, without its middle if it is longer than `most` characters."""
    shown = printable(text)
    if len(shown) > most:
        shown = f"{shown[: most // 2]}{_CUT}{shown[-(most // 2) :]}"
    return (TextPiece(shown, NAME),) if shown else ours("(empty)")


def listed(names: Iterable[str], most: int = 8) -> Text:
    """`a, b, c and 3 more`."""
    those = list(names)
    shown: list[TextPiece] = []
    for item in those[:most]:
        shown += [*ours(", "), *name(item)] if shown else name(item)
    return (*shown, *(ours(f" and {len(those) - most} more") if len(those) > most else ()))


def spoken(words: str) -> Text:
    """A message or hint. Its markup sets names apart, so their quotes are left out; words that are no sentence are one name."""
    shown: list[TextPiece] = []
    left = _LONGEST_WORDS
    for piece in literal(words).pieces:
        text = printable(piece.text)
        if len(text) > left:
            return (*shown, TextPiece(f"{text[:left]}{_CUT}", piece.kind))
        left -= len(text)
        shown += [TextPiece(text, piece.kind)] if text or piece.kind != QUOTED else ours('""')
    return tuple(shown)
