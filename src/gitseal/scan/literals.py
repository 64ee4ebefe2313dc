"""The cheap question before any rule: where do the strings stand that a shape cannot do without."""

from collections.abc import Callable, Iterator, Sequence

from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.scan.search import Search

# Below this many bytes in all, searching string by string is cheaper than importing the automaton (2 ms).
_WORTH_IMPORTING = 1 << 17


class Shape(NamedTuple):
    """A text that a rule looks for. Wherever `literal` stands, `judge` is asked.

    It gets the bytes before the literal (up to `windows.BEHIND`) and those from it on (up to `windows.AHEAD`), and says what
    stands there (`a GitHub token`), or nothing.
    """

    rule: str
    literal: bytes
    judge: Callable[[bytes, bytes], str]


class Literals:
    """All the shapes there are. One serves for many blobs: it notices when the automaton begins to pay."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        # Some shapes share a literal, which is looked for once.
        self._shapes: dict[bytes, list[Shape]] = {}
        for shape in shapes:
            self._shapes.setdefault(shape.literal, []).append(shape)
        self._texts = list(self._shapes)
        self._seen = 0
        self._search: Search | None = None

    def places(self, content: bytes, first: int, end: int) -> list[tuple[int, Shape]]:
        """Every place from `first` up to `end` where a shape's literal begins, in order."""
        self._seen += len(content)
        if self._search is None and self._seen > _WORTH_IMPORTING:
            from gitseal.scan.search import Search

            self._search = Search(self._texts)
        if self._search is None:
            places = [place for number in range(len(self._texts)) for place in self._each(number, content, first, end)]
        else:
            places = [(start, number) for number, start, _ in self._search.all(content) if first <= start < end]
        if not places:
            return []
        return [(place, shape) for place, number in sorted(places) for shape in self._shapes[self._texts[number]]]

    def _each(self, number: int, content: bytes, first: int, end: int) -> Iterator[tuple[int, int]]:
        text = self._texts[number]
        if text in content:
            at = content.find(text, first)
            while 0 <= at < end:
                yield at, number
                at = content.find(text, at + 1)
