"""SECURITY.md: each promise names the tests that hold it, and they are there."""

import re

from tests.conftest import TOP

PAGE = (TOP / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", PAGE)
    assert named
    assert [name for name in named if not is_there(*name.split("::"))] == []


def is_there(file: str, function: str = "") -> bool:
    return (TOP / file).exists() and (not function or f"\ndef {function}(" in (TOP / file).read_text(encoding="utf-8"))


def test_every_promise_names_a_test() -> None:
    promised = PAGE.partition("## What is promised")[2].partition("\n## ")[0]
    promises = re.split(r"\n(?=\* )", promised)[1:]
    assert [promise.split("\n")[0] for promise in promises if "`tests/" not in promise] == []
