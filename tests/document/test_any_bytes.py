"""Whoever changed a sealed file, it is one of ours or refused in our words: no bytes end in anything else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document import document
from gitseal.errors import Malformed, UnknownVersion

VECTORS = Path(__file__).resolve().parent.parent / "vectors/files"
# What is above the first blank line is about the vector. Most of the files differ in a value alone.
FILES = [path.read_text(encoding="utf-8").partition("\n\n")[2] for path in sorted(VECTORS.glob("*-*.txt"))[::9]]
LINES = sorted({line for text in FILES for line in text.splitlines(keepends=True)})
SIGNS = ("", " ", "\n", "\r\n", "\t", "#", ":", "'", '"', "[", "]", "{}", "- ", ",", "=", "\0", "é", "\ufeff", "0" * 64)
WORDS = ("ENC[v1,", "ENC[v2,", "STANZA[v1,", "STANZA[v0,", "gitseal:\n", "version: 2\n", "null", "x: 1\n", "default:k")
PIECES = st.sampled_from([*LINES, *SIGNS, *WORDS])


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A sealed file with a few parts gone, doubled, or taken by something else, most often at the ends of lines."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 3))):
        lines = text.splitlines(keepends=True) or [""]
        number = draw(st.integers(0, len(lines) - 1))
        place = sum(map(len, lines[:number])) + draw(st.just(0) | st.integers(0, len(lines[number])))
        gone = draw(st.integers(0, 3) | st.just(len(lines[number])))
        text = text[:place] + draw(PIECES | st.text(max_size=3)) + text[place + gone :]
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.fuzz
@given(changed() | st.binary(max_size=60))
def test_any_bytes_are_a_sealed_file_or_are_refused(data: bytes) -> None:
    refusal: Malformed | UnknownVersion
    try:
        read = document.parse(data)
    except (Malformed, UnknownVersion) as error:
        refusal = error
    else:
        assert read.tree.serialise() == data
        return
    assert refusal.message
    if isinstance(refusal, Malformed):
        assert 0 <= refusal.line <= data.count(b"\n") + 1
