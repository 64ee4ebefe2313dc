"""Many byte strings looked for in one pass: the one home of the Aho-Corasick library."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # 2 ms, and more for each thousand patterns: a commit of one small file is searched without
    from ahocorasick_rs import BytesAhoCorasick

# The pattern's index, where it begins, and where it ends.
Match = tuple[int, int, int]

# So many patterns times bytes are searched pattern by pattern before the automaton is made, which then has paid for itself.
_WORTH_MAKING = 1 << 24


class Search:
    """An automaton over patterns, none of them empty."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._patterns = list(patterns)
        self._seen = 0
        self._some: BytesAhoCorasick | None = None
        self._all: BytesAhoCorasick | None = None

    def all(self, content: bytes) -> list[Match]:
        """Every place of every pattern, overlapping ones too, in the order of their ends."""
        self._seen += len(content)
        if self._some is None and self._seen * len(self._patterns) < _WORTH_MAKING:
            return sorted(self._one_by_one(content), key=lambda match: match[2])
        from ahocorasick_rs import BytesAhoCorasick, MatchKind

        # Leftmost search skips over bytes that no pattern begins with, three times as fast as the search for overlaps.
        if self._some is None:
            self._some = BytesAhoCorasick(self._patterns, matchkind=MatchKind.LeftmostFirst)
        if not self._some.find_matches_as_indexes(content):
            return []
        if self._all is None:
            self._all = BytesAhoCorasick(self._patterns, matchkind=MatchKind.Standard)
        return self._all.find_matches_as_indexes(content, overlapping=True)

    def _one_by_one(self, content: bytes) -> Iterator[Match]:
        for number, pattern in enumerate(self._patterns):
            at = content.find(pattern)
            while at >= 0:
                yield number, at, at + len(pattern)
                at = content.find(pattern, at + 1)


class LeftmostLongest:
    """An automaton whose matches do not overlap: of those that would, the leftmost counts, of these the longest."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        from ahocorasick_rs import BytesAhoCorasick, MatchKind

        self._search = BytesAhoCorasick(list(patterns), matchkind=MatchKind.LeftmostLongest)

    def all(self, content: bytes) -> list[Match]:
        """The matches from left to right."""
        return self._search.find_matches_as_indexes(content)
