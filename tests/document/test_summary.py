"""What `git diff` shows of a sealed file."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.crypto.digest import sha256_hex
from gitseal.document import summary as module
from gitseal.document import token_grammar
from gitseal.document.summary import summary
from gitseal.yamltext.outline import outline
from tests import growth
from tests.document.merging.histories import State, histories

TOKEN = re.compile(rb"(?:ENC|STANZA)\[v1,")
STATE = State((("A", 1), ("LOG_LEVEL", 2), ("api/TOKEN", 3)), key=1)
SEALED = re.compile(f"{token_grammar.TOKEN}|{token_grammar.STANZA}".encode())
ID = b"k" + b"0" * 32
# What a token is made of, whole and damaged, and what may stand around one.
PIECES = [
    *(
        b"ENC[v1,",
        b"STANZA[v1,",
        b"[v1,",
        b"ENC",
        b"STANZA",
        b"s,",
        b"w,",
        b"default:",
        b"a-9:",
        b"A:",
        ID + b",",
        ID[:-1] + b",",
    ),
    *(
        b"QUJD",
        b"=",
        b"==",
        b"]",
        b"],",
        b"[",
        b",",
        b":",
        b" ",
        b"    ",
        b"\n",
        b"\r\n",
        b"# ",
        b"-",
        b"'",
        b'"',
        b"\0",
        b"\xff",
    ),
    *(
        b"gitseal:",
        b"  access:",
        b"    default:",
        b"      succeeds: ",
        b"      stanzas:",
        b"        alice:",
        b"          r1:",
    ),
    *(
        b"NAME",
        b"_a.b-c",
        b"9",
        b"key: ",
        b"<<<<<<< ours\n",
        b"ENC[v1,s,default:" + ID + b",QUJD]",
        b"STANZA[v1," + ID + b",QUJD]",
    ),
]


def by_the_grammar(data: bytes) -> bytes:
    """The summary as the one grammar of tokens and the one outline of names have it."""

    def words(path: tuple[bytes, ...], sealed: re.Match[bytes]) -> bytes:
        digits = sha256_hex(sealed[0])[:32].encode()
        in_header = path[:2] == (token_grammar.HEADER.encode(), b"access")
        if sealed[1] is None:
            person = path[-2] if in_header and len(path) == 6 else b"?"
            return b"[data key for %s, %s]" % (person, digits)
        if in_header and path[-1:] == (b"succeeds",):
            return b"[proof of succession, %s]" % digits
        kind = {b"s": b"sealed", b"w": b"write-only"}[sealed[1]]
        return b"[%s, %s, to %s, %s]" % (b"/".join(path), kind, sealed[2], digits)

    return b"\n".join(SEALED.sub(partial(words, path), line) for path, line, _text in outline(data))


def test_what_it_says() -> None:
    shown = summary(STATE.text).decode()
    assert re.search(r"^A:\n  \[A, sealed, to default, [0-9a-f]{32}\]$", shown, re.MULTILINE)
    assert re.search(r"^LOG_LEVEL: 2$", shown, re.MULTILINE)
    assert re.search(r"^    \[api/TOKEN, write-only, to default, [0-9a-f]{32}\]$", shown, re.MULTILINE)
    assert re.search(r"^            \[data key for alice, [0-9a-f]{32}\]$", shown, re.MULTILINE)
    assert re.search(r"^        \[proof of succession, [0-9a-f]{32}\]$", shown, re.MULTILINE)


@pytest.mark.fuzz
@given(histories())
def test_lines_stay_and_differ_where_the_file_does(history: tuple[State, State, State]) -> None:
    before, after, _other = (state.text for state in history)
    one, other = (summary(text).split(b"\n") for text in (before, after))
    assert len(one) == before.count(b"\n") + 1
    assert not TOKEN.search(b"\n".join(one))
    if before.count(b"\n") == after.count(b"\n"):
        raw = [old == new for old, new in zip(before.split(b"\n"), after.split(b"\n"), strict=True)]
        assert [old == new for old, new in zip(one, other, strict=True)] == raw


@pytest.mark.fuzz
@given(st.one_of(st.binary(), st.text(alphabet="ENCSTAZ[]v1,s:k0f=\n #ab'\"\r\t\0").map(str.encode)))
def test_any_bytes_have_a_summary_that_shows_no_more_than_they(data: bytes) -> None:
    shown = summary(data)
    assert shown.count(b"\n") == data.count(b"\n")
    for line, raw in zip(shown.split(b"\n"), data.split(b"\n"), strict=True):
        assert line == raw or TOKEN.search(raw)


def test_a_plain_value_cannot_pass_for_a_sealed_one() -> None:
    """No value that is plain begins with what the summary writes; in quotes it shows the quotes."""
    text = b'A: "[A, sealed, to default, 0]"\ngitseal:\n'
    assert summary(text) == text


def test_a_token_in_an_odd_place_does_not_stop_it() -> None:
    token = b"ENC[v1,s,default:k" + b"0" * 32 + b",QUJD]"
    stanza = b"STANZA[v1,k" + b"0" * 32 + b",QUJD]"
    for text in (token, b"  " + stanza, b"# " + token + b" " + stanza, b"\xff" + token, b"<<<<<<< a\nA: " + token):
        assert b"QUJD" not in summary(text)


@pytest.mark.fuzz
@given(histories())
def test_a_files_text_is_that_of_the_grammar(history: tuple[State, State, State]) -> None:
    for state in history:
        assert summary(state.text) == by_the_grammar(state.text)


@pytest.mark.fuzz
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)), max_size=40).map(b"".join))
@example(b'"" : ENC[v1,s,a:' + ID + b",A]")
@example(b"A: ENC[v1,s,a:" + ID + b",A]ENC[v1,s,a:" + ID + b",A]")
def test_any_texts_summary_is_that_of_the_grammar(data: bytes) -> None:
    assert summary(data) == by_the_grammar(data)


@pytest.mark.fuzz
@given(histories(), st.data())
def test_a_damaged_files_text_is_that_of_the_grammar(history: tuple[State, State, State], data: st.DataObject) -> None:
    text = bytearray(history[0].text)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=2))
        )
    assert summary(bytes(text)) == by_the_grammar(bytes(text))


@pytest.mark.parametrize(
    "part", [b"ENC[v1,s,a:" + ID + b",", b"ENC[v1,s,a:" + ID + b",A]", b"[v1,", b"  A:\n", b":", b'"']
)
def test_it_takes_linear_time(part: bytes) -> None:
    growth.assert_linear(lambda size: partial(summary, part * size))


def test_it_runs_alone(tmp_path: Path) -> None:
    """As Git's configuration starts it: without gitseal's modules, without `site`, and it loads nothing but the hash."""
    alone = [sys.executable, "-I", "-S", module.__file__]
    for content in (STATE.text, b"\xff\0[v1,", b""):
        (tmp_path / "file").write_bytes(content)
        done = subprocess.run([*alone, "file"], cwd=tmp_path, check=True, capture_output=True)
        assert done.stdout == summary(content)
    for words in ([], ["nowhere"], ["."]):
        done = subprocess.run([*alone, *words], cwd=tmp_path, check=True, capture_output=True)
        assert (done.stdout, done.stderr) == (b"", b"")


def test_it_loads_nothing_but_the_hash(tmp_path: Path) -> None:
    def loaded(*words: str) -> set[bytes]:
        command = [sys.executable, "-I", "-S", "-X", "importtime", *words]
        told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stderr
        return {line.rpartition(b"|")[2].strip() for line in told.splitlines()}

    (tmp_path / "file").write_bytes(STATE.text)
    assert loaded(module.__file__, "file") - loaded("-c", "") <= {b"_sha2", b"_sha256", b"posix"}
