"""Every dialect's assignments are seen, with their lines; what a name shows is never part of a value."""

import base64
import io
import re

import dotenv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan.env_values import assignments, decoded

CASES = [
    ("A=b", [(1, "A", "b")]),
    ("[default]\nA=b\n[x]\nB: c", [(2, "A", "b"), (4, "B", "c")]),
    ("[]\nA=b", [(2, "A", "b")]),
    ("{\nA=b\n}", [(2, "A", "b")]),
    ('{"A": ["b", 12, {"c": "d"}],\n "e": true}', [(1, "A", "b"), (1, "A", "12"), (1, "c", "d")]),
    ('{"A": "b", // it is a "\n "C": "d"\n}', [(1, "A", "b"), (2, "C", "d")]),
    ("\n# A=b\n; B=c\n  C=d", [(4, "C", "d")]),
    ("export A=b\nEXPORT=1", [(1, "A", "b"), (2, "EXPORT", "1")]),
    ("A = b", [(1, "A", "b")]),
    ("A: b", [(1, "A", "b")]),
    ("A: 'b'\nB:\nC:d", [(1, "A", "b"), (2, "B", "")]),
    ('A="b c" # d', [(1, "A", "b c")]),
    ("A=b # c", [(1, "A", "b")]),
    ("A=b#c", [(1, "A", "b#c")]),
    ("A=# c", [(1, "A", "")]),
    ("A=#c", [(1, "A", "#c")]),
    ("A=", [(1, "A", "")]),
    ("A=''\nB=\"\"", [(1, "A", ""), (2, "B", "")]),
    ('A="b\nc"\nD=e', [(1, "A", "b\nc"), (3, "D", "e")]),
    ("A='b\n\nc'\nD=e", [(1, "A", "b\n\nc"), (4, "D", "e")]),
    ("A=`b\nc`", [(1, "A", "b\nc")]),
    ('A="b\\"c"', [(1, "A", 'b\\"c')]),
    ("A='b\\'", [(1, "A", "b\\")]),
    ('A="b', [(1, "A", '"b')]),
    ("A=b\\\n  c\nD=e", [(1, "A", "bc"), (3, "D", "e")]),
    ("A=b\r\nC=d\r\n", [(1, "A", "b"), (2, "C", "d")]),
    ("A=b\rC=d", [(1, "A", "b"), (2, "C", "d")]),
    ("set A=b\nsetx A b\n$env:A = 'b'", [(1, "A", "b"), (3, "A", "b")]),
    ("declare -x A=b\nreadonly B=c", [(1, "A", "b"), (2, "B", "c")]),
    ("- A=b\n  - B: c", [(1, "A", "b"), (2, "B", "c")]),
    ("A+=b\nA?=c\nA:=d", [(1, "A", "b"), (2, "A", "c"), (3, "A", "d")]),
    ("'A'='b'\n\"B\" = c", [(1, "A", "b"), (2, "B", "c")]),
    ("a.b-c[0]=d", [(1, "", "d")]),
    ("use nix\nPATH_add bin\nif [ -f x ]; then\n  source x\nfi", []),
    ('{"A": "b",\n "C": {"D": 5}, "E": true}', [(1, "A", "b"), (2, "D", "5")]),
    ('A="b"c', [(1, "A", "bc")]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_dialects(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert [tuple(each) for each in assignments(text)] == expected


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str) -> None:
    text = "A=b\r\nC=d\r\n"
    assert [tuple(each) for each in assignments(decoded(text.encode(encoding)))] == [(1, "A", "b"), (2, "C", "d")]


def test_bytes_that_are_no_text_still_count() -> None:
    (one,) = assignments(decoded(b"A=\xff\xfe\xe9"))
    assert one.name == "A"
    assert one.value


LINE = st.one_of(
    st.sampled_from(
        [
            "A=b",
            "export B='x y'",
            'C="a\nb"',
            "# D=e",
            "",
            "E=",
            "F",
            "G = h # i",
            "H=`x`",
            "I=${J}",
            'K="\\""',
            "L='\\n'",
        ]
    ),
    st.text(st.sampled_from("ABab=\"' #\\$\n"), max_size=12),
)


@pytest.mark.fuzz
@given(st.lists(LINE, max_size=8))
def test_what_a_real_reader_sees_is_seen(lines: list[str]) -> None:
    text = "\n".join(lines)
    read = dotenv.dotenv_values(stream=io.StringIO(text), interpolate=False)
    # It also takes a quote or a bracket for a name.
    if any(value.strip("# ") for name, value in read.items() if value and re.fullmatch(r"[\w.-]+", name)):
        assert any(each.value for each in assignments(text)), read


@pytest.mark.fuzz
@given(st.binary(min_size=48, max_size=600), st.sampled_from([16, 20, 32, 64, 76]))
def test_names_are_no_part_of_an_unquoted_key(key: bytes, width: int) -> None:
    encoded = base64.b64encode(key).decode()
    lines = [encoded[at : at + width] for at in range(0, len(encoded), width)]
    text = "KEY=" + "\n".join(lines) + "\nNEXT=x\n"
    for each in assignments(text):
        assert each.name in {"KEY", "NEXT", ""} or not each.value


@pytest.mark.fuzz
@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= each.line <= lines for each in assignments(text))
