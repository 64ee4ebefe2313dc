"""One grammar of tokens: what the parser takes is what every expression in the project matches, and nothing else is."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import gitseal
from gitseal.document import token_grammar
from gitseal.document.token import Stanza, Token, decoded, is_canonical, parse_stanza, parse_token
from gitseal.errors import Malformed, UnknownVersion

TEXTS = st.one_of(
    st.from_regex(token_grammar.TOKEN, fullmatch=True),
    st.from_regex(token_grammar.STANZA, fullmatch=True),
    st.text(alphabet="ENC[v12,sw:dkf0=]\n "),
)


@pytest.mark.fuzz
@given(TEXTS, st.integers(0, 200), st.sampled_from(["", "=", "\n", "x", " "]))
def test_the_parser_takes_exactly_the_grammar(text: str, at: int, odd: str) -> None:
    damaged = text[: at % (len(text) + 1)] + odd + text[at % (len(text) + 1) :]
    matched = re.fullmatch(token_grammar.TOKEN, damaged)
    assert _token(damaged) == (Token._make(matched.groups()) if matched else None)
    stanza = re.fullmatch(token_grammar.STANZA, damaged)
    assert _stanza(damaged) == (Stanza(stanza[1], stanza[2]) if stanza else None)


@pytest.mark.fuzz
@given(st.from_regex(token_grammar.PAYLOAD, fullmatch=True))
@example("AA==")
@example("AB==")
@example("AAA=")
@example("AAB=")
@example("AAAA=")
@example("A")
@example("A=")
@example("A==")
def test_what_is_canonical_shows_without_decoding_it(payload: str) -> None:
    try:
        decoded(payload)
    except Malformed:
        assert not is_canonical(payload)
    else:
        assert is_canonical(payload)


def _token(text: str) -> Token | None:
    try:
        return parse_token(text, 1)
    except (Malformed, UnknownVersion):
        return None


def _stanza(text: str) -> Stanza | None:
    try:
        return parse_stanza(text, 1)
    except (Malformed, UnknownVersion):
        return None


def test_nothing_else_spells_it_out() -> None:
    source = Path(gitseal.__file__).parent
    spelled = [path.name for path in source.rglob("*.py") if r"\[v1," in path.read_text("utf-8")]
    assert spelled == ["token_grammar.py"]
    keys = [path.name for path in source.rglob("*.py") if "k[0-9a-f]{32}" in path.read_text("utf-8")]
    assert keys == ["token_grammar.py"]


@pytest.mark.fuzz
@given(st.text(alphabet="akfr0f9g-_+/=AZé", max_size=40) | st.integers(30, 34).map("a".__mul__))
def test_the_questions_ask_what_the_pieces_match(text: str) -> None:
    assert token_grammar.is_group(text) == (re.fullmatch(token_grammar.GROUP, text) is not None)
    assert token_grammar.is_payload(text) == (re.fullmatch(token_grammar.PAYLOAD, text) is not None)
    assert token_grammar.is_id("k", text) == (re.fullmatch(token_grammar.KEY_ID, text) is not None)


@pytest.mark.fuzz
@given(st.from_regex(token_grammar.KEY_ID, fullmatch=True))
def test_a_key_id_is_one(text: str) -> None:
    assert token_grammar.is_id("k", text)
    assert not token_grammar.is_id("f", text)
    assert not token_grammar.is_id("k", text.replace(text[-1], "g"))
