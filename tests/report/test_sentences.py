"""Sentences: a template of our words, and names that stay names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.report.sentences import (
    COMMAND,
    NAME,
    NOTHING,
    OURS,
    QUOTED,
    TextPiece,
    at_place,
    listed,
    literal,
    ours,
    sentence,
    verb,
    without_place,
)


def test_each_kind_of_words_is_a_piece_of_its_own() -> None:
    made = sentence('"{}" of {} is {}: `gitseal set {} -e {}`', "A", "production", 3, "A", "production")

    assert made == '"A" of production is 3: gitseal set A -e production'
    assert made.pieces == (
        TextPiece("A", QUOTED),
        TextPiece(" of "),
        TextPiece("production", NAME),
        TextPiece(" is "),
        TextPiece("3"),
        TextPiece(": "),
        TextPiece("gitseal set A -e production", COMMAND),
    )
    assert made.names == {"A"}


@given(st.text(), st.text(), st.text())
def test_names_are_only_names(first: str, second: str, third: str) -> None:
    made = sentence('the "{}" is {}, see `git show {}`', first, second, third)

    assert made == f'the "{first}" is {second}, see git show {third}'
    assert [piece.text for piece in made.pieces if piece.kind == OURS] == ["the ", " is ", ", see "]
    assert made.form == "the {} is {}, see git show {}"


def test_a_sentence_in_a_sentence_keeps_its_pieces_and_form() -> None:
    inner = sentence('access group "{}"', "payments")

    assert sentence("{} is {}", inner, ours("new")).pieces[1] == TextPiece("payments", QUOTED)
    assert sentence("{} is {}", inner, ours("new")).form == "access group {} is new"


@pytest.mark.parametrize("names", [(), ("a", "b")])
def test_each_hole_takes_one_name(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="hole"):
        sentence("a hole: {}", *names)


def test_lists_of_names_say_the_same_kind_of_thing() -> None:
    one, many = (
        sentence("{} {} declared", listed(names, most=2), verb(len(names))) for names in (["a"], ["a", "b", "c"])
    )

    assert (one, many) == ('"a" is declared', '"a", "b" and 1 more are declared')
    assert one.form == many.form
    assert many.names == {"a", "b", "c"}
    assert listed([]) == NOTHING
    assert listed(["a", "b"], "{}", separator=" or ") == "a or b"


def test_what_is_said_does_not_depend_on_where() -> None:
    placed = at_place("policy.yaml:3", "there is no key")

    assert placed == "policy.yaml:3: there is no key"
    assert without_place(placed) == without_place(literal("there is no key"))
    assert at_place("", "there is no key") == "there is no key"
