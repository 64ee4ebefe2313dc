"""A small text from a web server: over TLS that is verified, within limits of time and size, from the host that was asked.

No proxy is used and no credential sent. Plain HTTP is for this machine alone, where nobody stands between.
"""

from urllib.parse import SplitResult, urljoin, urlsplit

from gitseal.errors import Error
from gitseal.hidden import UnshownDict
from gitseal.remote import addresses
from gitseal.remote.connection import Connection, Limits

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _MISSING = 200, 404
_HINT = "save it yourself, look at it, and give the file"


def fetch(url: str, *, limit: int, seconds: float) -> bytes:
    """The body at a URL, at most `limit` bytes of it, each answer within `seconds`.

    Raises Error for a URL that is not `https://` (or `http://` to this machine), if the server cannot be reached or proves
    another name, for any answer but 200, and for a redirect that leads away from the host.
    """
    asked = _checked(url)
    at = asked
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _answer(at, Limits(seconds, limit))
        if isinstance(answer, bytes):
            return answer
        there = urlsplit(urljoin(at.geturl(), answer))
        if (there.scheme, there.netloc.lower()) != (asked.scheme, asked.netloc.lower()):
            raise Error(f'"{url}" leads to another place, which nobody asked for', _HINT)
        at = _checked(there.geturl())
    raise Error(f'"{url}" leads on and on', _HINT)


def _checked(url: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or " " in url:
        raise Error("the URL has characters that no URL has", "write it in ASCII, as a browser's address bar copies it")
    parts = addresses.split(url)
    if parts is None:
        raise Error("the URL names no host alone", "give it like https://github.com/bob.keys")
    host = parts.hostname or ""
    if parts.scheme != "https" and not addresses.is_loopback(host):
        raise Error(f'"{url}" is not read over plain HTTP: anybody on the way could change it', f"use https://{host}")
    return parts


def _answer(url: SplitResult, limits: Limits) -> bytes | str:
    """The body, or where the server sends us."""
    host = url.hostname
    connection = Connection(f'"{host}"', addresses.address(url), limits, _HINT)
    try:
        answer = connection.ask("GET", url._replace(scheme="", netloc="", fragment="").geturl() or "/", UnshownDict())
    finally:
        connection.close()
    place = answer.headers.get("location")
    if answer.status in _REDIRECTS and place:
        return place
    if answer.status != _OK:
        what = "has no such page" if answer.status == _MISSING else f"answers with status {answer.status}"
        raise Error(f'"{host}" {what}: {url.path}', "check the name in the URL")
    if not answer.is_measured:
        # Whatever cuts the connection would make a shorter list of it, and nobody could tell.
        raise Error(f'"{host}" does not say how long its answer is', _HINT)
    return answer.body.reveal()
