"""A text without some of its characters, and where the bytes that are left stood."""

import re
from bisect import bisect_right


class Squeezed:
    """`content` without the characters `taken`, as `left`. Places are counted from the nearest one that was asked for before."""

    def __init__(self, content: bytes, taken: bytes) -> None:
        self.left = content.translate(None, taken)
        self._content = content
        self._taken = taken
        # So many bytes are left of what stands before each of these places; both ascend.
        self._numbers = [0]
        self._places = [0]

    def place(self, number: int) -> int:
        """The place in the content of the byte with this number, from 0, among those that are left."""
        known = bisect_right(self._numbers, number) - 1
        at, missing = self._places[known], number - self._numbers[known]
        while missing:
            # As many bytes hold at most as many that are left.
            kept = len(self._content[at : at + missing].translate(None, self._taken))
            at += missing
            missing -= kept
            if not kept:
                at = self._after_taken(at)
        at = self._after_taken(at)
        if number > self._numbers[known]:
            self._numbers.insert(known + 1, number)
            self._places.insert(known + 1, at)
        return at

    def _after_taken(self, at: int) -> int:
        """The first place from this one on whose byte is left: one step, however many are not."""
        if self._content[at] not in self._taken:
            return at
        # No copy of the rest is made, which would be made for each place.
        found = re.compile(b"[^" + re.escape(self._taken) + b"]").search(self._content, at)
        return found.start() if found is not None else len(self._content)
