"""Every mistake in a call becomes one sentence, which repeats nothing that may be a value; a group alone shows its help."""

from collections.abc import Sequence

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.cli import by_click
from gitseal.cli.declare import Command, Group
from gitseal.cli.main import main
from gitseal.cli.session import Session
from gitseal.cli.table import PROGRAM
from tests.cli.test_parsing import COMMANDS, lines

HUSH = "hush-Q7x"


def mistake(words: Sequence[str]) -> str | None:
    """What is said of a call that click refuses; None of one that it takes, and of help."""

    def ignore(_command: Command, _session: Session, _values: object) -> int:
        return 0

    try:
        by_click.main(words, ignore)
    except click.exceptions.NoArgsIsHelpError:
        return None
    except click.UsageError as error:
        return by_click._usage_words(error)
    return None


@st.composite
def mistaken(draw: st.DrawFn) -> list[str]:
    """A command line with a word put in that may be a value."""
    words = draw(lines())
    at = draw(st.integers(0, len(words)))
    word = draw(st.sampled_from([HUSH, f"--{HUSH}", f"-{HUSH}", f"--env={HUSH}", f"--json={HUSH}", f"--format={HUSH}"]))
    return [*words[:at], word, *words[at:]]


@given(words=mistaken())
@example(words=["env", HUSH])
@example(words=["completion", HUSH])
def test_a_mistake_is_one_sentence_that_repeats_no_value(words: list[str]) -> None:
    said = mistake(words)
    if said is not None:
        assert_is_sentence(said)
        assert HUSH not in said


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_is_missing_is_named_whole(words: tuple[str, ...]) -> None:
    for count, argument in enumerate(COMMANDS[words].arguments):
        said = mistake([*words, *["word"] * count])
        if argument.required and not argument.choices:
            assert said == f"missing argument '{argument.metavar or argument.name.upper()}'"
        elif said is not None:
            assert_is_sentence(said)


def assert_is_sentence(said: str) -> None:
    assert said.isprintable()
    assert said.count("'") % 2 == 0 == said.count('"') % 2, said
    assert said == said.strip(" .:,")
    assert said[0].islower() or said.startswith("-"), said


GROUPS = [(), *((name,) for name in PROGRAM.members if isinstance(PROGRAM.find(name), Group))]


@pytest.mark.parametrize("words", GROUPS, ids=lambda words: " ".join(words) or "gitseal")
def test_a_group_alone_shows_the_help_that_is_asked_for_by_an_option(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    asked = capsys.readouterr().out
    assert main(words) == 2
    assert capsys.readouterr() == ("", asked)


@pytest.mark.parametrize(
    ("words", "nearest"), [(("lst",), "list"), (("env", "lst"), "list"), (("recipient", "ad"), "add")]
)
def test_an_unknown_command_names_the_nearest(
    words: tuple[str, ...], nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert f'there is no such command; the nearest is "{nearest}"' in capsys.readouterr().err
