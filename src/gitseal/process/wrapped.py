"""Secrets that stand in output over several lines: base64 as most programs write it, in YAML, in mail, folded by a terminal."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from gitseal.scan.gaps import Gaps
from gitseal.scan.search import Match, Search

# What stands at the line ends between the parts: the ends themselves, and the indentation of YAML and the like.
_BLANKS = b" \t\r\n"
_GAPS = re.compile(rb"[ \t\r\n]+")
_WRAPPABLE = re.compile(rb"[A-Za-z0-9+/=_-]{12,}")
# So many bytes of output are one match at most, line ends and indentation counted: 1 KiB in lines of 64 characters, behind 40
# blanks each.
REACH = 2048
# While a stream rests, fewer characters at a line's end are shown: the last word of most lines begins some secret.
_LEAST_AT_REST = 8


class Wrapped:
    """The patterns that may be broken over lines, by their numbers among all `patterns`."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._numbers = [number for number, pattern in enumerate(patterns) if _WRAPPABLE.fullmatch(pattern)]
        texts = [patterns[number] for number in self._numbers]
        self._sorted = sorted(texts)
        self._search = Search(texts)
        self.reach = REACH - 1 if texts else 0

    def all(self, buffer: bytes) -> list[Match]:
        """Every place where a pattern stands with a line end in it, overlapping ones too."""
        if not self._numbers or b"\n" not in buffer:
            return []
        matches = self._search.all(buffer.translate(None, _BLANKS))
        if not matches:
            return []
        gaps = Gaps(buffer, _GAPS)
        places = ((self._numbers[index], gaps.place(start), gaps.place(end - 1) + 1) for index, start, end in matches)
        return [match for match in places if match[2] - match[1] <= REACH and _is_wrapped(buffer[match[1] : match[2]])]

    def begun(self, held: bytes) -> int:
        """The first place from which on `held` is the beginning of a pattern with a line end in it; else its end."""
        last = held.rfind(b"\n")
        if last < 0 or not self._numbers:
            return len(held)
        left = held.translate(None, _BLANKS)
        gaps = Gaps(held, _GAPS)
        for start in range(len(left) - _LEAST_AT_REST + 1):
            place = gaps.place(start)
            if place > last:
                break
            if self._is_beginning(left[start:]) and _is_wrapped(held[place:].rstrip(b" \t") + b"\n"):
                return place
        return len(held)

    def _is_beginning(self, text: bytes) -> bool:
        after = bisect_right(self._sorted, text)
        # A whole pattern is a match, and one that is still longer may follow it in this order.
        return after < len(self._sorted) and self._sorted[after].startswith(text)


def _is_wrapped(text: bytes) -> bool:
    """True if there is a line end in a text, and blanks only beside line ends."""
    gaps = _GAPS.findall(text)
    return bool(gaps) and all(b"\n" in gap for gap in gaps)
