"""Every mistake in a call becomes one sentence, which repeats nothing that may be a value; a group alone shows its help."""

from collections.abc import Sequence

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.cli import by_click, mistakes, neighbours
from gitseal.cli.declare import Command, Group
from gitseal.cli.main import main
from gitseal.cli.session import Session
from gitseal.cli.table import PROGRAM
from tests.cli.test_parsing import COMMANDS, lines

HUSH = "hush-Q7x-8ZkP"


def mistake(words: Sequence[str]) -> str | None:
    """What is said of a call that click refuses; None of one that it takes, and of help."""

    def ignore(_command: Command, _session: Session, _values: object) -> int:
        return 0

    try:
        by_click.main(words, ignore)
    except click.exceptions.NoArgsIsHelpError:
        return None
    except click.UsageError as error:
        return mistakes.usage_words(error)
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
            assert said == f"{' '.join(words)} needs {argument.metavar or argument.name.upper()}"
        elif said is not None:
            assert_is_sentence(said)


def assert_is_sentence(said: str) -> None:
    assert said.isprintable()
    assert said.count("'") % 2 == 0 == said.count('"') % 2, said
    # What a command takes several of is `PATH...` in its help, and here too.
    end = said.removesuffix("...") if said[-4:-3].isupper() else said
    assert end == said.strip(" .:,")
    assert said[0].islower() or said.startswith("-"), said


GROUPS = [(name,) for name in PROGRAM.members if isinstance(PROGRAM.find(name), Group)]


@pytest.mark.parametrize("words", GROUPS, ids=" ".join)
def test_a_group_alone_shows_the_help_that_is_asked_for_by_an_option(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    asked = capsys.readouterr().out
    assert main(words) == 2
    assert capsys.readouterr() == ("", asked)


def refused(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The two lines that are said of a call; it is refused as one that gitseal does not take."""
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert len(lines) == 2
    return lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lst",), 'there is no command "lst"; the nearest is "list"'),
        (("version",), 'there is no command "version"; it is an option'),
        (("env", "lst"), 'there is no command "env lst"; the nearest is "list"'),
        (("recipient", "ad"), 'there is no command "recipient ad"; the nearest is "add"'),
        (("a\x1b[31m",), 'there is no command "a\\x1b[31m"'),
        (("get", "A", "--no-newlin"), "there is no option --no-newlin; the nearest is --no-newline"),
        (("get", "A", "B"), "there is a word too many: gitseal get takes only NAME"),
        (("check", "B"), "there is a word too many: gitseal check takes no arguments"),
    ],
)
def test_an_unknown_word_is_repeated_with_the_nearest(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(words, capsys)[0] == f"gitseal: {said}"


@pytest.mark.parametrize("word", sorted({*neighbours.SAME, *neighbours.DIVIDED}))
def test_a_word_of_another_tool_is_answered_with_ours(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert word not in PROGRAM.members
    said, hint = refused([word], capsys)
    assert said.startswith(f'gitseal: there is no command "{word}"; ')
    # The hint is a command that runs as it is and does nothing.
    assert main(hint.split()[1:]) == 0


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("rm API_KEY -e production", "gitseal unset API_KEY -e production"),
        ("exec -- npm start", "gitseal run -- npm start"),
        ("encrypt .env", "gitseal import --help"),
        ("updatekeys", "gitseal rekey --help"),
        ("add API_KEY=hush", "gitseal set --help"),
        ("add API_KEY -e production", "gitseal set API_KEY -e production"),
        ("add alice age1xyz", "gitseal recipient add alice age1xyz"),
        ("API_KEY=hush", "gitseal set API_KEY"),
        ("env rm staging", "gitseal env remove staging"),
        ("recipient ls", "gitseal recipient list --help"),
        ("hook enable", "gitseal hook install --help"),
        ("cat hunter2hunter2", "gitseal get --help"),
    ],
)
def test_the_hint_is_our_command_with_what_was_typed_but_no_value(
    line: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said, shown = refused(line.split(), capsys)
    assert shown == f"  {hint}"
    assert "hush" not in said


@pytest.mark.parametrize("words", [("help",), ("help", "set"), ("hook", "help", "install"), ("help", "env", "add")])
def test_help_is_a_word_too(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    by_word = capsys.readouterr().out
    assert main([*(word for word in words if word != "help"), "--help"]) == 0
    assert capsys.readouterr().out == by_word
