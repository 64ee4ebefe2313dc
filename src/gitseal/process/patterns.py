"""The byte strings that output may not show, found in a buffer: many of them are made only when output holds a part of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from gitseal.process.wrapped import BLANKS, LEAST_AT_REST, REACH, begun, goes_on, is_wrappable, is_wrapped
from gitseal.records import NamedTuple
from gitseal.scan.forms import ANCHOR, Unspelled, first_forms, values_and_parts
from gitseal.scan.search import Search
from gitseal.scan.squeezed import Squeezed


class Redaction(NamedTuple):
    """A place to replace, and the name to show instead."""

    name: str
    start: int
    end: int


class _Anchored(NamedTuple):
    """A pattern, what is left of it without blanks, and where in that its anchor begins."""

    pattern: bytes
    left: bytes
    offset: int


class _Waiting(NamedTuple):
    """A text whose spellings are not made yet. Of names that share a spelling, the one of the lowest rank is shown."""

    text: Unspelled
    name: str
    rank: int


class Patterns:
    """Byte strings to replace, each at most 1 KiB, and the names to show instead. One serves for any number of streams.

    Output is searched for anchors, up to eight bytes of each pattern, with no blanks in either: wherever a pattern stands, on one
    line or on several, its anchor stands. Spellings that share an anchor are made when it has been seen.
    """

    def __init__(self, forms: Mapping[bytes, str]) -> None:
        self._names: dict[bytes, tuple[int, str]] = {}
        self._by_anchor: dict[bytes, list[_Anchored]] = {}
        self._waiting: dict[bytes, list[_Waiting]] = {}
        # Nothing would be left of these without blanks.
        self._blank: list[bytes] = []
        self._search: tuple[list[bytes], Search] | None = None
        self._sorted: tuple[list[bytes], list[bytes]] | None = None
        for form, name in forms.items():
            self._add(form, name, 0)

    @classmethod
    def of(cls, values: Iterable[tuple[str, bytes]]) -> Self:
        """The patterns for all forms of some values, each with its name; the first name keeps a shared form."""
        patterns = cls({})
        for rank, (name, whole) in enumerate(values_and_parts(values)):
            for form in first_forms(whole):
                if isinstance(form, Unspelled):
                    patterns._wait(_Waiting(form, name, rank))
                else:
                    patterns._add(form, name, rank)
        return patterns

    @property
    def reach(self) -> int:
        """So many bytes at the end of a buffer may be the beginning of a pattern that goes on."""
        return REACH - 1 if self._names else 0

    def all(self, buffer: bytes) -> list[Redaction]:
        """The places to replace, from left to right, none of which overlap: the leftmost counts, of these the longest."""
        chosen: list[Redaction] = []
        at = 0
        for place in sorted(self._every(buffer), key=lambda place: (place.start, -place.end)):
            if place.start >= at:
                chosen.append(place)
                at = place.end
        return chosen

    def undecided(self, held: bytes) -> list[int]:
        """The places, in order, from which on `held` is the beginning of a pattern that is longer."""
        left = held.translate(None, BLANKS)
        for anchor, waiting in list(self._waiting.items()):
            # All spellings of a text begin as it does, up to the first character that any of them changes.
            if any(one.text.beginning[:LEAST_AT_REST] in left for one in waiting):
                self._spell(anchor)
        if self._sorted is None:
            ordered = sorted(self._names)
            self._sorted = ordered, [pattern for pattern in ordered if is_wrappable(pattern)]
        patterns, wrappable = self._sorted
        places = {start for start in range(len(held)) if goes_on(held[start:], patterns)}
        return sorted(places | ({begun(held, wrappable)} - {len(held)}))

    def _wait(self, waiting: _Waiting) -> None:
        text, name, rank = waiting
        self._waiting.setdefault(text.anchor, []).append(waiting)
        self._add(text.text, name, rank, text.anchor)

    def _add(self, pattern: bytes, name: str, rank: int, anchor: bytes = b"") -> None:
        known = self._names.get(pattern)
        if known is None or rank < known[0]:
            self._names[pattern] = rank, name
        if known is not None:
            return
        left = pattern.translate(None, BLANKS)
        middle = max(0, len(left) - ANCHOR) // 2
        anchor = anchor or left[middle : middle + ANCHOR]
        if anchor:
            self._by_anchor.setdefault(anchor, []).append(_Anchored(pattern, left, left.index(anchor)))
        else:
            self._blank.append(pattern)

    def _spell(self, anchor: bytes) -> None:
        for text, name, rank in self._waiting.pop(anchor, ()):
            self._sorted = None
            for form in text.forms():
                self._add(form, name, rank, anchor)

    def _every(self, buffer: bytes) -> Iterator[Redaction]:
        """Every place where a pattern stands, overlapping ones too, some of them more than once."""
        if self._search is None:
            anchors = list(self._by_anchor)
            self._search = anchors, Search(anchors)
        anchors, search = self._search
        squeezed = Squeezed(buffer, BLANKS)
        hits = search.all(squeezed.left)
        for index in {index for index, _, _ in hits}:
            self._spell(anchors[index])
        for index, at, _ in hits:
            for anchored in self._by_anchor[anchors[index]]:
                first = at - anchored.offset
                if first >= 0 and squeezed.left.startswith(anchored.left, first):
                    yield from self._standing(anchored, buffer, squeezed, first)
        for index, start, end in Search(self._blank).all(buffer) if self._blank else ():
            yield Redaction(self._names[self._blank[index]][1], start, end)

    def _standing(self, anchored: _Anchored, buffer: bytes, squeezed: Squeezed, first: int) -> Iterator[Redaction]:
        """The place of a pattern that stands at byte `first` of what is left without blanks, if its own blanks are right."""
        pattern, left, _ = anchored
        name = self._names[pattern][1]
        start = squeezed.place(first)
        whole = start - pattern.index(left[:1])  # blanks that it begins with
        if whole >= 0 and buffer.startswith(pattern, whole):
            yield Redaction(name, whole, whole + len(pattern))
        elif is_wrappable(pattern):
            end = squeezed.place(first + len(left) - 1) + 1
            if is_wrapped(buffer[start:end]):
                yield Redaction(name, start, end)
