"""The man pages of docs/man: one for each command, and nothing that a reader of man pages complains about."""

import subprocess
from collections.abc import Callable

import pytest

from tests import programs
from tests.docs.console import TOP
from tests.docs.test_reference import commands

PAGES = sorted((TOP / "docs/man").glob("*.1"))
# A date would be that of a change, and nobody would keep it true.
_NO_DATE = 'missing date, using "": TH'


def lint(*command: str) -> subprocess.CompletedProcess[str]:
    return programs.run(*command, *(page for page in PAGES if page.name != "git-seal.1"), cwd=TOP)


def test_every_command_has_a_page() -> None:
    wanted = {"gitseal.1", "git-seal.1"} | {f"gitseal-{command.replace(' ', '-')}.1" for command in commands()}

    assert {page.name for page in PAGES} == wanted


def test_git_finds_the_page_by_its_own_name_for_us() -> None:
    """`git seal --help` opens git-seal(1)."""
    assert (TOP / "docs/man/git-seal.1").read_text(encoding="utf-8") == ".so man1/gitseal.1\n"


def test_mandoc_warns_of_nothing(peer: Callable[[str], str]) -> None:
    done = lint(peer("mandoc"), "-Tlint", "-Wwarning")

    assert [line for line in done.stdout.splitlines() if not line.endswith(_NO_DATE)] == []


def test_groff_warns_of_nothing(peer: Callable[[str], str]) -> None:
    done = lint(peer("groff"), "-man", "-ww", "-Tutf8")

    assert done.stderr == ""


@pytest.mark.parametrize("command", ["set", "hook allow"])
def test_a_page_has_options_and_examples_that_can_be_copied(command: str, peer: Callable[[str], str]) -> None:
    page = TOP / f"docs/man/gitseal-{command.replace(' ', '-')}.1"
    done = programs.run(peer("mandoc"), "-Tascii", "-Owidth=200", page, cwd=TOP)
    help_of_it = programs.run(programs.GITSEAL, *command.split(), "--help", cwd=TOP).stdout

    shown = done.stdout.replace("\b", "")
    examples = help_of_it.partition("\nExamples:\n")[2].splitlines()
    assert examples
    assert [line for line in examples if line.strip() not in shown] == []
