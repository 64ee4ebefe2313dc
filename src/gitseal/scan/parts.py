"""The parts of a value that are secrets on their own: a URL's password, a connection string's, the fields of JSON.

A part counts if it is not ordinary, and if a template could not hold it: of `postgres://app:s3cr3t@db.internal/app` the password
does, and the host, the user and the database's name do not.
"""

import re
from collections.abc import Iterator

from gitseal.scan.ordinary import is_ordinary

_LOGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#\s]*)@")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_. -]{0,40}")
_LARGEST = 1 << 16
_DEEPEST = 32


def parts(content: bytes) -> list[bytes]:
    """The parts of a value, without the value itself; none of one that is only one secret."""
    if len(content) > _LARGEST:
        return []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return []
    named = dict.fromkeys(_named(text))
    return [part for part in dict.fromkeys(text.encode() for text in _secret(named)) if part != content]


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Names and texts of the parts, all there are."""
    if "://" in text:
        yield from _logins(text)
    if "=" in text:
        yield from _pairs(text)
    if text.lstrip()[:1] in {"{", "["}:
        yield from _fields(text)


def _logins(text: str) -> Iterator[tuple[str, str]]:
    for login in _LOGIN.findall(text):
        user, _, password = login.partition(":")
        yield from _decoded("password", password)
        yield from _decoded("user", user)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """`Password=...;` of ADO.NET and Azure, `password=...` of libpq and of a URL's query."""
    before, mark, query = text.partition("?")
    for separator, joined in ((";", text), (" ", text), ("&", query if mark else before)):
        if separator in joined or mark:
            for pair in joined.split(separator):
                name, sign, value = pair.strip().partition("=")
                if sign and _NAME.fullmatch(name):
                    yield from _decoded(name, value.strip("\"'"))


def _decoded(name: str, text: str) -> Iterator[tuple[str, str]]:
    yield name, text
    if "%" in text:
        from urllib.parse import unquote

        yield name, unquote(text)


def _fields(text: str) -> Iterator[tuple[str, str]]:
    import json

    try:
        node = json.loads(text)
    except (ValueError, RecursionError):
        return
    open_ = [("", node, 0)]
    while open_:
        name, node, depth = open_.pop()
        if isinstance(node, str):
            yield name, node
            if depth < _DEEPEST:
                yield from ((name, inner) for _, inner in _logins(node))
        elif isinstance(node, dict) and depth < _DEEPEST:
            open_.extend((key, below, depth + 1) for key, below in node.items())
        elif isinstance(node, list) and depth < _DEEPEST:
            open_.extend((name, below, depth + 1) for below in node)


def _secret(named: "dict[tuple[str, str], None]") -> Iterator[str]:
    if not named:
        return
    from gitseal.scan.plain_settings import is_plain_setting  # most values are one secret

    for name, text in named:
        if not is_ordinary(text.encode("utf-8", "surrogatepass")) and not is_plain_setting(name, text):
            yield text
