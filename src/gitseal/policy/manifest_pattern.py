r"""`pattern` of a manifest: the part of Python's regular expressions that is matched in linear time, whatever was written.

Patterns come from people who can change the manifest, and texts to match from people who can set values. Python's own
matcher tries one way after the other: between the two of them they could stop every deploy with `(a+)+$`. Here all ways
are followed at once, so the time is at most the pattern's states times the value's length, and both are limited. What
cannot be followed so (backreferences, lookaround) is refused when the manifest is read.

A pattern means what it means to `re.search`, but for `$`, which is the very end, as in `\Z`: a value that ends in a line
feed by mistake does not pass.
"""

from functools import lru_cache

from gitseal.errors import Error
from gitseal.policy.manifest_pattern_syntax import (
    END,
    MAX_STATES,
    START,
    Alternation,
    Anchor,
    Concatenation,
    Node,
    Repeat,
    Set,
    parse,
)

MAX_TEXT = 16_384
_MAX_CACHED = 10_000


@lru_cache(maxsize=1024)
def compiled(text: str) -> "Pattern":
    """The pattern of a text; many names often share one. Raises Error, which says what stands against it."""
    return Pattern(text)


class Pattern:
    """A pattern that is ready; `text` is as it was written."""

    __slots__ = ("_cache", "_sets", "_states", "text")

    def __init__(self, text: str) -> None:
        """Raises Error, which says what stands against the pattern."""
        self.text = text
        self._states = _States()
        self._states.entry = self._states.add(parse(text), self._states.match)
        self._cache: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._sets: dict[frozenset[int], frozenset[int]] = {}

    def search(self, text: str) -> bool:
        """True if the pattern is found anywhere in a text of at most MAX_TEXT characters. Raises ValueError for a longer one."""
        if len(text) > MAX_TEXT:
            raise ValueError
        states = self._states
        current = states.closure({states.entry}, is_start=True)
        for char in text:
            if states.match in current:
                return True
            if not current:
                return False
            following = self._cache.get((current, char))
            current = self._step(current, char) if following is None else following
        return states.match in states.closure(current, is_start=not text, is_end=True)

    def _step(self, current: frozenset[int], char: str) -> frozenset[int]:
        if len(self._cache) >= _MAX_CACHED:
            self._cache.clear()
            self._sets.clear()
        following = self._states.step(current, char)
        following = self._sets.setdefault(following, following)
        self._cache[current, char] = following
        return following


class _States:
    """The pattern as a graph: a state takes a character of its set, or holds at an anchor, or just leads on."""

    def __init__(self) -> None:
        self.tests: list[Set | str | None] = [None]
        self.edges: list[tuple[int, ...]] = [()]
        self.match = 0
        self.entry = 0
        self._built = 0

    def add(self, node: Node, following: int) -> int:
        """Builds a part that leads to the state `following`; returns the state that it begins at."""
        # Counted by parts and not by states, for repeating nothing makes none.
        self._built += 1
        if self._built > MAX_STATES:
            raise Error(f"the pattern needs more than {MAX_STATES} steps", "make what is repeated smaller")
        if isinstance(node, Set):
            return self._new(node, following)
        if isinstance(node, Anchor):
            return self._new(node.where, following)
        if isinstance(node, Alternation):
            return self._new(None, *[self.add(branch, following) for branch in node.branches])
        if isinstance(node, Concatenation):
            for part in reversed(node.parts):
                following = self.add(part, following)
            return following
        return self._repeat(node, following)

    def _repeat(self, node: Repeat, following: int) -> int:
        begin = following
        if node.most is None:
            begin = self._new(None)
            self.edges[begin] = (self.add(node.part, begin), following)
        else:
            for _ in range(node.most - node.least):
                begin = self._new(None, self.add(node.part, begin), following)
        for _ in range(node.least):
            begin = self.add(node.part, begin)
        return begin

    def _new(self, test: Set | str | None, *edges: int) -> int:
        self.tests.append(test)
        self.edges.append(edges)
        return len(self.edges) - 1

    def step(self, current: frozenset[int], char: str) -> frozenset[int]:
        """The states after one more character; a match may begin there too."""
        reached = {self.entry}
        for state in current:
            test = self.tests[state]
            if isinstance(test, Set) and test.holds(char):
                reached.add(self.edges[state][0])
        return self.closure(reached, is_start=False)

    def closure(self, seeds: set[int] | frozenset[int], *, is_start: bool, is_end: bool = False) -> frozenset[int]:
        """The states that wait for a character, for the end or are the match, from `seeds` on without taking a character."""
        seen = set(seeds)
        waiting = list(seeds)
        kept = set()
        while waiting:
            state = waiting.pop()
            test = self.tests[state]
            if isinstance(test, Set) or state == self.match or (test == END and not is_end):
                kept.add(state)
            elif test != START or is_start:
                for following in self.edges[state]:
                    if following not in seen:
                        seen.add(following)
                        waiting.append(following)
        return frozenset(kept)
