"""Servers that answer as they should, late, twice, in part, with something else, or not at all."""

import json
import socket
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.remote import addresses
from gitseal.remote.addresses import Address
from gitseal.remote.calling import Patience, Response, Server
from gitseal.remote.failure import NotSent, RemoteError, RemoteFailure
from gitseal.remote.tls import Tls
from tests.servers.scripted import Answer, Asked, certified, closing, in_turn, raw, send, server, tunnel

OK = send(b'{"done": true}')
TOKEN, VALUE = "hush-token", "hush-value"


class Called:
    """A server of ours as gitseal calls it, and the seconds that it waited."""

    def __init__(self, asked: Asked, **more: object) -> None:
        self.waited: list[float] = []
        self.asked = asked
        self.server = Server("Shop", asked.url, {"X-Token": TOKEN}, self.waited.append, **more)  # type: ignore[arg-type]

    def read(self) -> Response:
        return self.server.ask("GET", "/a", reads=True)

    def write(self) -> Response:
        return self.server.ask("POST", "/a", {"value": VALUE})


@contextmanager
def called(*answers: Answer, **more: object) -> Iterator[Called]:
    with server(in_turn(*answers)) as asked:
        yield Called(asked, **more)


def test_a_request_has_the_headers_and_the_json() -> None:
    with called(OK) as shop:
        answer = shop.write()
    assert (answer.status, answer.content) == (200, {"done": True})
    assert shop.asked.requests == ["POST /a"]
    assert json.loads(shop.asked.bodies[0]) == {"value": VALUE}
    assert (
        shop.asked.headers[0]
        | {
            "X-Token": TOKEN,
            "Content-Type": "application/json",
            "User-Agent": "gitseal",
        }
        == (shop.asked.headers[0])
    )


# --- another try


@pytest.mark.parametrize("status", [429, 503, 412])
def test_what_was_not_taken_is_tried_again_reading_and_writing(status: int) -> None:
    with called(send(b"", status), OK, send(b"", status), OK) as shop:
        assert (shop.read().status, shop.write().status) == (200, 200)
    assert len(shop.asked.requests) == 4
    assert all(0 < seconds <= 0.25 for seconds in shop.waited)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_what_may_have_been_done_is_not_done_again(status: int) -> None:
    with called(send(b"", status), OK, send(b"<html>no</html>", status), OK) as shop:
        assert (shop.read().status, shop.write().status) == (200, status)
    assert shop.asked.requests == ["GET /a", "GET /a", "POST /a"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (raw(b""), "Shop cannot be reached: it closed the connection"),
        (closing(send(b'{"done"', length=400)), "gave no whole answer"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"), "gave no whole answer"),
        (raw(b"SSH-2.0-server\r\n"), "gave no whole answer"),
        (raw(b"HTTP/1.1 200 OK\r\n\r\n{"), "the answer of Shop ends too early"),
        (send(b"<html>sign in</html>"), "the answer of Shop is no JSON"),
        (send(b"[" * 100_000), "the answer of Shop is no JSON"),
    ],
)
def test_an_answer_that_says_nothing_is_an_error_for_who_writes(answer: Answer, message: str) -> None:
    with called(answer, OK, answer, OK) as shop:
        assert shop.read().status == 200
        with pytest.raises(RemoteError, match=message) as failed:
            shop.write()
        assert not isinstance(failed.value, NotSent)
    assert shop.asked.requests == ["GET /a", "GET /a", "POST /a"]


def test_tries_come_to_an_end() -> None:
    with called(send(b"", 503)) as shop:
        assert shop.write().status == 503
    assert len(shop.asked.requests) == 5
    # Each longest wait is twice the one before; chance takes up to half of it.
    assert [round(seconds / 0.25 / 2**at + 0.25) for at, seconds in enumerate(shop.waited)] == [1, 1, 1, 1]


