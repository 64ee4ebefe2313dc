"""Files in one pass: whatever the bytes are, the short way says what the careful way says, or leaves it to that."""

from itertools import count

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.crypto.datakey import DataKey
from gitseal.document import bulk, bulk_header, document
from gitseal.document.document import Document
from gitseal.document.header import public_text
from gitseal.document.merging import three_way
from gitseal.document.token import Stanza, Token
from gitseal.document.value import ValueType, checked, text
from gitseal.errors import Error, Malformed
from gitseal.yamltext import editor
from gitseal.yamltext.editor import Put

NAMES = ("A", "B_2", "STRIPE_KEY", "a.b-c", "x", "DATABASE_URL", "LOG_LEVEL", "Z")
GROUPS = ("default", "payments")
VALUES = (
    text(""),
    text("hunter2"),
    text("é" * 40),
    checked(ValueType.INTEGER, b"8080"),
    checked(ValueType.BYTES, b"\xff"),
)


def _made() -> tuple[bytes, dict[str, DataKey]]:
    new = document.create("production")
    keys = {group: DataKey.generate(new.header.scope(group)) for group in GROUPS}
    values = zip(NAMES, count(), strict=False)
    puts: dict[tuple[str, ...], Put] = {
        (name,): Put(document.seal(keys[GROUPS[n == 2]], (name,), VALUES[n % len(VALUES)]).serialise(), own_line=True)
        for name, n in values
    }
    for group, key in keys.items():
        at = ("gitseal", "access", group)
        puts[*at, "key"] = Put(key.key_id, tight=True)
        puts[*at, "public"] = Put(public_text(key.public), tight=True)
        for number, person in enumerate(("alice", "alice", "ci")):
            stanza = Stanza.of(key.key_id, b"an age file")
            puts[*at, "stanzas", person, f"r{number:032x}"] = Put(stanza.serialise(), own_line=True, tight=True)
        puts[*at, "succeeds"] = Put(document.seal(key, (*at, "succeeds"), text("old")).serialise(), own_line=True)
    return editor.edit(new.tree, puts, last="gitseal").serialise(), keys


