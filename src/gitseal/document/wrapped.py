"""What text may be wrapped in: quotes, a data URI, base64, JSON."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}+={0,2}")
_URL_SAFE = str.maketrans("-_", "+/")
_DATA_URI = re.compile(r"data:[^,]{0,200}+(?<=;base64),")
_JSON_BEGINNINGS = ("{", "[", '"')


def bare(text: str) -> str:
    """The text without quotes around it, and without the head of a data URI in base64."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    head = _DATA_URI.match(text)
    return text[head.end() :] if head else text


def decoded(encoded: str) -> bytes:
    """The bytes behind base64 of either alphabet, with or without its end signs; empty if it is none."""
    if not _BASE64.fullmatch(encoded):
        return b""
    plain = encoded.translate(_URL_SAFE).rstrip("=")
    try:
        return a2b_base64(plain + "=" * (-len(plain) % 4))
    except Base64Error:
        return b""


class _Object(list[tuple[str, object]]):
    """An object's names and values. A dict would drop repeated names without a word."""


def in_json(text: str) -> "Iterator[str | frozenset[str]]":
    """The texts in JSON, and of each object its names; nothing if it is no JSON with a text in it."""
    if '"' not in text or not text.lstrip().startswith(_JSON_BEGINNINGS):
        return
    from json import loads

    try:
        # Numbers of thousands of digits are slow, and of no interest here.
        stack = [loads(text, object_pairs_hook=_Object, parse_int=len, parse_float=len)]
    except ValueError:
        return
    except RecursionError:
        yield from text.split('"')
        return
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, _Object):
            yield frozenset(name for name, _ in node)
            stack += [part for member in node for part in member]
        elif isinstance(node, list):
            stack += node
