"""Many byte strings looked for in one pass: the one home of the Aho-Corasick library."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # 2 ms, and more for each thousand patterns: a commit of one small file is searched without
    from ahocorasick_rs import BytesAhoCorasick

# The pattern's index, where it begins, and where it ends.
Match = tuple[int, int, int]

# So many patterns times bytes are searched pattern by pattern before the automaton is made, which then has paid for itself.
_WORTH_MAKING = 1 << 24


# So many bytes are worth the larger automaton, which is twice as fast, if the patterns are short enough altogether: it takes half
# a KiB for each byte of them.
_MUCH, _SMALL = 1 << 21, 1 << 14


class Search:
    """An automaton over patterns, none of them empty."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._patterns = list(patterns)
        self._longest = max(map(len, self._patterns), default=0)
        self._is_small = sum(map(len, self._patterns)) <= _SMALL
        self._seen = 0
        self._some: BytesAhoCorasick | None = None
        self._has_tables = False
        self._all: BytesAhoCorasick | None = None

    def all(self, content: bytes) -> list[Match]:
        """Every place of every pattern, overlapping ones too, in the order of their ends."""
        self._seen += len(content)
        if self._some is None and self._seen * len(self._patterns) < _WORTH_MAKING:
            return sorted(self._one_by_one(content), key=lambda match: match[2])
        # Leftmost search skips over bytes that no pattern begins with, three times as fast as the search for overlaps.
        matches = self._leftmost().find_matches_as_indexes(content)
        return self._around(content, matches) if matches else []

    def _leftmost(self) -> "BytesAhoCorasick":
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

        is_much = self._seen >= _MUCH and self._is_small
        if self._some is None or (is_much and not self._has_tables):
            self._has_tables = is_much
            self._some = BytesAhoCorasick(
                self._patterns,
                matchkind=MatchKind.LeftmostFirst,
                implementation=Implementation.DFA if is_much else None,
            )
        return self._some

    def _around(self, content: bytes, matches: Iterable[Match]) -> list[Match]:
        """All matches, given those that do not overlap: each of the others overlaps with one of these."""
        from ahocorasick_rs import BytesAhoCorasick, MatchKind

        if self._all is None:
            self._all = BytesAhoCorasick(self._patterns, matchkind=MatchKind.Standard)
        every: list[Match] = []
        for begin, finish in _joined((start - self._longest, end + self._longest) for _, start, end in matches):
            first = max(0, begin)
            found = self._all.find_matches_as_indexes(content[first:finish], overlapping=True)
            every += ((number, start + first, end + first) for number, start, end in found)
        return every

    def _one_by_one(self, content: bytes) -> Iterator[Match]:
        for number, pattern in enumerate(self._patterns):
            at = content.find(pattern)
            while at >= 0:
                yield number, at, at + len(pattern)
                at = content.find(pattern, at + 1)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in the order of their beginnings, those that overlap or touch as one."""
    joined: tuple[int, int] | None = None
    for begin, finish in spans:
        if joined is None or begin > joined[1]:
            if joined is not None:
                yield joined
            joined = begin, finish
        else:
            joined = joined[0], max(joined[1], finish)
    if joined is not None:
        yield joined
