"""The index of patterns says what comparing them one by one says, and takes no step for each pair."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.policy import parser
from gitseal.policy.consistency import MAX_ENVIRONMENTS
from gitseal.policy.near_misses import near_misses
from gitseal.policy.pattern_index import MOST_TRIED, PatternIndex
from gitseal.policy.patterns import matches
from tests import growth

NAMES = st.text("AB_", min_size=1, max_size=4)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
PATTERNS = st.text("AB_*/", min_size=1, max_size=6)
HEAD = "version: 1\nrecipients:\n  a: {keys: [x]}\nenvironments:\n  e: {open: [a]}\n"


@pytest.mark.fuzz
@given(st.lists(PATTERNS, max_size=6), PATHS)
def test_the_first_of_all_patterns(patterns: list[str], path: tuple[str, ...]) -> None:
    expected = next((number for number, pattern in enumerate(patterns) if matches(pattern, path)), None)
    assert PatternIndex(enumerate(patterns)).first(path) == expected


@pytest.mark.parametrize("pattern", ["X{}", "X{}_*", "s/X{}", "/X{}"])
def test_rules_times_names_is_no_product(pattern: str) -> None:
    def work(size: int) -> Callable[[], object]:
        count = size // 40
        rules = "".join(f'  - {{names: ["{pattern.format(number)}"], plain: true}}\n' for number in range(count))
        data = f"{HEAD}rules:\n{rules}".encode()
        paths = [(f"N{number}",) for number in range(count)]

        def look() -> object:
            policy = parser.parse(data)
            return [policy.rule("e", path) for path in paths], list(near_misses(policy, "e", paths))

        return look

    growth.assert_linear(work)


@pytest.mark.parametrize("shape", ["environments", "groups", "open", "aliases"])
def test_a_large_policy_is_parsed_in_linear_time(shape: str) -> None:
    def work(size: int) -> Callable[[], object]:
        count = size // 60
        people = "".join(f"  p{number}: {{keys: [x]}}\n" for number in range(count))
        text = {
            "environments": HEAD + "rules:\n" + "  - {names: [A], open: [a], access: g, environments: [e]}\n" * count,
            "groups": HEAD.replace("environments", f"{people}environments")
            + "rules:\n"
            + "".join(f"  - {{names: [N{number}], open: [p{number}], access: g{number}}}\n" for number in range(count)),
            "open": HEAD.replace("environments", f"{people}environments").replace("open: [a]", "open: [p0]"),
            "aliases": HEAD.replace(
                "{open: [a]}", "{open: [a], aliases: [" + ", ".join(f"x{n}" for n in range(count)) + "]}"
            ),
        }[shape]
        return lambda: parser.parse(text.encode())

    growth.assert_linear(work)


def test_what_cannot_be_looked_up_is_limited() -> None:
    tried = "".join(f'  - {{names: ["*X{number}*"], plain: true}}\n' for number in range(MOST_TRIED + 1))
    with pytest.raises(Malformed, match="more than 256 patterns"):
        parser.parse(f"{HEAD}rules:\n{tried}".encode())
    environments = "".join(f"  e{number}: {{open: [a]}}\n" for number in range(MAX_ENVIRONMENTS))
    with pytest.raises(Malformed, match="more than 500 environments"):
        parser.parse((HEAD + environments).encode())


def test_a_long_way_of_extends_is_refused() -> None:
    way = "".join(
        f"  e{number}: {{open: [a], extends: {'e' if not number else f'e{number - 1}'}}}\n" for number in range(20)
    )
    with pytest.raises(Malformed, match="over more than 16 steps"):
        parser.parse((HEAD + way).encode())
