"""What `git diff` shows of a sealed file."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gitseal.document.summary import summary
from tests.document.merging.histories import State, histories

TOKEN = re.compile(rb"(?:ENC|STANZA)\[v1,")
STATE = State((("A", 1), ("LOG_LEVEL", 2), ("api/TOKEN", 3)), key=1)


def test_what_it_says() -> None:
    shown = summary(STATE.text).decode()
    assert re.search(r"^A:\n  \[A, sealed, to default, [0-9a-f]{32}\]$", shown, re.MULTILINE)
    assert re.search(r"^LOG_LEVEL: 2$", shown, re.MULTILINE)
    assert re.search(r"^    \[api/TOKEN, write-only, to default, [0-9a-f]{32}\]$", shown, re.MULTILINE)
    assert re.search(r"^            \[data key for alice, [0-9a-f]{32}\]$", shown, re.MULTILINE)
    assert re.search(r"^        \[proof of succession, [0-9a-f]{32}\]$", shown, re.MULTILINE)


@given(histories())
def test_lines_stay_and_differ_where_the_file_does(history: tuple[State, State, State]) -> None:
    before, after, _other = (state.text for state in history)
    one, other = (summary(text).split(b"\n") for text in (before, after))
    assert len(one) == before.count(b"\n") + 1
    assert not TOKEN.search(b"\n".join(one))
    if before.count(b"\n") == after.count(b"\n"):
        raw = [old == new for old, new in zip(before.split(b"\n"), after.split(b"\n"), strict=True)]
        assert [old == new for old, new in zip(one, other, strict=True)] == raw


@given(st.one_of(st.binary(), st.text(alphabet="ENCSTAZ[]v1,s:k0f=\n #ab'\"\r\t\0").map(str.encode)))
def test_any_bytes_have_a_summary_that_shows_no_more_than_they(data: bytes) -> None:
    shown = summary(data)
    assert shown.count(b"\n") == data.count(b"\n")
    for line, raw in zip(shown.split(b"\n"), data.split(b"\n"), strict=True):
        assert line == raw or TOKEN.search(raw)


def test_a_plain_value_cannot_pass_for_a_sealed_one() -> None:
    """No value that stands plain begins with what the summary writes; in quotes it shows the quotes."""
    text = b'A: "[A, sealed, to default, 0]"\ngitseal:\n'
    assert summary(text) == text


def test_a_token_in_an_odd_place_does_not_stop_it() -> None:
    token = b"ENC[v1,s,default:k" + b"0" * 32 + b",QUJD]"
    stanza = b"STANZA[v1,k" + b"0" * 32 + b",QUJD]"
    for text in (token, b"  " + stanza, b"# " + token + b" " + stanza, b"\xff" + token, b"<<<<<<< a\nA: " + token):
        assert b"QUJD" not in summary(text)
