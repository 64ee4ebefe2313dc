"""Names by indentation alone, of bytes that may be anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.yamltext.outline import outline
from gitseal.yamltext.reader import parse
from tests.yamltext.documents import good


def test_an_outline() -> None:
    text = b"A: 1\nb:\n  # said\n  C:\n    two\n  'D' : x\r\nleft\n<<<<<<< ours\nE:\n"
    assert [(b"/".join(path), text) for path, _line, text in outline(text)] == [
        (b"A", b"1"),
        (b"b", b""),
        (b"b", b"# said"),
        (b"b/C", b""),
        (b"b/C", b"two"),
        (b"b/D", b"x"),
        (b"b/D", b""),
        (b"b/D", b""),
        (b"E", b""),
        (b"E", b""),
    ]


@pytest.mark.fuzz
@given(st.binary())
def test_every_line_of_any_bytes_is_there(data: bytes) -> None:
    assert b"\n".join(line for _path, line, _text in outline(data)) == data


@pytest.mark.fuzz
@given(good())
def test_it_has_the_names_where_the_reader_has_them(data: bytes) -> None:
    try:
        nodes = parse(data).nodes
    except Malformed:
        return
    paths = [path for path, _line, _text in outline(data)]
    for path, node in nodes.items():
        assert paths[node.line] == tuple(part.encode() for part in path)
