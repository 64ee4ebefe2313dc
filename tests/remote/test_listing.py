"""Lists that do not end: they are not read for ever, whatever they are made of."""

from collections.abc import Iterator, Sequence
from itertools import repeat

import pytest

from gitseal.remote.failure import RemoteError
from gitseal.remote.listing import Bounds, bounded


def test_what_fits_is_given_whole_and_in_order() -> None:
    assert list(bounded("Vault", [[1, 2], [], [3]], Bounds(pages=3, entries=3))) == [1, 2, 3]


@pytest.mark.parametrize("pages", [repeat([]), repeat([1]), [[1] * 11]], ids=["empty pages", "pages", "one page"])
def test_there_is_an_end_of_pages_and_of_entries(pages: Iterator[Sequence[int]]) -> None:
    with pytest.raises(RemoteError, match="Vault lists more than gitseal reads: 10 entries"):
        list(bounded("Vault", pages, Bounds(pages=10, entries=10)))


@pytest.mark.parametrize("pages", [repeat([]), [[1] * 11]], ids=["empty pages", "one page"])
def test_there_is_an_end_of_time_also_of_what_is_asked_about_each_entry(pages: Iterator[Sequence[int]]) -> None:
    with pytest.raises(RemoteError, match="Vault was not read to its end within -1 seconds"):
        list(bounded("Vault", pages, Bounds(seconds=-1)))