DATE = "Fri, 27 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Fri, 27 Nov 2026 08:00:07 GMT", "Date": DATE}, 7),
        ({"Retry-After": "Fri, 27 Nov 2026 07:00:00 GMT", "Date": DATE}, 0),
        ({"Retry-After": "86400"}, 30),
        ({"Retry-After": "Sat, 28 Nov 2026 08:00:00 GMT", "Date": DATE}, 30),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "-1"}, 0),
        ({"Retry-After": "\xb2"}, 0),
    ],
)
def test_a_server_says_when_to_come_back(headers: Mapping[str, str], least: int) -> None:
    # It closes the connection, and without a word of that the next request may be on its way there by then.
    busy = raw(b"HTTP/1.1 429 No\r\nContent-Length: 0\r\nConnection: close\r\n" + _head(headers))
    with called(busy, OK) as shop:
        assert shop.write().status == 200
    (waited,) = shop.waited
    assert least <= waited <= least + 0.25


def _head(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {text}\r\n" for name, text in headers.items()).encode("latin-1") + b"\r\n"


def test_a_denial_that_says_when_to_come_back_is_a_throttle() -> None:
    with called(send(b"", 403, Retry_After="1"), OK, send(b"", 403)) as shop:
        assert [shop.write().status, shop.write().status] == [200, 403]


def test_a_server_that_is_not_there_got_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        asked = Asked()
        asked.port = closed.getsockname()[1]
        shop = Called(asked)
        with pytest.raises(NotSent, match="Shop cannot be reached: connection refused"):
            shop.write()
    assert len(shop.waited) == 4


# --- limits


@pytest.mark.parametrize("head", [b"X: ", b"Content-Length: 999\r\n\r\n"], ids=["head", "body"])
def test_a_server_that_drips_is_left_in_time(head: bytes) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + head)
        for _ in range(100):
            request.wfile.write(b"x")
            time.sleep(0.02)

    with (
        called(drip, patience=Patience(0.2)) as shop,
        pytest.raises(RemoteError, match=r"Shop took longer than 0\.2 s"),
    ):
        shop.read()
    # Not as often as what ends at once.
    assert len(shop.asked.requests) == 3


def test_a_server_that_is_silent_before_tls_is_left_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        shop = Server("Shop", url, {}, lambda _seconds: None, patience=Patience(0.2))
        with pytest.raises(NotSent, match=r"took longer than 0\.2 s"):
            shop.ask("POST", "/a", {})


def test_an_answer_that_is_too_large_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitseal.remote.calling._MOST_BYTES", 2048)
    fits = json.dumps("x" * 2046).encode()
    with called(send(fits), send(fits + b" "), send(fits + b" ", Connection="close")) as shop:
        assert shop.write().status == 200
        for _ in range(2):
            with pytest.raises(RemoteError, match="what Shop sends is larger than 2 KiB"):
                shop.write()


# --- where the token goes


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    told = "Shop sends us to another place, which gets no token"
    with (
        called(OK) as other,
        called(send(b"", status, Location=other.asked.url)) as shop,
        pytest.raises(RemoteError, match=told),
    ):
        shop.write()
    assert other.asked.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://", "ftp://a", "https://user:hush@a", "https://a\n.example", "https://a b", "https://\xe4.example",
        "https://a:99999", "https://[::1", "https://a/?token=hush", "https://a/#x", "http://a.example", "http://127.0.0.1.a",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(Error, match=r"no https:// address|plain HTTP") as refused:
        Server("Shop", url, {}, lambda _seconds: None)
    assert "hush" not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize(
    "token", ["hush\n", "hush\r\nX-Other: a", "h\xfcsh", "hush\0", "hush\x7f", "hush\N{CROSS MARK}"]
)
def test_a_token_that_no_header_can_have_is_refused_in_our_words(token: str) -> None:
    with pytest.raises(Error, match="what Shop gets as X-Token has characters that no header can have") as refused:
        Server("Shop", "https://shop.example", {"X-Token": token}, lambda _seconds: None)
    assert "sh" not in (str(refused.value) + refused.value.hint).replace("Shop", "").replace("what", "")


