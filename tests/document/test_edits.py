"""Edits in one pass: the bytes that the careful editor writes, or none of one's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto.datakey import DataKey
from gitseal.document import bulk, document, edits
from gitseal.document.document import Document
from gitseal.document.header import HEADER, public_text
from gitseal.document.value import text
from gitseal.errors import UnknownVersion
from gitseal.yamltext import editor
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath
from tests.document.test_bulk import FILE, KEYS

NAMES = (
    "A",
    "AA",
    "B",
    "B_2",
    "C",
    "DATABASE_URL",
    "E",
    "LOG_LEVEL",
    "STRIPE_KEY",
    "Z",
    "ZZ",
    "a.b-c",
    "x",
    "xx",
    "yes",
    "gitseal2",
)
KEY = KEYS["default"]
NEW = DataKey.generate(KEY.scope)
BLOCK: NamePath = (HEADER, "access", "default")
HEADERS: tuple[dict[NamePath, Put], ...] = (
    {},
    {(*BLOCK, "key"): Put(NEW.key_id, tight=True), (*BLOCK, "public"): Put(public_text(NEW.public), tight=True)},
    {(HEADER, "version"): Put("2")},
)


def _token(name: str) -> Put:
    return Put(document.seal(KEY, (name,), text("new")).serialise(), own_line=True)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The file with its empty lines and comments shuffled a little, perhaps unsorted, and with no end of line at its end."""
    data = FILE
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, data.count(b"\n")))
        lines = data.split(b"\n")
        data = b"\n".join([*lines[:at], draw(st.sampled_from([b"", b"# said", b"  # in", b" "])), *lines[at:]])
    if draw(st.booleans()):
        data = data.replace(b"\n\n", b"\n", draw(st.integers(1, 9)))
    if draw(st.booleans()):
        data = data.replace(b"\nB_2:", b"\nY:")
    return data.removesuffix(b"\n") if draw(st.booleans()) else data


PUTS = st.dictionaries(
    st.sampled_from(NAMES).map(lambda name: (name,)),
    st.one_of(st.just(None), st.sampled_from([Put("plain"), Put("8080"), Put('"two words"', own_line=True)])),
    max_size=4,
)


def _edited(before: Document, *, short: bool, puts: dict[NamePath, Put], removes: list[NamePath]) -> bytes | str:
    try:
        if short:
            return edits.edited(before, puts, removes).serialise()
        return editor.edit(before.tree, puts, removes, last=HEADER).serialise()
    except (ValueError, KeyError) as error:
        return repr(error)


@pytest.mark.fuzz
@given(
    files(),
    PUTS,
    st.sampled_from(HEADERS),
    st.lists(st.sampled_from([(HEADER, "access", "payments"), ("A",)]), max_size=1),
)
def test_the_short_way_writes_what_the_editor_writes(
    data: bytes, chosen: dict[NamePath, Put | None], header: dict[NamePath, Put], removes: list[NamePath]
) -> None:
    try:
        before = document.parse(data)
    except Exception:  # noqa: BLE001 - what is no file is no matter of this law
        return
    puts = header | {path: put or _token(path[0]) for path, put in chosen.items()}
    careful = _edited(before, short=False, puts=puts, removes=removes)
    try:
        assert _edited(before, short=True, puts=puts, removes=removes) == careful
    except UnknownVersion:
        assert header == HEADERS[2]


def test_values_names_and_the_header_go_the_short_way() -> None:
    before = document.parse(FILE)
    assert before.rows is not None
    puts = HEADERS[1] | {(name,): _token(name) for name in ("B_2", "C", "CC", "ZZ", "x")}
    made = edits._in_rows(before, before.rows, puts, [])
    assert made is not None
    assert made.serialise() == editor.edit(before.tree, puts, last=HEADER).serialise()
    read = bulk.read(made.serialise())
    assert read is not None
    assert read.rows == made.rows
