"""The forms in which a secret's bytes turn up elsewhere: as they are, encoded, escaped, and line by line."""

import json
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from gitseal.scan.ordinary import MINIMUM, is_ordinary

# A longer form is looked for in pieces of this length: what searches needs no more memory or delay than this.
PIECE = 1024


def all_forms(values: Mapping[str, bytes]) -> dict[bytes, str]:
    """Every form of every value that is no ordinary one, with the name it belongs to; the first name keeps a shared form."""
    found: dict[bytes, str] = {}
    for name, value in values.items():
        for form in forms(value):
            found.setdefault(form, name)
    return found


def forms(value: bytes) -> Iterator[bytes]:
    """The forms of one value, none for an ordinary one. Each is at least 8 bytes long and at most `PIECE`."""
    if is_ordinary(value):
        return
    lines = value.splitlines()
    parts = [value, *(line.strip() for line in lines if not is_ordinary(line.strip()))] if len(lines) > 1 else [value]
    for part in dict.fromkeys(parts):
        for form in dict.fromkeys((part, *_base64(part), *_escaped(part))):
            yield from _pieces(form)


def _base64(value: bytes) -> Iterator[bytes]:
    """The value as base64, alone and inside of something longer: there it begins at one of three places of a group."""
    whole = b2a_base64(value, newline=False)
    yield whole
    yield whole.translate(_URL_SAFE)
    for before in range(3):
        encoded = b2a_base64(b"\0" * before + value, newline=False)
        # The first digits mix with what stands before, the last with what follows.
        start = (0, 2, 3)[before]
        end = len(encoded) - (0, 3, 2)[(before + len(value)) % 3]
        inner = encoded[start:end]
        yield inner
        yield inner.translate(_URL_SAFE)


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _escaped(value: bytes) -> Iterator[bytes]:
    quoted = quote(value, safe="").encode()
    yield from (quoted, quote(value, safe="/").encode(), quote_plus(value).encode())
    yield _lower_hex(quoted)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return
    for ascii_only in (True, False):
        inner = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode()
        yield inner
        yield inner.replace(b"/", b"\\/")


def _lower_hex(quoted: bytes) -> bytes:
    """%2F as %2f, which many encoders write."""
    parts = quoted.split(b"%")
    return b"%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def _pieces(form: bytes) -> Iterable[bytes]:
    if len(form) < MINIMUM:
        return ()
    # A last piece that is too short is taken longer at its front, so that none falls below the minimum.
    starts = range(0, len(form), PIECE)
    return (form[max(0, min(start, len(form) - MINIMUM)) : start + PIECE] for start in starts)
