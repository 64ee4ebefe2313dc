"""The forms in which a secret's bytes turn up elsewhere: as they are, encoded, escaped, and line by line."""

import json
import re
from binascii import b2a_base64, hexlify
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from gitseal.scan.inner_base64 import inner_base64
from gitseal.scan.ordinary import MINIMUM, is_ordinary

# A longer form is looked for in pieces of this length: what searches needs no more memory or delay than this.
PIECE = 1024


def all_forms(values: Mapping[str, bytes]) -> dict[bytes, str]:
    """Every form of every value that is no ordinary one, with the name it belongs to; the first name keeps a shared form."""
    names: dict[bytes, str] = {}
    for name, value in values.items():
        for form in forms(value):
            names.setdefault(form, name)
    return names


def forms(value: bytes) -> Iterator[bytes]:
    """The forms of one value and of each of its lines, none for an ordinary one. Each has 8 bytes to `PIECE`.

    They are for a command's output, where hiding too much costs little.
    """
    if is_ordinary(value):
        return
    lines = value.splitlines()
    parts = [value, *(line.strip() for line in lines if not is_ordinary(line.strip()))] if len(lines) > 1 else [value]
    for part in dict.fromkeys(parts):
        for form in _of(part):
            yield from _pieces(form, MINIMUM)


def certain_forms(value: bytes) -> Iterator[bytes]:
    """The forms of one value for the hook, where a false alarm costs a developer's time.

    Of a value of several lines those count that could be nobody else's: they hold 20 characters of base64 with upper case,
    lower case and digits, or 32 of hex, and stand in no certificate or public key. So a service account's `"type":` and the
    certificate of a key's chain are looked for nowhere, and each line of the key is. Text of other than ASCII is also looked for
    as UTF-16 and UTF-32, little and big, since what else is so is looked at without its NULs.
    """
    if is_ordinary(value):
        return
    lines = [line.strip() for line in _PUBLIC.sub(b"", value).splitlines()] if b"\n" in value.strip() else []
    for part in dict.fromkeys([value.strip(b"\r\n"), *filter(_is_telling, lines)]):
        for form in _no_longer_than_needed((*_of(part), *_wide(part))):
            # The end of a long text alone may be `  }\n}\n`: no piece is shorter than the others.
            yield from _pieces(form, PIECE)


def _no_longer_than_needed(candidates: Iterable[bytes]) -> list[bytes]:
    """The forms without those that hold another: where they stand, it stands."""
    kept: list[bytes] = []
    # Shortest first, so that each longer one is compared with all that it could hold.
    for form in sorted(candidates, key=len):
        if len(form) >= MINIMUM and not any(shorter in form for shorter in kept):
            kept.append(form)
    return kept


_PUBLIC = re.compile(
    rb"-----BEGIN (CERTIFICATE|[A-Z ]*PUBLIC KEY|[A-Z0-9 ]*PARAMETERS)-----.*?-----END \1-----", re.DOTALL
)
_RUN = re.compile(rb"[A-Za-z0-9+/=]{20,}")
_HEX_RUN = re.compile(rb"[0-9a-fA-F]{32,}")


def _is_telling(line: bytes) -> bool:
    if _HEX_RUN.search(line):
        return True
    return any(
        re.search(rb"[A-Z]", run) and re.search(rb"[a-z]", run) and re.search(rb"[0-9]", run)
        for run in _RUN.findall(line)
    )


def _of(part: bytes) -> Iterable[bytes]:
    return dict.fromkeys((part, *_base64(part), *_hex(part), *_escaped(part)))


def _wide(part: bytes) -> Iterator[bytes]:
    # ASCII as UTF-16 is seen in the view without NULs, see `windows.views`.
    if part.isascii():
        return
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield text.encode(encoding)


def _base64(value: bytes) -> Iterator[bytes]:
    """The value as base64, alone and inside of something longer: there it begins at one of three places of a group."""
    whole = b2a_base64(value, newline=False)
    yield whole
    yield whole.translate(_URL_SAFE)
    for inner in inner_base64(value):
        yield inner
        yield inner.translate(_URL_SAFE)


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _hex(value: bytes) -> Iterator[bytes]:
    digits = hexlify(value)
    yield digits
    yield digits.upper()


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


def _pieces(form: bytes, least: int) -> Iterable[bytes]:
    if len(form) < MINIMUM:
        return ()
    # A last piece that is too short is taken longer at its front, so that none falls below `least`.
    starts = range(0, len(form), PIECE)
    return (form[max(0, min(start, len(form) - least)) : start + PIECE] for start in starts)
