"""Replaces every known secret in a stream of bytes by `[redacted:NAME]`, wherever the chunks happen to be cut.

A secret may be split between two chunks. So the end of each chunk is held back until it cannot be the beginning of one. Nor
does a line end hide a secret (`process.wrapped`).
"""

from gitseal.process.patterns import Patterns, Redaction


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
            [place for place in self._patterns.all(buffer) if place.start < certain],
        )

    def idle(self) -> bytes:
        """The output while the stream rests: everything but an end that some form begins with. So a prompt appears."""
        undecided = self._patterns.undecided(self._held)
        places = self._patterns.all(self._held)
        # A match stands if it begins before anything undecided: a longer form, or one further left, may still replace it.
        at = 0
        for number, (_, start, end) in enumerate(places):
            held = next((place for place in undecided if place >= at), len(self._held))
            if held <= start:
                return self._emit(self._held, held, places[:number])
            at = end
        held = next((place for place in undecided if place >= at), len(self._held))
        return self._emit(self._held, held, places)

    def finish(self) -> bytes:
        """The rest of the output, now that the stream has ended and nothing can go on."""
        return self._emit(self._held, len(self._held), self._patterns.all(self._held))

    def _emit(self, buffer: bytes, certain: int, places: list[Redaction]) -> bytes:
        out: list[bytes] = []
        at = 0
        for name, start, end in places:
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
