"""Secrets that stand in output over several lines: base64 as most programs write it, in YAML, in mail, folded by a terminal."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from gitseal.scan.squeezed import Squeezed

# What stands at the line ends between the parts: the ends themselves, and the indentation of YAML and the like.
BLANKS = b" \t\r\n"
_GAPS = re.compile(rb"[ \t\r\n]+")
_WRAPPABLE = re.compile(rb"[A-Za-z0-9+/=_-]{12,}")
# So many bytes of output are one match at most, line ends and indentation counted: 1 KiB in lines of 64 characters, behind 40
# blanks each.
REACH = 2048
# While a stream rests, fewer characters at a line's end are shown: the last word of most lines begins some secret.
LEAST_AT_REST = 8


def is_wrappable(pattern: bytes) -> bool:
    """True if a pattern is one that is looked for over line ends too."""
    return _WRAPPABLE.fullmatch(pattern) is not None


def is_wrapped(text: bytes) -> bool:
    """True if a text may be one pattern over several lines: there is a line end in it, and blanks only beside line ends."""
    gaps = _GAPS.findall(text)
    return bool(gaps) and all(b"\n" in gap for gap in gaps) and len(text) <= REACH


def begun(held: bytes, patterns: Sequence[bytes]) -> int:
    """The first place from which on `held` is the beginning of a pattern with a line end in it; else its end.

    `patterns` are those that are wrappable, sorted.
    """
    last = held.rfind(b"\n")
    if last < 0 or not patterns:
        return len(held)
    squeezed = Squeezed(held, BLANKS)
    left = squeezed.left
    for start in range(len(left) - LEAST_AT_REST + 1):
        if not goes_on(left[start:], patterns):
            continue
        place = squeezed.place(start)
        if place <= last and is_wrapped(held[place:].rstrip(b" \t") + b"\n"):
            return place
    return len(held)


def goes_on(end: bytes, patterns: Sequence[bytes]) -> bool:
    """True if some pattern begins with `end` and is longer; they are sorted."""
    # In sorted order, what begins with `end` comes right behind it.
    after = bisect_right(patterns, end)
    return after < len(patterns) and patterns[after].startswith(end)
