"""Patterns: `*` within a part, `/` between parts, and linear time whatever the pattern."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.policy.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("A", "A"),
        ("A", "api/A"),
        ("A", "api/deep/A"),
        ("A_*", "A_B"),
        ("A_*", "api/A_"),
        ("*", "x/y"),
        ("api/*", "api/A"),
        ("*/A", "api/A"),
        ("*/*", "api/A"),
        ("a*b*c", "aXbXc"),
        ("a*b*c", "abc"),
        ("a**c", "ac"),
        ("*_URL", "DB_URL"),
        ("/A", "A"),
        ("/A_*", "A_B"),
        ("/api/*", "api/A"),
    ],
)
def test_matches(pattern: str, name: str) -> None:
    assert matches(pattern, tuple(name.split("/")))


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("A", "a"),
        ("A", "AB"),
        ("A_*", "B_A_C"),
        ("api/*", "A"),
        ("api/*", "api/deep/A"),
        ("*/A", "A"),
        ("a*a", "a"),
        ("ab*ba", "aba"),
        ("a*b*b", "ab"),
        ("api/A", "x/api/A"),
        ("[A]", "A"),
        ("?", "A"),
        ("A.B", "AxB"),
        ("/A", "api/A"),
        ("/*", "api/A"),
        ("//A", "A"),
        ("/", "A"),
    ],
)
def test_does_not_match(pattern: str, name: str) -> None:
    assert not matches(pattern, tuple(name.split("/")))


def reference(pattern: str, path: tuple[str, ...]) -> bool:
    """The same by a regular expression, which may take long."""
    whole = "".join("[^/]*" if char == "*" else re.escape(char) for char in pattern.removeprefix("/"))
    return re.fullmatch(whole, "/".join(path) if "/" in pattern else path[-1]) is not None


parts = st.text("ab", max_size=6)


@pytest.mark.fuzz
@given(pattern=st.text("ab*/", max_size=9), path=st.lists(parts, min_size=1, max_size=3).map(tuple))
def test_law_patterns_are_the_regular_expression(pattern: str, path: tuple[str, ...]) -> None:
    assert matches(pattern, path) == reference(pattern, path)


@pytest.mark.fuzz
@given(path=st.lists(parts.filter(bool), min_size=1, max_size=3).map(tuple))
def test_law_a_name_matches_itself(path: tuple[str, ...]) -> None:
    assert matches("/".join(path), path)


def test_patterns_that_blow_up_others_take_linear_time() -> None:
    """In a child, so that a pattern that hangs fails here and nowhere else; a regular expression needs years for these."""
    program = """
from gitseal.policy.patterns import matches
for many in (10_000, 100_000):
    assert not matches("*a" * many + "*b", ("a" * 2 * many,))
    assert not matches("a*" * many + "c", ("a" * 2 * many + "b",))
    assert matches("*" * many + "b", ("a" * many + "b",))
    assert not matches("*" + "ab" * 50 + "*", ("a" * many,))
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
