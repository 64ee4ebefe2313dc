"""YAML import takes over no misreading of its library: it is compared with py-yaml12, on cases like those of yaml-test-suite."""

import contextlib
import json

import pytest
import yaml12
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.document.value import ValueType
from gitseal.errors import Error, Malformed
from gitseal.exchange import parse
from tests.slow import slow_but


def ours(content: str) -> dict[str, object]:
    tree: dict[str, object] = {}
    for item in parse("yaml", content.encode()).items:
        section = tree
        for part in item.path[:-1]:
            below = section.setdefault(part, {})
            assert isinstance(below, dict)
            section = below
        text = item.value.reveal().decode()
        if item.value.kind is ValueType.TEXT:
            section[item.path[-1]] = text
        else:
            section[item.path[-1]] = json.loads(text) if text else None
    return tree


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        # What ruamel.yaml 0.19 passes over or misreads.
        ("{ ?API_KEY: x, B: 2 }", 1, '"?" stands before a name'),
        ("A: [?x, y]\n", 1, '"?" stands before a name'),
        ("A: |\n  x\n   ", 1, "in the middle of a line"),
        ("A: 'x'# c\n", 1, "without a blank before it"),
        ("A: [a,\nb]\n", 2, "not indented deeper"),
        ("A: [\nb]\n", 2, "not indented deeper"),
        ("A:\n|\n  x\n", 2, "not indented deeper"),
        ('A: "a\nb"\n', 1, "not indented deeper"),
        ('A: "a\n"\n', 1, "not indented deeper"),
        ('A: "a\n\tb"\n', 1, "not indented deeper"),
        ("A: 'a\n\n\tb'\n", 1, "not indented deeper"),
        ("%FOO\n---\nA: 1\n", 1, "directives"),
        ("--- !!map\nA: 1\n", 1, "line of the document's ---"),
        ("A: 'a\x85b'\n", 1, "U+0085"),
        ("A: x\rB: y\n", 1, "U+000D"),
        ("A: x\nB: \u2028\n", 2, "U+2028"),
        ("A: x\nB: \ufeffx\n", 2, "U+FEFF"),
        ("A: x\u00a0\n", 1, "other than the common one"),
        # What one of the two refuses, or reads otherwise.
        ("A: |\n\nB: 1\n", 1, "no text"),
        ("A: |\n  x", 1, "in the middle of a line"),
        ("A:\t1\n", 1, "not YAML"),
        ("A: ! 12\n", 1, "a tag"),
        ("A: !!!str b\n", 1, "a tag"),
        # Documents behind an empty one, and what is no YAML behind it.
        ("null\n---\nA: private\n", 2, "a second document"),
        ("---\n---\nA: private\n", 2, "a second document"),
        ("# production values follow\n---\n---\nA: private\n", 3, "a second document"),
        ("---\n---\nA: [private\n", 2, "a second document"),
        ("A: 1\n...\nB: 2\n", 3, "a second document"),
        # Spellings that no value of ours has.
        ("KEY: 0x1b2c3d4e5f607182\n", 1, "another spelling"),
        ("MODE: 0o17\n", 1, "another spelling"),
        ("MODE: 0644\n", 1, "another spelling"),
        ("PHONE: +33612345678\n", 1, "another spelling"),
        ("A: -0\n", 1, "another spelling"),
        ("A: .5\n", 1, "another spelling"),
        ("A: 5.\n", 1, "another spelling"),
        ("A: 01.5\n", 1, "another spelling"),
        ("A: -.Inf\n", 1, "another spelling"),
        ("A: True\n", 1, "another spelling"),
        ("A: NULL\n", 1, "another spelling"),
        ("A: [1, 0x10]\n", 1, "another spelling"),
    ],
)
def test_refused(content: str, line: int, words: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse("yaml", content.encode())
    assert words in caught.value.reason
    assert caught.value.line == line
    assert "private" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("content", "tree"),
    [
        ("A: 8912345e7\nB: 1.10\nC: -0.0\nD: 1E+3\n", {"A": 8912345e7, "B": 1.10, "C": -0.0, "D": 1e3}),
        ("A: {\n  x: 1\n}\nB: [\n  1, 2\n]\n", {"A": {"x": 1}, "B": [1, 2]}),
        ("A:\n- x\n- |\n  y\n\n-\n- - z\n", {"A": ["x", "y\n", None, ["z"]]}),
        ('{"A":1,B: "x"}\r\n', {"A": 1, "B": "x"}),
        ("A: [a: b, c]\n", {"A": [{"a": "b"}, "c"]}),
        ("A: -x\nB: :x\nC: ?x\nD: [-a, :b]\n", {"A": "-x", "B": ":x", "C": "?x", "D": ["-a", ":b"]}),
        ("A: a b\n  c\n\n  d # e\n# f\n", {"A": "a b c\nd"}),
        ('A: "a \\\n  b \\  \n\n  c\\x41\\u00e9\\U0001F600\\e\\0"\n', {"A": "a b  \ncAé😀\x1b\0"}),
        ("A: 'it''s\n\n  so\n  far'\n", {"A": "it's\nso far"}),
        ("A: >\n\n  a\n   b\n  c\n\n\n  d\nB: |+2\n    x\n\n\nC: |-\n  y\n", {"A": "\na\n b\nc\n\nd\n", "B": "  x\n\n\n", "C": "y"}),  # noqa: E501
        ("A: |\n \t\nB: 1\n", {"A": "\t\n", "B": 1}),
        ("A: |  # c\n  x\n # c\n\nB: !!str 5\n", {"A": "x\n", "B": "5"}),
        ("--- # c\nA: 1\n...\n# end\n", {"A": 1}),
    ],
)  # fmt: skip
def test_read(content: str, tree: dict[str, object]) -> None:
    assert repr(ours(content)) == repr(tree)


