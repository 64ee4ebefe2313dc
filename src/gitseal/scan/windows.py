"""A stream of bytes as windows that overlap, so that what stands across a cut is seen whole, with line numbers."""

from collections.abc import Iterable, Iterator

from gitseal.records import NamedTuple

# How much a rule may look at before and after the place it judges. Every window has that around each of its places, but
# at the ends of the stream: hence no cut changes what is found.
BEHIND = 4096
AHEAD = 8192
_WINDOW = 1 << 18


class Window(NamedTuple):
    """Some bytes, of which the places `first <= place < end` are to be judged now. `line` is that of `first`, from 1.

    `at_start` says that the blob begins here, with at least 256 KiB of it or all. `view` is 0 for a blob as it is, 1 for one
    without NULs.
    """

    content: bytes
    first: int
    end: int
    line: int
    at_start: bool
    view: int

    def line_of(self, place: int) -> int:
        """The line, from 1, of any place in the content, those before `first` too."""
        if place < self.first:
            return self.line - self.content.count(b"\n", place, self.first)
        return self.line + self.content.count(b"\n", self.first, place)

    def lines(self) -> "Lines":
        """The line numbers of its places."""
        return Lines(self)


class Lines:
    """The lines, from 1, of places in one window that are asked for in order, so that no line end is counted twice."""

    def __init__(self, window: Window) -> None:
        self._content = window.content
        self._at = window.first
        self._line = window.line

    def of(self, place: int) -> int:
        """The line of a place at or after the last one that was asked for."""
        self._line += self._content.count(b"\n", self._at, place)
        self._at = place
        return self._line


class Windows:
    """One stream. Feed it chunks, then finish it; each gives the windows that are complete by then."""

    def __init__(self, view: int = 0) -> None:
        self._view = view
        self._held = b""
        self._first = 0
        self._line = 1
        self._begun = False
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Window]:
        """The window that another chunk completes, if any."""
        self._parts.append(chunk)
        self._size += len(chunk)
        # Small chunks are joined first: each window costs a search of its overlap with the one before.
        if self._size >= _WINDOW:
            content = b"".join((self._held, *self._parts))
            window = Window(
                content, self._first, max(self._first, len(content) - AHEAD), self._line, not self._begun, self._view
            )
            self._begun = True
            self._line = window.lines().of(window.end)
            # The places up to `end` are judged; of what stands before it a later place may still look at so much.
            keep = max(0, window.end - BEHIND)
            self._held, self._first = content[keep:], window.end - keep
            self._parts, self._size = [], 0
            yield window

    def finish(self) -> Window:
        """The last window, which may be empty."""
        content = b"".join((self._held, *self._parts))
        return Window(content, self._first, len(content), self._line, not self._begun, self._view)

    def fork(self, view: int) -> "Windows":
        """Another stream that has seen the same."""
        other = Windows(view)
        other._held, other._first, other._line, other._begun = self._held, self._first, self._line, True
        other._parts, other._size = list(self._parts), self._size
        return other


def views(chunks: Iterable[bytes]) -> Iterator[Window]:
    """The windows of a blob as it is and, from the first NUL on, of the blob with no NUL. A place may be seen in both.

    Without NULs what is ASCII in UTF-16 and UTF-32 reads as ASCII, with or without a byte order mark.
    """
    plain = Windows()
    stripped: Windows | None = None
    for chunk in chunks:
        # Only now: most blobs have no NUL, and need no second search.
        if stripped is None and b"\0" in chunk:
            stripped = plain.fork(1)
        yield from plain.feed(chunk)
        if stripped is not None:
            yield from stripped.feed(chunk.translate(None, b"\0"))
    yield plain.finish()
    if stripped is not None:
        yield stripped.finish()
