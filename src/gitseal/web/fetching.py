"""A small text from a web server: over TLS that is verified, within limits of time and size, from the host that was asked.

No proxy is used and no credential sent. Plain HTTP is for this machine alone, where nobody stands between.
"""

import http.client
import ipaddress
import socket
import ssl
from contextlib import suppress
from threading import Event, Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from gitseal.errors import Error, os_reason

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _MISSING = 200, 404
_HINT = "save it yourself, look at it, and give the file"


def fetch(url: str, *, limit: int, seconds: float) -> bytes:
    """The body at a URL, at most `limit` bytes of it, within `seconds`.

    Raises Error for a URL that is not `https://` (or `http://` to this machine), if the server cannot be reached or proves
    another name, for any answer but 200, and for a redirect that leads away from the host.
    """
    asked = _checked(url)
    at = asked
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _answer(at, limit, seconds)
        if isinstance(answer, bytes):
            return answer
        there = urlsplit(urljoin(at.geturl(), answer))
        if (there.scheme, there.netloc.lower()) != (asked.scheme, asked.netloc.lower()):
            raise Error(f'"{url}" leads to another place, which nobody asked for', _HINT)
        at = _checked(there.geturl())
    raise Error(f'"{url}" leads on and on', _HINT)


def _checked(url: str) -> SplitResult:
    # `urlsplit` drops line feeds, and a name or password in front of the host can make it look like another.
    if not url.isascii() or not url.isprintable() or " " in url:
        raise Error("the URL has characters that no URL has", "write it in ASCII, as a browser's address bar copies it")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or "@" in parts.netloc or "%" in parts.netloc:
        raise Error("the URL names no host alone", "give it like https://github.com/bob.keys")
    if parts.scheme != "https" and not _is_loopback(host):
        raise Error(f'"{url}" is not read over plain HTTP: anybody on the way could change it', f"use https://{host}")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _answer(url: SplitResult, limit: int, seconds: float) -> bytes | str:
    """The body, or where the server sends us."""
    connection = _connection(url, seconds)
    is_late = Event()

    def cut() -> None:
        is_late.set()
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    # A server that sends a byte now and then never runs into the socket's own timeout.
    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        answer = _received(connection, url, limit)
    except Error:
        if not is_late.is_set():
            raise
    else:
        # What was cut off can look whole, headers above all.
        if not is_late.is_set():
            return answer
    finally:
        timer.cancel()
        connection.close()
    raise Error(f'"{url.hostname}" took longer than {seconds:g} seconds', _HINT)


def _received(connection: http.client.HTTPConnection, url: SplitResult, limit: int) -> bytes | str:
    host = url.hostname
    try:
        connection.request("GET", url._replace(scheme="", netloc="", fragment="").geturl() or "/")
        response = connection.getresponse()
        place = response.getheader("Location")
        if response.status in _REDIRECTS and place:
            return place
        if response.status != _OK:
            what = "has no such page" if response.status == _MISSING else f"answers with status {response.status}"
            raise Error(f'"{host}" {what}: {url.path}', "check the name in the URL")
        if response.length is None and not response.chunked:
            # Whatever cuts the connection would make a shorter list of it, and nobody could tell.
            raise Error(f'"{host}" does not say how long its answer is', _HINT)
        body = response.read(limit + 1)
    except ssl.SSLCertVerificationError as error:
        raise Error(f'"{host}" does not prove that it is that host: {error.verify_message}', _HINT) from None
    except OSError as error:
        reason = "it does not answer" if isinstance(error, TimeoutError) else os_reason(error)
        raise Error(f'"{host}" cannot be reached: {reason}', _HINT) from None
    except (http.client.HTTPException, ValueError):
        raise Error(f'"{host}" gave no whole answer', _HINT) from None
    if len(body) > limit:
        raise Error(f'what "{host}" sends is larger than {limit // 1024} KiB', _HINT)
    if response.length:
        raise Error(f'"{host}" gave no whole answer', _HINT)
    return body


def _connection(url: SplitResult, seconds: float) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        return http.client.HTTPSConnection(host, url.port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, url.port, timeout=seconds)