def test_nothing_that_was_sent_shows_in_an_error() -> None:
    """With the locals of each frame, as error reports of many programs have them."""
    shown = ""
    for answer in (raw(b""), raw(b"no"), send(VALUE.encode()), send(b"", 307, Location="/")):
        with called(answer) as shop:
            try:
                shop.write()
            except RemoteError as error:
                captured = traceback.TracebackException.from_exception(error, capture_locals=True)
                shown += "".join(captured.format()) + repr(error)
            shown += repr(shop.server)
    assert shown.count("RemoteError") >= 4
    assert "hush" not in shown


# --- one connection


def test_requests_share_a_connection() -> None:
    with called(OK) as shop:
        for _ in range(20):
            shop.write()
    assert shop.asked.connections == 1


def test_a_connection_that_the_server_closed_is_opened_again() -> None:
    with called(closing(OK)) as shop:
        for number in range(3):
            assert shop.write().status == 200
            _until(lambda: _is_closed(shop), number)
    assert shop.asked.connections == 3
    assert shop.asked.requests == ["POST /a"] * 3


def _is_closed(shop: Called) -> bool:
    http = shop.server._connection._http
    return http is None or http.sock is None or http.sock.recv(1, socket.MSG_PEEK) == b""


def _until(is_so: object, about: object) -> None:
    assert callable(is_so)
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end, about
        time.sleep(0.005)


def test_an_answer_that_nobody_asked_for_is_not_the_next_ones() -> None:
    """The first answer comes twice, whole or late; the second request has its own."""
    twice = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

    def again(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(twice * 2)

    with called(again, send(b"2")) as shop:
        assert [shop.write().content, shop.write().content] == [1, 2]


def test_a_write_whose_connection_breaks_is_not_sent_twice() -> None:
    """The server took the request on the old connection, and ended: nobody can tell whether it was done."""
    with called(OK, raw(b""), OK) as shop:
        shop.write()
        with pytest.raises(RemoteError, match="closed the connection") as broken:
            shop.write()
        assert not isinstance(broken.value, NotSent)
        assert shop.write().status == 200
    assert len(shop.asked.requests) == 3


def test_an_interrupt_leaves_no_half_read_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with called(OK) as shop:
        shop.write()
        with monkeypatch.context() as patched:

            def interrupted(*_: object, **__: object) -> None:
                raise KeyboardInterrupt

            patched.setattr("http.client.HTTPConnection.getresponse", interrupted)
            with pytest.raises(KeyboardInterrupt):
                shop.write()
        assert shop.write().status == 200
    assert shop.asked.connections == 2
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


# --- certificates and proxies


def test_tls_is_verified_and_an_authority_of_ones_own_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = certified(tmp_path)
    with server(OK, context) as asked:
        url = f"https://localhost:{asked.port}"
        with pytest.raises(NotSent, match="Shop does not prove that it is that host: self-signed") as unproven:
            Server("Shop", url, {}, lambda _seconds: None).ask("POST", "/a")
        assert unproven.value.kind is RemoteFailure.UNPROVEN
        own = Server("Shop", url, {}, lambda _seconds: None, tls=Tls(str(certificate)))
        assert [own.ask("POST", "/a").status, own.ask("POST", "/a").status] == [200, 200]
        assert asked.connections == 1
        with pytest.raises(NotSent, match="certificates for Shop cannot be read"):
            Server("Shop", url, {}, lambda _seconds: None, tls=Tls(str(tmp_path / "no"))).ask("GET", "/a")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Server("Shop", url, {}, lambda _seconds: None).ask("POST", "/a").status == 200
    with server(OK) as plain:
        shop = Server("Shop", f"https://localhost:{plain.port}", {}, lambda _seconds: None)
        with pytest.raises(NotSent, match=r"cannot be reached: its TLS does not work \(wrong version number\)"):
            shop.ask("POST", "/a")


@pytest.fixture
def through(tmp_path: Path) -> Iterator[tuple[Asked, Asked, str]]:
    """A server for shop.example, which only a proxy knows, and that proxy."""
    context, certificate = certified(tmp_path, "shop.example")
    with server(OK, context) as there, server(tunnel(there.port)) as proxy:
        yield there, proxy, str(certificate)


def test_a_proxy_is_gone_through_and_sees_no_token(through: tuple[Asked, Asked, str]) -> None:
    there, proxy, certificate = through
    environ = {"HTTPS_PROXY": f"http://us%65r:h%C3%BCsh@127.0.0.1:{proxy.port}"}
    shop = Server(
        "Shop",
        "https://shop.example",
        {"X-Token": TOKEN},
        lambda _seconds: None,
        environ=environ,
        tls=Tls(certificate),
    )
    assert [shop.ask("POST", "/a").status, shop.ask("POST", "/b").status] == [200, 200]
    assert there.requests == ["POST /a", "POST /b"]
    assert there.headers[0]["Host"] == "shop.example"
    assert proxy.requests == ["CONNECT shop.example:443"]
    assert proxy.headers == [{"Host": "shop.example:443", "Proxy-Authorization": "Basic dXNlcjpow7xzaA=="}]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (send(b"", 407), r"the proxy of HTTPS_PROXY does not let us through to Shop: status 407"),
        (raw(b"SSH-2.0-x\r\n\r\n"), "it is no HTTP proxy"),
        (raw(b"HTTP/1.1 200"), "it gave no whole answer"),
    ],
)
def test_a_proxy_that_says_no_is_told(answer: Answer, message: str) -> None:
    with server(answer) as proxy:
        environ = {"https_proxy": f"u:hush@127.0.0.1:{proxy.port}"}
        shop = Server("Shop", "https://shop.example", {"X-Token": TOKEN}, lambda _seconds: None, environ=environ)
        with pytest.raises(NotSent, match=message) as refused:
            shop.ask("POST", "/a", {"value": VALUE})
    assert "hush" not in str(refused.value) + refused.value.hint
    assert b"hush" not in b"".join(proxy.bodies)


