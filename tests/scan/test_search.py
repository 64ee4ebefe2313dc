"""One search, two ways: pattern by pattern for little, by the automaton for much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan import search

SHORT = st.binary(min_size=1, max_size=4).map(lambda raw: bytes(b"ab"[byte % 2] for byte in raw))


@pytest.mark.fuzz
@given(st.lists(SHORT, min_size=1, max_size=8, unique=True), st.lists(SHORT, max_size=12).map(b"".join))
def test_both_ways_find_the_same_places(patterns: list[bytes], content: bytes) -> None:
    by_pattern = search.Search(patterns).all(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_WORTH_MAKING", 0)
        assert sorted(search.Search(patterns).all(content)) == sorted(by_pattern)
