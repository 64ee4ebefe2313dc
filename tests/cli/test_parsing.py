"""Our parser and click read every command line alike: the same call with the same values, or both refuse."""

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from unittest import mock

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.cli import by_click, parsing
from gitseal.cli.declare import Command, Group, Option, Parameter
from gitseal.cli.session import Session
from gitseal.cli.table import PROGRAM

Read = tuple[str, str | None, str | None, dict[str, Any]]


def paths(group: Group, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Every command with the words that lead to it."""
    for name in group.members:
        member = group.find(name)
        assert member is not None
        if isinstance(member, Group):
            yield from paths(member, (*before, name))
        else:
            yield (*before, name), member


COMMANDS = dict(paths(PROGRAM))


def ours(words: Sequence[str]) -> Read | None:
    call = parsing.read(PROGRAM, words, os.environ)
    # The word alone is a call for us, and a request for help to click.
    if call is not None and call.command is PROGRAM.find_alone():
        return None
    return (call.command.name, call.outer["folder"], call.outer["identity"], call.values) if call else None


def clicks(words: Sequence[str]) -> Read | None:
    calls: list[Read] = []

    def record(command: Command, session: Session, values: dict[str, Any]) -> int:
        calls.append((command.name, session._folder, session.identity, values))
        return 0

    try:
        by_click.main(words, record)
    except click.ClickException:
        assert not calls
    return calls[0] if calls else None


PLAIN = st.sampled_from(
    [
        "production",
        "NAME",
        "A=b",
        "",
        "-",
        "--",
        "text",
        "json",
        "dotenv",
        "-x",
        "--unknown",
        "--x=y",
        "a b",
        "bash",
        "..",
        "é",
    ]
)


def spelled(parameter: Parameter) -> st.SearchStrategy[list[str]]:
    """The ways to write an option, right and wrong ones."""
    if not isinstance(parameter, Option):
        return st.lists(PLAIN, max_size=2)
    value = st.one_of(PLAIN, st.sampled_from(list(parameter.choices) or ["v"]))
    word = st.sampled_from(parameter.words)
    return st.one_of(
        word.map(lambda one: [one]),
        st.tuples(word, value).map(list),
        st.tuples(word, value).map(lambda pair: ["=".join(pair)]),
        st.tuples(word, value).map(lambda pair: ["".join(pair)]),
        word.map(lambda one: [one[:-1]]),
    )


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command line: options of the program, a command, and what it takes in any order."""
    outer = draw(st.lists(st.one_of(*map(spelled, PROGRAM.options)), max_size=2))
    words, command = draw(st.sampled_from(sorted(COMMANDS.items(), key=lambda item: item[0])))
    kinds = [spelled(parameter) for parameter in command.parameters]
    rest = draw(st.lists(st.one_of(*kinds, PLAIN.map(lambda word: [word])), max_size=6))
    return [*chain(*outer), *words, *chain(*rest)]


@pytest.fixture(scope="module", autouse=True)
def _no_completion() -> Iterator[None]:
    with mock.patch.dict(os.environ):
        os.environ.pop("_GITSEAL_COMPLETE", None)
        yield


@given(words=lines(), variable=st.sampled_from([None, "", "  ", "production", "a,b c"]))
@example(words=["get", "-eproduction", "A"], variable=None)
@example(words=["get", "-e=production", "A", "--no-newline=x"], variable=None)
@example(words=["run", "-xe", "production", "--unknown", "cmd", "-e", "b"], variable=None)
@example(words=["run", "-xh", "cmd"], variable=None)
@example(words=["run", "--", "cmd", "--help"], variable=None)
@example(words=["-C", "--", "--", "get", "A"], variable="production")
@example(words=["env", "--", "list", "--json", "--format", "text"], variable=None)
@example(words=["resolve", "--theirs-all", "--ours-all", "a"], variable=None)
@example(words=["get", "A", "B"], variable=None)
@example(words=["set"], variable=None)
@example(words=["import", "-", "-e", "a", "-e", "b"], variable="c")
@example(words=["hook"], variable=None)
@example(words=[], variable=None)
def test_both_make_the_same_call_or_none(words: list[str], variable: str | None) -> None:
    with mock.patch.dict(os.environ):
        os.environ.pop("GITSEAL_ENV", None)
        if variable is not None:
            os.environ["GITSEAL_ENV"] = variable
        assert ours(words) == clicks(words), words


@given(
    words=st.lists(st.one_of(PLAIN, st.text(max_size=4), st.sampled_from(["get", "-e", "-C", "-h", "--help", "env"])))
)
def test_both_agree_on_anything_else(words: list[str]) -> None:
    assert ours(words) == clicks(words), words


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_clicks_work(command: tuple[str, ...]) -> None:
    for word in ("-h", "--help"):
        assert parsing.read(PROGRAM, [*command, word], {}) is None


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_path_that_cannot_be_read_is_refused_by_both(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    path.touch(mode=0)

    assert ours(["import", str(path)]) is clicks(["import", str(path)]) is None


def test_only_the_last_argument_of_a_command_takes_several_words() -> None:
    for words, command in COMMANDS.items():
        assert not any(argument.multiple for argument in command.arguments[:-1]), words
        assert all(parameter.name for parameter in command.parameters)
