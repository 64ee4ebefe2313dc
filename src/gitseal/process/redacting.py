"""Replaces every known secret in a stream of bytes by `[redacted:NAME]`, wherever the chunks happen to be cut.

A secret may be split between two chunks. So the end of each chunk is held back until it cannot be the beginning of one. Nor
does a line end hide a secret (`process.wrapped`).
"""

from bisect import bisect_right
from collections.abc import Mapping

from gitseal.process.wrapped import Wrapped
from gitseal.scan.search import LeftmostLongest, Match, Search


class Patterns:
    """Byte strings to replace, each at most 1 KiB, and the names to show instead. One serves for any number of streams."""

    def __init__(self, forms: Mapping[bytes, str]) -> None:
        self.sorted = sorted(forms)
        self.names = [forms[pattern] for pattern in self.sorted]
        self.wrapped = Wrapped(self.sorted)
        self.reach = max(max(map(len, self.sorted), default=1) - 1, self.wrapped.reach)
        self._search = LeftmostLongest(self.sorted)
        self._every = Search(self.sorted)

    def all(self, buffer: bytes) -> list[Match]:
        """The places to replace, from left to right, none of which overlap: the leftmost counts, of these the longest."""
        wrapped = self.wrapped.all(buffer)
        if not wrapped:
            return self._search.all(buffer)
        chosen: list[Match] = []
        at = 0
        for match in sorted([*wrapped, *self._every.all(buffer)], key=lambda match: (match[1], -match[2])):
            if match[1] >= at:
                chosen.append(match)
                at = match[2]
        return chosen


class Redactor:
    """One stream. What `feed`, `idle` and `finish` give, joined, does not depend on how the input was cut.

    If forms overlap, the leftmost is replaced, and of those that begin together the longest. It holds back less than the
    length of the longest form, at most 2 KiB. Only a stream that rests within the first 8 characters of a secret that goes on
    in the next line shows it.
    """

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        self._held = b""
        self._last = ""

    def feed(self, chunk: bytes) -> bytes:
        """The output that is certain after another chunk: up to where the longest form could still begin and go on."""
        buffer = self._held + chunk
        certain = max(0, len(buffer) - self._patterns.reach)
        return self._emit(
            buffer,
            certain,
            [match for match in self._patterns.all(buffer) if match[1] < certain],
        )

    def idle(self) -> bytes:
        """The output while the stream rests: everything but an end that some form begins with. So a prompt appears."""
        matches = self._patterns.all(self._held)
        undecided = [start for start in range(len(self._held)) if self._goes_on(self._held[start:])]
        wrapped = self._patterns.wrapped.begun(self._held)
        if wrapped < len(self._held):
            undecided = sorted({*undecided, wrapped})
        # A match stands if it begins before anything undecided: a longer form, or one further left, may still replace it.
        at = 0
        for number, (_, start, end) in enumerate(matches):
            held = next((place for place in undecided if place >= at), len(self._held))
            if held <= start:
                return self._emit(self._held, held, matches[:number])
            at = end
        held = next((place for place in undecided if place >= at), len(self._held))
        return self._emit(self._held, held, matches)

    def finish(self) -> bytes:
        """The rest of the output, now that the stream has ended and nothing can go on."""
        return self._emit(self._held, len(self._held), self._patterns.all(self._held))

    def _emit(self, buffer: bytes, certain: int, matches: list[Match]) -> bytes:
        out: list[bytes] = []
        at = 0
        for index, start, end in matches:
            name = self._patterns.names[index]
            if start > at:
                out.append(buffer[at:start])
                self._last = ""
            # The pieces of one long value stand side by side: one word for all of them.
            if name != self._last:
                out.append(b"[redacted:%s]" % name.encode())
                self._last = name
            at = end
        if at < certain:
            out.append(buffer[at:certain])
            self._last = ""
            at = certain
        self._held = buffer[at:]
        return b"".join(out)

    def _goes_on(self, end: bytes) -> bool:
        """True if some form begins with `end` and is longer."""
        # In sorted order, what begins with `end` comes right behind it.
        after = bisect_right(self._patterns.sorted, end)
        return after < len(self._patterns.sorted) and self._patterns.sorted[after].startswith(end)
