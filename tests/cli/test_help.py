"""Help: what every command says of itself. tests/cli/test_examples.py runs the examples."""

import inspect

import pytest

from gitseal.cli.by_click import first_sentence
from gitseal.cli.declare import Command, Group
from gitseal.cli.main import main
from gitseal.cli.table import COMMANDS, PROGRAM, SECTIONS

_WIDEST = 72


def every_command() -> dict[str, Command | Group]:
    """Every command and group by the words that call it."""
    every: dict[str, Command | Group] = {}
    for name in COMMANDS:
        member = PROGRAM.find(name)
        assert member is not None
        every[name] = member
        if isinstance(member, Group):
            every |= {f"{name} {below}": found for below in member.members if (found := member.find(below))}
    return every


EVERY = every_command()


@pytest.mark.parametrize("words", EVERY)
def test_help_begins_with_one_short_sentence(words: str) -> None:
    told = first_sentence(EVERY[words].help)

    assert told == (EVERY[words].help or "").strip().partition("\n\n")[0]
    assert told[0].isupper()
    assert told.endswith(".")
    assert len(told) <= _WIDEST
    assert COMMANDS.get(words, told) == told


@pytest.mark.parametrize("words", EVERY)
def test_help_has_examples_of_the_command(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words.split(), "--help"]) == 0
    _, _, shown = capsys.readouterr().out.partition("\nExamples:\n")
    _, _, declared = inspect.cleandoc(EVERY[words].help or "").partition("\nExamples:\n")

    assert shown == declared + "\n"
    assert all("gitseal " in line and f" {words.split(maxsplit=1)[0]}" in line for line in shown.splitlines())


def test_the_program_lists_all_commands_in_sections(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    shown = capsys.readouterr().out
    assert list(PROGRAM.members) == list(COMMANDS)
    for title, commands in SECTIONS.items():
        assert f"\n{title}:\n" in shown
        for name, told in commands.items():
            assert f"\n  {name} " in shown
            assert told in shown


def test_a_group_lists_its_commands_with_whole_sentences(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["hook", "--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("install", "uninstall", "status", "run", "allow"):
        assert first_sentence(EVERY[f"hook {name}"].help) in shown