@pytest.mark.parametrize(
    "proxy", ["https://p.example", "socks5://u:hush@p.example", "http://", "http://p:port", "http://\xe4"]
)
def test_a_proxy_that_cannot_be_used_is_refused_and_not_quoted(proxy: str) -> None:
    with pytest.raises(Error, match="HTTPS_PROXY is no proxy") as refused:
        addresses.proxy_to(Address("shop.example", 443, is_secure=True), {"HTTPS_PROXY": proxy})
    assert "hush" not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize(
    ("host", "excepted", "is_used"),
    [
        ("shop.example", "", True),
        ("shop.example", "other.example", True),
        ("shop.example", "shop.example", False),
        ("shop.example", "a, .example", False),
        ("shop.example", "example", False),
        ("shop.example", "*.EXAMPLE", False),
        ("shop.example", "hop.example", True),
        ("shop.example", "shop.example:443", False),
        ("shop.example", "shop.example:8443", True),
        ("shop.example", "*", False),
        ("10.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "11.0.0.0/8", True),
        ("2001:db8::1", "2001:db8::/32", False),
        ("2001:db8::1", "[2001:db8::1]", False),
        ("localhost", "", False),
        ("127.0.0.1", "", False),
        ("::1", "", False),
    ],
)
def test_some_hosts_need_no_proxy(host: str, excepted: str, *, is_used: bool) -> None:
    environ = {"HTTPS_PROXY": "http://p.example:3128", "NO_PROXY": excepted}
    assert (addresses.proxy_to(Address(host, 443, is_secure=True), environ) is not None) == is_used
    assert addresses.proxy_to(Address(host, 80, is_secure=False), environ) is None
