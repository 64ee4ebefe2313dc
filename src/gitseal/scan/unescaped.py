r"""A window's text with its escapes undone, so that a value is found whichever of its characters are escaped, in any mixture.

`spellings` has what programs write; this has what is left: `%26` beside a plus that stands as it is, `\x41` for everything, what
somebody escaped by hand. Each kind of escape is undone by itself, since a value may hold another kind's.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from gitseal.records import NamedTuple
from gitseal.scan.windows import Window

# So far around an escape its value reaches.
_BEFORE, _AFTER = 1024, 2048
# Between two pieces, so that no value begins in one and ends in the other.
_BETWEEN = b"\n\0\n"
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


class Unescaped(NamedTuple):
    """Pieces of a window with one kind of escape undone. `starts` are their places here, `places` those in the window."""

    content: bytes
    starts: tuple[int, ...]
    places: tuple[int, ...]

    def window(self) -> Window:
        """A window of its own, all of which is to be judged."""
        return Window(self.content, 0, len(self.content), 1, at_start=False, view=0)

    def place(self, here: int) -> int:
        """A place in the window's own text, on the line of which stands what is at a place here."""
        return self.places[bisect_right(self.starts, here) - 1]


def unescaped(window: Window) -> Iterator[Unescaped]:
    """The text by each kind of escape that it has."""
    for mark, expression, character in _KINDS:
        if mark in window.content:
            pieces = _pieces(window.content, re.compile(expression), character)
            if pieces.starts:
                yield pieces


def _pieces(content: bytes, escape: re.Pattern[bytes], character: Callable[[re.Match[bytes]], bytes]) -> Unescaped:
    parts: list[bytes] = []
    starts: list[int] = []
    places: list[int] = []
    size = 0
    for start, end in _around(content, escape):
        text = escape.sub(character, content[start:end])
        parts.append(text)
        starts.append(size)
        places.append(start)
        size += len(text) + len(_BETWEEN)
    return Unescaped(_BETWEEN.join(parts), tuple(starts), tuple(places))


def _around(content: bytes, escape: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Each escape with what stands around it on its line; what overlaps is one."""
    start = end = -1
    for match in escape.finditer(content):
        if match.start() > end:
            if end >= 0:
                yield start, end
            before = max(0, match.start() - _BEFORE)
            start = content.rfind(b"\n", before, match.start()) + 1 or before
        elif match.end() + _BEFORE <= end:
            continue  # there is as much behind this one as a value needs, or the line ends
        after = content.find(b"\n", match.end(), match.end() + _AFTER)
        end = after if after >= 0 else min(len(content), match.end() + _AFTER)
    if end >= 0:
        yield start, end


def _by_number(match: re.Match[bytes]) -> bytes:
    digits, base = next((text, base) for text, base in zip(match.groups(), (16, 10, 8), strict=False) if text)
    return bytes([int(digits, base) & 0xFF])


def _backslash(match: re.Match[bytes]) -> bytes:
    return match[4] or _by_number(match)


def _entity(match: re.Match[bytes]) -> bytes:
    return _NAMED[match[4]] if match[4] else _by_number(match)


# A text that stands in each, for a cheap first look; the expression, whose groups are numbers of base 16, 10 and 8 and others.
_KINDS: tuple[tuple[bytes, bytes, Callable[[re.Match[bytes]], bytes]], ...] = (
    (b"\\", rb"\\(?:(?:u00|x|u\{0{0,4})([0-9A-Fa-f]{2})\}?|()(?!)|([0-3][0-7]{2})|([^\w\s]))", _backslash),
    (b"%", rb"%([0-9A-Fa-f]{2})", _by_number),
    (b"&", rb"&(?:#[xX]0{0,2}([0-9A-Fa-f]{2})|#0{0,2}([0-9]{2,3})|()(?!)|(amp|lt|gt|quot|apos));", _entity),
    (b"0x", rb"0x([0-9A-Fa-f]{2})\b(?:, ?)?", _by_number),
)
