"""No chunking lets a value through, and what is no secret comes out as it went in."""

import base64
import hashlib
import json
import re
import textwrap
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.process.patterns import Patterns
from gitseal.process.redacting import Redactor
from gitseal.scan.forms import all_forms
from gitseal.scan.ordinary import is_ordinary
from tests import growth

VALUES = {
    "TOKEN": b"s3cr3t-T0ken!/+x",
    "KEY": b"-----BEGIN KEY-----\nQUJDREVGR0hJSktM\nMTIzNDU2Nzg5MGFi\n-----END KEY-----\n",
}


def redacted(text: bytes, cuts: list[int], values: dict[str, bytes] | None = None) -> bytes:
    redactor = Redactor(Patterns(all_forms(values or VALUES)))
    out, at = [], 0
    for cut in sorted({min(cut, len(text)) for cut in cuts}):
        out.append(redactor.feed(text[at:cut]))
        if cut % 3 == 0:
            out.append(redactor.idle())
        at = cut
    return b"".join([*out, redactor.feed(text[at:]), redactor.finish()])


FORMS = [
    VALUES["TOKEN"],
    base64.b64encode(VALUES["TOKEN"]),
    base64.urlsafe_b64encode(VALUES["TOKEN"]),
    base64.b64encode(b"user:" + VALUES["TOKEN"] + b":rest"),
    quote(VALUES["TOKEN"], safe="").encode(),
    json.dumps(VALUES["TOKEN"].decode()).encode(),
    VALUES["KEY"],
    json.dumps(VALUES["KEY"].decode()).encode(),
    b"MTIzNDU2Nzg5MGFi",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_redacted_at_every_cut(form: bytes) -> None:
    text = b"before " + form + b" after\n"
    whole = redacted(text, [])
    assert b"[redacted:" in whole
    assert whole.startswith(b"before ")
    assert whole.endswith(b" after\n")
    for cut in range(len(text)):
        assert redacted(text, [cut, cut + 1, cut + 5]) == whole


def test_a_value_that_is_a_part_of_another_has_its_own_name() -> None:
    values = {"URL": b"postgres://app:s3cr3t-T0ken@db/app", "TOKEN": b"s3cr3t-T0ken"}
    for order in (values, dict(reversed(values.items()))):
        out = redacted(b"postgres://app:s3cr3t-T0ken@db/app s3cr3t-T0ken", [], order)
        assert out == b"[redacted:URL] [redacted:TOKEN]"


LONG = {"LONG": hashlib.sha512(b"long").hexdigest().encode() + b"/+x"}
WRAPPED = {
    "base64": base64.encodebytes(LONG["LONG"]),
    "inside of something longer": base64.encodebytes(b"user: " + LONG["LONG"] + b", and more of it" * 9),
    "in YAML": textwrap.indent(base64.encodebytes(LONG["LONG"]).decode(), " " * 8).encode(),
    "PEM's lines": b"\r\n".join(
        textwrap.wrap(base64.b64encode(LONG["LONG"]).decode(), 64)[i].encode() for i in range(3)
    ),
    "hex, folded": "\n".join(textwrap.wrap(LONG["LONG"].hex(), 40)).encode(),
}


@pytest.mark.parametrize("how", WRAPPED)
def test_no_line_end_lets_a_value_through(how: str) -> None:
    text = b"key:\n" + WRAPPED[how] + b"\nafter\n"
    whole = redacted(text, [], LONG)
    assert re.fullmatch(rb"key:\n\s*\S*\[redacted:LONG\][\S\s]*\nafter\n", whole)
    lines = WRAPPED[how].split()
    assert not [line for line in lines[1:-1] if line in whole and b"YW5kIG1vcmU" not in line]
    patterns = Patterns(all_forms(LONG))
    for cut in range(len(text)):
        redactor = Redactor(patterns)
        assert redactor.feed(text[:cut]) + redactor.feed(text[cut:]) + redactor.finish() == whole


def test_lines_that_hold_no_value_come_out_as_they_went_in() -> None:
    digits = base64.b64encode(LONG["LONG"])
    for text in (b" ".join([digits[:20], digits[20:]]), digits[:40] + b"\n\n.\n" + digits[40:60], digits[:7] + b"\n"):
        assert redacted(text, [9, 30], LONG).replace(b"[redacted:LONG]", b"") == text


def test_a_word_at_a_lines_end_appears_while_the_stream_rests() -> None:
    redactor = Redactor(Patterns(all_forms(LONG)))
    end = base64.b64encode(LONG["LONG"])
    assert redactor.feed(b"done " + end[:7] + b"\n") + redactor.idle() == b"done " + end[:7] + b"\n"
    assert redactor.feed(end[:76] + b"\n") + redactor.idle() == b""
    assert redactor.feed(end[76:] + b"\n") + redactor.idle() == b"[redacted:LONG]\n"


def test_wrapped_text_takes_linear_time() -> None:
    patterns = Patterns(all_forms(LONG))
    line = base64.encodebytes(LONG["LONG"]) + b"more\n  "

    def of(size: int) -> Callable[[], object]:
        return lambda: Redactor(patterns).feed(line * (size // 100)) and None

    growth.assert_linear(of)


@pytest.mark.fuzz
@given(
    st.lists(st.sampled_from([*FORMS, b" ", b"\n", b"2026-11-21", b"s3cr3t-T0", b"plain words", b"x"]), max_size=8),
    st.lists(st.integers(0, 400), max_size=12),
)
def test_no_chunking_lets_a_value_through(parts: list[bytes], cuts: list[int]) -> None:
    text = b"".join(parts)
    out = redacted(text, cuts)
    assert VALUES["TOKEN"] not in out
    assert b"MTIzNDU2Nzg5MGFi" not in out
    assert out == redacted(text, [])


# Values that share texts, that begin with what is escaped, have no run of letters, or are blank; and parts of what is written.
AWKWARD = {
    "URL": b"postgres://app:Xk29f&Km'39\"20@db.internal:5432/app",
    "PASSWORD": b"Xk29f&Km'39\"20",
    "SIGNS": b"'!a\\b\"$c&d%e",
    "BLANKS": b" \t\t \t \t \t",
    "PHRASE": b"kT7qm3 r4vx8z w9",
    "PERCENT": b"pw%FGhijKLmn0%%41pq",
    "LINES": b"Zk3jf02kd1\n'q8w7e6r5t'\r\nZk3jf02kd1",
    "LATIN": b"p\xe4ss-9f73s3ljTX",
    "AGAIN": b"kT7qm3+r4vx8z+w9",
}
AWKWARD_FORMS = all_forms(AWKWARD)
PIECES = st.sampled_from([*AWKWARD_FORMS, b" ", b"\n", b"\n    ", b"'", b"\\", b"Xk29", b"pw%fg"])
CUT_PIECES = st.builds(lambda form, end: form[: len(form) - end], PIECES, st.integers(0, 12))


@pytest.mark.fuzz
@given(st.lists(PIECES | CUT_PIECES, max_size=7), st.lists(st.integers(0, 400), max_size=8), st.integers(0, 80))
def test_spellings_made_when_they_are_needed_hide_the_same(parts: list[bytes], cuts: list[int], width: int) -> None:
    """Of each chunk comes out what does if all spellings were there from the beginning, also while the stream rests."""
    text = b"".join(parts)
    if width > 1:
        text = b"\n".join(text[at : at + width] for at in range(0, len(text), width))
    careful, fast = Redactor(Patterns(AWKWARD_FORMS)), Redactor(Patterns.of(AWKWARD.items()))
    at = 0
    for cut in sorted({min(cut, len(text)) for cut in cuts}):
        assert fast.feed(text[at:cut]) == careful.feed(text[at:cut])
        if cut % 2 == 0:
            assert fast.idle() == careful.idle()
        at = cut
    assert fast.feed(text[at:]) + fast.finish() == careful.feed(text[at:]) + careful.finish()


@pytest.mark.fuzz
@given(st.binary(max_size=600), st.lists(st.integers(0, 600), max_size=12))
def test_what_holds_no_value_comes_out_as_it_went_in(text: bytes, cuts: list[int]) -> None:
    assert redacted(text, cuts) == text


@pytest.mark.parametrize(
    "value",
    [
        b"2026-11-21",
        b"12:30:00.000",
        b"10.0.0.255",
        b"production",
        b"Production",
        b"eu-central-1",
        b"localhost:5432",
        b"********",
    ],
)
def test_ordinary_values_are_left_alone(value: bytes) -> None:
    assert is_ordinary(value)
    assert redacted(b"at " + value + b"\n", [], {"NAME": value}) == b"at " + value + b"\n"


@pytest.mark.parametrize(
    "value", [b"hunter2hunter2", b"correct-horse", b"sk_live_1234", b"8f3a9c2e11", b"20261121T120000Z-x9"]
)
def test_values_that_someone_chose_are_not(value: bytes) -> None:
    assert not is_ordinary(value)


def test_a_prompt_appears_while_the_stream_rests() -> None:
    redactor = Redactor(Patterns(all_forms(VALUES)))
    assert redactor.feed(b"Password: ") + redactor.idle() == b"Password: "
    assert redactor.feed(b"s3cr3t-T0") + redactor.idle() == b""
    assert redactor.feed(b"ken!/+x") + redactor.idle() == b"[redacted:TOKEN]"


def test_memory_is_bounded() -> None:
    redactor = Redactor(Patterns(all_forms({"BIG": bytes(range(33, 126)) * 1000})))
    for _ in range(200):
        redactor.feed(b"x" * 65536)
        assert len(redactor._held) <= 2048


def test_the_pieces_of_a_long_value_become_one_word() -> None:
    big = bytes(range(33, 126)) * 100
    assert redacted(b"<" + big + b">", [100, 5000], {"BIG": big}) == b"<[redacted:BIG]>"
