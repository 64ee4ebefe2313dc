"""A text without some of its characters, and where the bytes that are left stood."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

_BLOCK = 512


class Squeezed:
    """`content` without the characters `taken`, as `left`. What it takes to tell places is made when the first is asked for."""

    def __init__(self, content: bytes, taken: bytes) -> None:
        self.left = content.translate(None, taken)
        self._content = content
        self._taken = taken

    def place(self, number: int) -> int:
        """The place in the content of the byte with this number, from 0, among those that are left."""
        block = bisect_right(self._ends, number)
        text = self._content[block * _BLOCK : (block + 1) * _BLOCK]
        wanted = number - (self._ends[block - 1] if block else 0)
        # The longest beginning of the block of which no more than `wanted` bytes are left ends right before it.
        return block * _BLOCK + bisect_right(range(len(text)), wanted, key=lambda size: self._size(text[: size + 1]))

    @cached_property
    def _ends(self) -> list[int]:
        """How many bytes are left up to the end of each block."""
        starts = range(0, len(self._content), _BLOCK)
        return list(accumulate(self._size(self._content[start : start + _BLOCK]) for start in starts))

    def _size(self, text: bytes) -> int:
        return len(text.translate(None, self._taken))
