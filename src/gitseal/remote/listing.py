"""Bounds of what a server lists: one that lists without end, or a little at a time for ever, keeps nobody waiting for long."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from gitseal.records import NamedTuple
from gitseal.remote.failure import RemoteError

_T = TypeVar("_T")
_OWN_PLACE = "give the target a place with nothing else in it"


class Bounds(NamedTuple):
    """The most pages and entries of one list, and the most seconds for it and what is asked about its entries meanwhile."""

    pages: int = 10_000
    entries: int = 100_000
    seconds: float = 600.0


def bounded(
    who: str,
    pages: Iterable[Sequence[_T]],
    bounds: Bounds = Bounds(),  # noqa: B008 - it never changes
) -> Iterator[_T]:
    """The entries of all pages. Raises RemoteError as soon as there are more than the bounds; `who` lists."""
    end = time.monotonic() + bounds.seconds
    entries = 0
    for number, page in enumerate(pages, 1):
        entries += len(page)
        if number > bounds.pages or entries > bounds.entries:
            raise RemoteError(f"{who} lists more than gitseal reads: {bounds.entries:,} entries", _OWN_PLACE)
        _check(who, end, bounds)
        for entry in page:
            _check(who, end, bounds)
            yield entry


def _check(who: str, end: float, bounds: Bounds) -> None:
    if time.monotonic() > end:
        raise RemoteError(f"{who} was not read to its end within {bounds.seconds:g} seconds", _OWN_PLACE)
