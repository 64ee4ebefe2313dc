"""What a web server may do to whoever asks it for keys: nothing but send them."""

import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.web.fetching import fetch
from tests.servers.scripted import Answer, certified, closing, send, server

KEYS = b"# a comment\nage1...\n"


def asked(port: int, path: str = "/bob.keys", *, limit: int = 1000, seconds: float = 5.0) -> bytes:
    return fetch(f"http://127.0.0.1:{port}{path}", limit=limit, seconds=seconds)


def test_what_the_server_sends_is_the_answer() -> None:
    with server(send(KEYS)) as served:
        assert asked(served.port) == KEYS
        assert asked(served.port, limit=len(KEYS)) == KEYS
        assert asked(served.port, "") == KEYS


def test_a_redirect_on_the_same_host_is_followed() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(KEYS)(request) if request.path == "/there" else send(b"", 301, Location="/there")(request)

    with server(answer) as served:
        assert asked(served.port) == KEYS


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (send(b"", 302, Location="http://127.0.0.2/bob.keys"), "leads to another place"),
        (send(b"", 302, Location="https://127.0.0.1/bob.keys"), "leads to another place"),
        (send(b"", 302, Location="file:///etc/passwd"), "leads to another place"),
        (send(b"", 302, Location="http://127.0.0.1:1/"), "leads to another place"),
        (send(b"", 302, Location="/again"), "leads on and on"),
        (send(b"", 302), "answers with status 302"),
        (send(b"no", 404), "has no such page"),
        (send(b"no", 500), "answers with status 500"),
        (send(b"x" * 1001), "is larger than"),
        (lambda request: request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\nage1"), "does not say how long"),
        (lambda request: request.wfile.write(b"SSH-2.0-server\r\n"), "no whole answer"),
        (send(b"age1", length=400), "no whole answer"),
    ],
)
def test_anything_else_is_refused(answer: Answer, message: str) -> None:
    with server(closing(answer)) as served, pytest.raises(Error, match=message):
        asked(served.port)


@pytest.mark.parametrize("head", [b"X: ", b"Connection: close\r\nContent-Length: 99\r\n\r\n"], ids=["head", "body"])
def test_a_server_that_drips_is_left_in_time(head: bytes) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + head)
        for _ in range(100):
            request.wfile.write(b"x")
            time.sleep(0.05)

    with server(drip) as served, pytest.raises(Error, match=r"took longer than 0\.2 seconds"):
        asked(served.port, seconds=0.2)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.com/bob.keys", "plain HTTP"),
        ("http://127.0.0.1.example.com/bob.keys", "plain HTTP"),
        ("http://2130706433/bob.keys", "plain HTTP"),
        ("https://github.com@example.com/bob.keys", "names no host alone"),
        ("https:///bob.keys", "names no host alone"),
        ("https://h:port/bob.keys", "names no host alone"),
        ("https://git\N{CYRILLIC SMALL LETTER I}hub.com/bob.keys", "characters"),
        ("https://github.com/bob\r\nX: y", "characters"),
        ("https://127.0.0.1:1/bob.keys", "cannot be reached"),
    ],
)
def test_a_url_that_is_not_what_it_seems_is_not_asked(url: str, message: str) -> None:
    with pytest.raises(Error, match=message):
        fetch(url, limit=1000, seconds=5)


def test_tls_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = certified(tmp_path)
    with server(send(KEYS), context) as served:
        with pytest.raises(Error, match='"localhost" does not prove that it is that host: self-signed'):
            fetch(f"https://localhost:{served.port}/bob.keys", limit=1000, seconds=5)
        # As OpenSSL has it: a company's own authority.
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch(f"https://localhost:{served.port}/bob.keys", limit=1000, seconds=5) == KEYS
        with pytest.raises(Error, match="does not prove that it is that host: IP address mismatch"):
            fetch(f"https://127.0.0.1:{served.port}/bob.keys", limit=1000, seconds=5)
