"""Merging takes time in proportion to what is merged: a policy comes from whoever pushes a branch."""

from collections.abc import Callable
from functools import partial

import pytest

from gitseal.document.merging.conflict import Merged
from gitseal.policy.merging import three_way
from tests.growth import assert_linear
from tests.policy.merging.test_laws import no_lines

HEAD = "version: 1\nrecipients:\n  alice: {keys: [age1a]}\n"
TAIL = "environments:\n  production: {open: [alice]}\n"


def merge(base: str, ours: str, theirs: str) -> Merged:
    kind = three_way.kind_of(three_way.POLICY)
    assert kind is not None
    return three_way.three_way(kind, base.encode(), ours.encode(), theirs.encode(), no_lines)


def people(side: str, count: int) -> Callable[[], object]:
    def joined(word: str) -> str:
        return HEAD + "".join(f"  {word}{number}:\n    keys: [age{number}]\n" for number in range(count)) + TAIL

    return partial(merge, HEAD + TAIL, joined("a"), joined(side))


def members(block: str, count: int) -> Callable[[], object]:
    def grown(word: str) -> str:
        names = [f"{word}{number}" for number in range(count)]
        return f"{HEAD}{TAIL}allow_names: [{', '.join(names)}]\n{block}"

    return partial(merge, HEAD + TAIL, grown("A"), grown("B"))


def ruled(pattern: str, count: int) -> Callable[[], object]:
    def rules(word: str) -> str:
        return "rules:\n" + "".join(f"  - names: [{word}{number}]\n    plain: true\n" for number in range(count))

    return partial(merge, HEAD + TAIL, HEAD + TAIL + rules("A"), HEAD + TAIL + rules(pattern))


@pytest.mark.parametrize(
    "work",
    [
        lambda size: people("b", size // 20),
        lambda size: people("a", size // 20),
        lambda size: members("", size // 4),
        lambda size: ruled("B", size // 20),
        lambda size: ruled("A", size // 20),
        lambda size: partial(merge, HEAD + TAIL, "{" * size, HEAD + "\n" * size),
        lambda size: partial(merge, HEAD + TAIL, HEAD + "# x\n" * size + TAIL, HEAD + "# y\n" * size + TAIL),
    ],
    ids=["people", "the same people", "a list", "rules", "rules that meet", "no policy", "comments"],
)
def test_linear(work: Callable[[int], Callable[[], object]]) -> None:
    assert_linear(work)
