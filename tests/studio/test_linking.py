"""Names as links: what is markup in a name or a message stays text."""

import pytest

pytest.importorskip("markupsafe", reason="the extra studio is not installed")

from gitseal.report.sentences import sentence
from gitseal.studio.linking import helped, helped_here, linked, named, said

_HOSTILE = "<b onclick='x'>\"&</code>\u202e"
_PAGES = {"DATABASE_URL": "/name?name=DATABASE_URL"}


def test_a_name_with_a_page_is_a_link_to_it() -> None:
    link = '<a href="/name?name=DATABASE_URL"><code>DATABASE_URL</code></a>'
    assert named("DATABASE_URL", _PAGES) == link
    assert said(sentence('"{}" is required', "DATABASE_URL"), _PAGES) == f"{link} is required"
    assert named("OTHER", _PAGES) == "<code>OTHER</code>"


def test_what_is_a_link_already_stays_one() -> None:
    there = '<a href="#rule"><code>DATABASE_URL</code></a>'
    assert linked(there, _PAGES) == there


@pytest.mark.parametrize("words", [_HOSTILE, sentence('{} and "{}"', _HOSTILE, _HOSTILE)])
def test_markup_in_words_is_text(words: str) -> None:
    for shown in (said(words, _PAGES), named(words, _PAGES)):
        assert "<b" not in shown
        assert "\u202e" not in shown
        assert shown.count("<") == shown.count("<code>") + shown.count("</code>")


def test_a_sentence_begins_as_one_and_a_command_as_it_is_typed() -> None:
    assert said("look at all names", _PAGES) == "Look at all names"
    assert said("git restore -- x", _PAGES) == "git restore -- x"
    assert said(sentence("set {}", "x"), _PAGES) == "Set <code>x</code>"


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("git restore -- x", "in a terminal: git restore -- x"),
        ("see its names: gitseal list", "see its names, in a terminal: gitseal list"),
        ("ask alice; or gitseal recipient request", "ask alice; or gitseal recipient request (in a terminal)"),
        ("in a terminal, run: gitseal resolve", "in a terminal, run: gitseal resolve"),
        ("ask gitseal's maintainers", "ask gitseal's maintainers"),
        ("look at all names", "look at all names"),
        ("", ""),
    ],
)
def test_a_command_says_that_it_is_for_a_terminal(hint: str, shown: str) -> None:
    assert helped(hint) == shown


def test_so_does_one_with_names_of_the_repository() -> None:
    assert helped_here(sentence("git restore -- {}", "x"), _PAGES) == "git restore -- <code>x</code> (in a terminal)"