FILE, KEYS = _made()
HEADER = FILE[FILE.index(b"\ngitseal:\n") + 1 :]
LINES = FILE.split(b"\n")
WORDS = (
    b"", b"\n", b" ", b"\t", b"#", b"# A:\n  ENC[v1,s,", b":", b"=", b"==", b"A", b"no", b"\r",
    b"\r\n", b"\xff", b"\0", b"]", b",w,", b"A:\n", b"B: plain\n", b"yes:\n", b"sec:\n  IN: 1\n",
    b"gitseal:\n", b"ENC[", b"STANZA[", b"<<<<<<< ours\n", b"k", "\u202e".encode(), b"- a\n",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The file with bytes put in or taken out, or with lines that moved, went or came twice."""
    data = FILE
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            at = draw(st.integers(0, len(data)))
            data = data[:at] + draw(st.sampled_from(WORDS)) + data[at + draw(st.sampled_from([0, 0, 1, 2])) :]
        else:
            lines = data.split(b"\n")
            at, to = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
            moved = [lines.pop(at)] * draw(st.integers(0, 2))
            data = b"\n".join([*lines[:to], *moved, *lines[to:]])
    return data


def test_one_name_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bulk.read(FILE) is not None
    monkeypatch.setattr(document, "MAX_NAMES", len(NAMES))
    assert len(document.parse(FILE).entries) == len(NAMES)
    monkeypatch.setattr(document, "MAX_NAMES", len(NAMES) - 1)
    with pytest.raises(Malformed, match=f"at most {len(NAMES) - 1} names"):
        document.parse(FILE)


def _told(error: Error) -> tuple[object, ...]:
    return type(error), error.message, error.hint, getattr(error, "line", None)


def _opened(found: Document) -> list[tuple[object, ...]]:
    """Every name with all that can be said of it: its token, its line, and its value or why there is none."""
    said: list[tuple[object, ...]] = []
    for path, entry in found.entries.items():
        try:
            value = document.open_entry(found, entry, KEYS)
            said.append((path, entry.token, entry.line, value.kind, value.reveal()))
        except Error as error:
            said.append((path, entry.token, entry.line, _told(error)))
    return said


def _parsed(data: bytes, *, carefully: bool) -> Document | tuple[object, ...]:
    try:
        return Document.read_carefully(data) if carefully else document.parse(data)
    except Error as error:
        return _told(error)


def _check(data: bytes) -> None:
    short, careful = _parsed(data, carefully=False), _parsed(data, carefully=True)
    if not isinstance(short, Document) or not isinstance(careful, Document):
        assert short == careful
        return
    said = _opened(careful)
    assert _opened(short) == said
    assert _header(short) == _header(careful)
    assert short.serialise() == data == careful.serialise() == careful.tree.serialise()
    values = bulk.open_rows(short.header, short.rows, KEYS) if short.rows is not None else None
    if values is not None:
        assert [(path, value.kind, value.reveal()) for path, value in values.items()] == [
            (path, kind, content) for path, _token, _line, kind, content in said
        ]


def _header(found: Document) -> object:
    return found.header._replace(
        access={
            group: access._replace(public=access.public.raw)  # type: ignore[arg-type]
            for group, access in found.header.access.items()
        }
    )


def test_a_file_as_gitseal_writes_it_goes_the_short_way() -> None:
    read = bulk.read(FILE)
    assert read is not None
    values = bulk.open_rows(read.header, read.rows, KEYS)
    assert values is not None
    assert list(values) == sorted((name,) for name in NAMES)
    assert bulk_header.read(HEADER.decode(), 1) is not None
    _check(FILE)


def test_comments_and_empty_lines_go_the_short_way() -> None:
    data = b"\n\n# one\n" + FILE.replace(b"\nx:\n", b"\n  # ENC[v1,s,default:\n\n\n# two\nx:\n")
    assert bulk.read(data) is not None
    _check(data)


@pytest.mark.fuzz
@given(damaged())
@example(FILE.replace(b"A:\n", b"A:\n\n"))
@example(FILE.replace(b"A:\n", b"A:\n# between\n"))
@example(FILE.replace(b"default:", b"payments:"))
@example(FILE + b"LATE: 1\n")
@example(FILE.replace(b"\n", b"\r\n"))
def test_what_is_damaged_is_told_as_the_careful_way_tells_it(data: bytes) -> None:
    _check(data)


@st.composite
def damaged_header(draw: st.DrawFn) -> bytes:
    """The same of the header alone, whose lines have far more ways to be wrong than there are of them."""
    lines = HEADER.split(b"\n")
    for _ in range(draw(st.integers(1, 2))):
        at, to = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["moves", "goes", "comes twice", "begins otherwise", "ends otherwise"])):
            case "moves":
                lines.insert(to, lines.pop(at))
            case "goes":
                lines.pop(at)
            case "comes twice":
                lines.insert(to, lines[at])
            case "begins otherwise":
                lines[at] = draw(st.sampled_from([b"", b"  ", b"no", b"  gitseal"])) + lines[at].lstrip(b" ")
            case _:
                lines[at] = lines[at][:-1] + draw(st.sampled_from([b"", b"x", b": 1", b"=", b"]", b" # why"]))
    return FILE[: -len(HEADER)] + b"\n".join(lines)


@pytest.mark.fuzz
@given(damaged_header())
@example(FILE.replace(b"  environment: production\n", b"  environment: on\n"))
@example(FILE.replace(b"        ci:\n", b"        y:\n"))
@example(FILE.replace(b"        ci:\n", b"        alice:\n"))
@example(FILE.replace(b"        ci:\n", b"        ci:\n\n"))
@example(FILE.replace(b"      stanzas:\n", b"      stanzas:\n        bob:\n", 1))
@example(FILE[:-1])
@example(FILE + b"# the end\n")
def test_a_damaged_header_is_told_as_the_careful_way_tells_it(data: bytes) -> None:
    _check(data)


@pytest.mark.fuzz
@given(st.permutations(range(len(NAMES))))
def test_values_under_each_others_names_do_not_open(order: list[int]) -> None:
    lines = list(LINES)
    rows = [number for number, line in enumerate(lines) if line.startswith(b"  ENC[")]
    for row, other in zip(rows, order, strict=True):
        lines[row] = LINES[rows[other]]
    _check(b"\n".join(lines))


@pytest.mark.fuzz
@given(damaged())
@example(FILE)
@example(FILE.replace(b"A:", b"# a comment\n  # another\n\n\nA:"))
def test_a_merge_takes_the_same_files_as_the_short_way(data: bytes) -> None:
    shape, rows = three_way._read(data, set()), bulk.read(data)
    is_taken = shape is not None and three_way._is_header(shape.header)
    assert is_taken == (rows is not None)
    if shape is not None and rows is not None:
        assert shape.tokens == {f"{row[0]}:": f"  {Token._make(row[1:]).serialise()}" for row in rows.rows}
