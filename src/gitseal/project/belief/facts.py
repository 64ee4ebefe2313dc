"""The facts about data keys that one version of a sealed file holds, read by the grammar of the format.

Whether a key was ever replaced must not depend on how a header is spelt: `"gitseal":` is the same name as `gitseal:`. So
no expression of our own decides what a header is. A file's top-level names stand alone in this grammar, which has no
value of several lines; that lets the header be read without the values, however many they are.
"""

from collections.abc import Iterator
from functools import lru_cache

from gitseal.crypto.digest import sha256_hex
from gitseal.document.header import HEADER, Header, parse_header
from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.yamltext import reader

_AT_THE_EDGE_BUT_NO_NAME = b" #\r\n"
_QUOTES = (b'"', b"'")
_WORDING = 32


class Fact(NamedTuple):
    """One access group of one version: its data key, and the key that it says it succeeds, empty if it says nothing.

    `wording` tells headers apart that say the same of the keys: one may have its proof or its stanzas whole, another spoilt.
    """

    file_id: str
    group: str
    key: str
    succeeds: str
    wording: str


def facts(version: bytes) -> tuple[Fact, ...]:
    """The facts of one version. Never raises: a header that cannot be read says nothing."""
    return tuple(fact for piece in _pieces(version) for fact in _facts(piece))


def headers(version: bytes) -> list[Header]:
    """The headers in a version, of which a sound file has one. The rest of the file may be broken, as in a conflict."""
    read = (_header(piece) for piece in _pieces(version))
    return [header for header in read if header is not None]


def _pieces(version: bytes) -> Iterator[bytes]:
    """The lines from each top-level name that could be the header's to the next top-level name."""
    # Written without quotes the name has one spelling; in quotes it may have escapes, so each quoted name is looked at.
    # The next line that begins so, by what it begins with: looked for once, not again from every piece on.
    lines = {mark: _line(version, mark, 0) for mark in (HEADER.encode(), *_QUOTES)}
    while (start := min(lines.values())) < len(version):
        end = _end(version, start)
        yield version[start:end]
        lines = {mark: place if place >= end else _line(version, mark, end) for mark, place in lines.items()}


def _line(version: bytes, mark: bytes, at: int) -> int:
    """The first line from `at` on, where one begins, that begins with a mark; the end if there is none."""
    if version.startswith(mark, at):
        return at
    place = version.find(b"\n" + mark, at)
    return place + 1 if place >= 0 else len(version)


def _end(version: bytes, start: int) -> int:
    place = version.find(b"\n", start)
    while place >= 0:
        after = version[place + 1 : place + 2]
        if after and after not in _AT_THE_EDGE_BUT_NO_NAME:
            return place + 1
        place = version.find(b"\n", place + 1)
    return len(version)


# Most versions of a file differ in a value alone, and have the same header to the byte.
@lru_cache(64)
def _facts(piece: bytes) -> tuple[Fact, ...]:
    header = _header(piece)
    if header is None:
        return ()
    wording = sha256_hex(piece)[:_WORDING]
    return tuple(
        Fact(header.id, group, access.key_id, access.succeeds.key_id if access.succeeds is not None else "", wording)
        for group, access in header.access.items()
    )


@lru_cache(64)
def _header(piece: bytes) -> Header | None:
    try:
        return parse_header(reader.parse(piece).root)
    except Error:
        # Anyone can commit a broken header. It must stop neither those who seal nor the search for sound ones beside it.
        return None