SEEDS = [
    "A: 1\nB: |\n  x\n  y\n\nC: >-\n  a\n  b\n\n   c\n",
    "api:\n  - {a: b, 'c': \"d\"}\n  - x # c\n  -\n    y: 1\n    z: [1, 2]\nE:\n",
    "A: \"a\n  b \\\n  c\"\nB: 'x\n\n  y'\n",
    "{A: 1, b: [x, {c: d}],\n D: 'e'}\n",
    "A: a b\n  c\n\n  d\nB: -x\nC: 1.5\n",
    "A: [a, b,\n  c: d ]\nB:\n- - x\n  - y\n- |2-\n   z\n",
    "---\nA: b\n...\n",
]
SIGNS = [*" \t\n:-?,[]{}#&*!|>'\"%@`\\=~ab01.+e\u00a0\u0085\r"]
SIGNS += ["\n  ", "\n- ", ": ", "- ", " #", "---\n", "...\n", "|\n  ", "|+\n ", "\\\n", "''", "\n\n"]
EDITS = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 3), st.sampled_from([*SIGNS, ""])), min_size=1, max_size=3
)


@pytest.mark.fuzz
@settings(max_examples=400)
@given(st.sampled_from(SEEDS), EDITS)
def test_what_is_taken_is_what_py_yaml12_reads(content: str, edits: list[tuple[int, int, str]]) -> None:
    for at, removed, added in edits:
        content = content[:at] + added + content[at + removed :]
    try:
        tree = ours(content)
    except Error:
        return
    try:
        documents = yaml12.parse_yaml(content, multi=True)
    except (
        ValueError
    ):  # it refuses some brackets that are closed in the first column, and no other reading exists of them
        return
    theirs = documents[0] if documents else None
    assert len(documents) < 2
    assert repr(tree) == repr({} if theirs is None else theirs)


@pytest.mark.parametrize(
    "signs",
    slow_but(
        {" ", "\\", "[", "\n "},
        [" ", "\t", "#", "\\", "'", '"', ": ", "- ", "[", "{", "|\n ", "\n ", "-", "0", "a ", "? "],
    ),
)
@pytest.mark.parametrize("frame", ["A: {}\n", 'A: "{}"\n', "A: '{}'\n", "A: |\n  x{}\n", "A: [{}]\n", "A: >\n  x{}\n"])
def test_long_inputs_come_to_an_end(signs: str, frame: str) -> None:
    """A step that looks back for each character would not end within the suite's time limit."""
    with contextlib.suppress(Malformed):
        parse("yaml", frame.replace("{}", signs * 5_000).encode())
