"""A filter over the team's values: which sealed files can have a value that stands in these bytes.

It answers without opening a file. It may name a file that has no such value, and never leaves one out that has: every form
of a value has an anchor, eight bytes in a row, and wherever the form stands, its anchor stands.
"""

import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

from gitseal.records import NamedTuple
from gitseal.scan.team import breakable, without_glue

_SIZE = 8
# Bits of the bitmap for each anchor: one window in sixteen passes it by chance and costs a search in the sorted list.
_BITS = 16
_ANCHORS: Final = "Q"
_NUMBERS: Final = "I"
# To be raised by whoever changes what a value's forms or anchors are, or which values open: an older filter would miss the
# new ones.
VERSION = 6
CONTEXT = f"team filter {VERSION} {sys.byteorder}"
"""Anchors are kept as the machine reads them; one with the other byte order must not take them for its own."""


class FileKey(NamedTuple):
    """A sealed file by all that decides which values it gives: its environment and the id of its blob."""

    environment: str
    object_id: str


def anchors(value: bytes) -> set[int]:
    """The anchors of a value, none if it is an ordinary one."""
    from gitseal.scan.forms import certain_forms  # json and urllib, which looking something up need not load

    anchors_ = set()
    for form in certain_forms(value):
        anchors_.add(_middle(form))
        # The search for broken values compares what is left without glue, so that needs an anchor of its own.
        left = without_glue(form)
        if breakable(left):
            anchors_.add(_middle(left))
    return anchors_


def _middle(form: bytes) -> int:
    # Addresses begin and end alike (`https://`, `.com`); in the middle are the differences.
    at = (len(form) - _SIZE) // 2
    return int.from_bytes(form[at : at + _SIZE], sys.byteorder)


def _windows(content: bytes) -> set[int]:
    """Every eight bytes in a row. Cast at each of eight offsets, they are read at the speed of C."""
    windows: set[int] = set()
    for offset in range(_SIZE):
        whole = (len(content) - offset) // _SIZE * _SIZE
        if whole > 0:
            windows.update(memoryview(content)[offset : offset + whole].cast(_ANCHORS))
    return windows


class TeamFilter:
    """The anchors of some files, sorted, each with the number of its file in `files`, which has the values they gave."""

    def __init__(
        self, files: Mapping[FileKey, int], anchors_: "memoryview[int]", owners: "memoryview[int]", bitmap: bytes
    ) -> None:
        self.files = dict(files)
        self._keys = tuple(files)
        self._anchors = anchors_
        self._owners = owners
        self._bitmap = bitmap

    @property
    def values(self) -> int:
        """The number of values that the files gave, ordinary ones counted."""
        return sum(self.files.values())

    def candidates(self, content: bytes) -> set[FileKey]:
        """The files that may have a value which stands in the content, whole or broken over lines."""
        bitmap, size, anchored = self._bitmap, len(self._bitmap) * 8, self._anchors
        windows = _windows(content) | _windows(without_glue(content))
        numbers: set[int] = set()
        for window in [eight for eight in windows if bitmap[(bit := eight % size) >> 3] >> (bit & 7) & 1]:
            at = bisect_left(anchored, window)
            while at < len(anchored) and anchored[at] == window:
                numbers.add(self._owners[at])
                at += 1
        return {self._keys[number] for number in numbers}

    def of(self, wanted: Iterable[FileKey]) -> dict[FileKey, tuple[int, set[int]]]:
        """The number of values and the anchors of those of the wanted files that the filter has."""
        entries: dict[FileKey, tuple[int, set[int]]] = {
            key: (self.files[key], set()) for key in wanted if key in self.files
        }
        for anchor, number in zip(self._anchors, self._owners, strict=True):
            if self._keys[number] in entries:
                entries[self._keys[number]][1].add(anchor)
        return entries

    def serialise(self) -> bytes:
        """The filter as bytes, for `parse`."""
        lines = [f"{len(self._anchors)} {len(self._bitmap)}"]
        lines += [f"{key.environment} {key.object_id} {values}" for key, values in self.files.items()]
        return b"".join(("\n".join(lines).encode(), b"\n\n", self._bitmap, self._anchors, self._owners))


def build(files: Mapping[FileKey, tuple[int, Iterable[int]]]) -> TeamFilter:
    """The filter of files, each with its number of values and their anchors."""
    from array import array

    pairs = sorted({(anchor, number) for number, (_, anchors_) in enumerate(files.values()) for anchor in anchors_})
    bitmap = bytearray(1 + len(pairs) * _BITS // 8)
    for anchor, _ in pairs:
        bit = anchor % (len(bitmap) * 8)
        bitmap[bit >> 3] |= 1 << (bit & 7)
    sorted_ = memoryview(array(_ANCHORS, (anchor for anchor, _ in pairs)))
    numbers = memoryview(array(_NUMBERS, (number for _, number in pairs)))
    return TeamFilter({key: values for key, (values, _) in files.items()}, sorted_, numbers, bytes(bitmap))


def parse(data: bytes) -> TeamFilter:
    """The filter that `serialise` gave. What it is given is authentic: whoever reads it has unsealed it."""
    end = data.index(b"\n\n")
    head, *lines = data[:end].decode().split("\n")
    count, size = map(int, head.split(" "))
    files = {}
    for line in lines:
        environment, object_id, values = line.split(" ")
        files[FileKey(environment, object_id)] = int(values)
    view = memoryview(data)[end + 2 :]
    numbers = size + count * _SIZE
    return TeamFilter(files, view[size:numbers].cast(_ANCHORS), view[numbers:].cast(_NUMBERS), bytes(view[:size]))
