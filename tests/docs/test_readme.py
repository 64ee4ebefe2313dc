"""The README's first screen is what it is meant to be. That its transcript is true is tested with the other pages."""

import re

from tests.docs import console

README = (console.TOP / "README.md").read_text(encoding="utf-8")
SCREEN = README.partition("\n## ")[0]


def test_the_transcript_is_six_commands_that_end_in_a_diff() -> None:
    first = re.search(r"^```console\n.*?^```$", SCREEN, re.MULTILINE | re.DOTALL)
    assert first
    steps = console.steps(first[0])

    assert len(steps) == 6
    assert steps[-1].command.endswith("git diff")
    assert "-  [SESSION_SECRET, sealed, " in (steps[-1].output or "")


def test_the_first_screen_ends_in_five_things_to_do() -> None:
    assert len(re.findall(r"^\* \[", SCREEN, re.MULTILINE)) == 5


def test_the_two_commands_are_there() -> None:
    makefile = (console.TOP / "Makefile").read_text(encoding="utf-8")

    for command in ("demo", "test"):
        assert f"make {command} " in README
        assert f"\n{command}: " in makefile
