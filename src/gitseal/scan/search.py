"""Many byte strings looked for in one pass: the one home of the Aho-Corasick library."""

from collections.abc import Sequence

from ahocorasick_rs import BytesAhoCorasick, MatchKind

# The pattern's index, where it begins, and where it ends.
Match = tuple[int, int, int]


class Search:
    """An automaton over patterns, none of them empty."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._patterns = list(patterns)
        self._some = BytesAhoCorasick(self._patterns, matchkind=MatchKind.LeftmostFirst)
        self._all: BytesAhoCorasick | None = None

    def all(self, content: bytes) -> list[Match]:
        """Every place of every pattern, overlapping ones too, in the order of their ends."""
        # Leftmost search skips over bytes that no pattern begins with, three times as fast as the search for overlaps.
        if not self._some.find_matches_as_indexes(content):
            return []
        if self._all is None:
            self._all = BytesAhoCorasick(self._patterns, matchkind=MatchKind.Standard)
        return self._all.find_matches_as_indexes(content, overlapping=True)


class LeftmostLongest:
    """An automaton whose matches do not overlap: of those that would, the leftmost counts, of these the longest."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._search = BytesAhoCorasick(list(patterns), matchkind=MatchKind.LeftmostLongest)

    def all(self, content: bytes) -> list[Match]:
        """The matches from left to right."""
        return self._search.find_matches_as_indexes(content)
