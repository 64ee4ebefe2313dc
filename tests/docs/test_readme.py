"""The README's first screen is what it is meant to be. That its transcript is true is tested with the other pages."""

import re

from tests.docs import console

README = (console.TOP / "README.md").read_text(encoding="utf-8")
SCREEN = README.partition("\n## ")[0]


def test_the_transcript_goes_from_an_env_file_to_a_diff() -> None:
    commands = [
        step.command
        for block in re.findall(r"^```console.*?^```$", SCREEN, re.MULTILINE | re.DOTALL)
        for step in console.steps(block)
    ]

    assert "gitseal init -e production" in commands[0]
    assert commands[-1].endswith("git diff")
    assert "-  [SECRET_KEY, sealed, " in SCREEN


def test_the_numbers_of_commands_are_those_of_the_story() -> None:
    story = (console.TOP / "tests/stories/ten-minutes.txt").read_text(encoding="utf-8")

    assert "Alice types five gitseal commands and Bob two" in SCREEN
    # A paragraph begins with whose it is. The line that Bob sends is two commands that Alice pastes.
    paragraphs = [part for part in story.partition("\n-- ")[0].split("\n\n") if part.startswith(("# Alice", "# Bob"))]
    typed = {"Alice": 0, "Bob": 0}
    for part in paragraphs:
        typed[part[2:].split()[0]] += len(re.findall(r"^(?:tty |.*\| )?gitseal ", part, re.MULTILINE))
        typed["Alice"] += 2 * part.count("tty bash $WORK/line")
    assert typed == {"Alice": 5, "Bob": 2}


def test_the_first_screen_ends_in_five_things_to_do() -> None:
    assert len(re.findall(r"^\* \[", SCREEN, re.MULTILINE)) == 5


def test_the_two_commands_are_there() -> None:
    makefile = (console.TOP / "Makefile").read_text(encoding="utf-8")

    for command in ("demo", "test"):
        assert f"make {command} " in README
        assert f"\n{command}: " in makefile
