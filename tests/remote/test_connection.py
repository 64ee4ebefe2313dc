"""One connection for many requests, how it is proven, and the proxies on its way."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.remote import addresses
from gitseal.remote.addresses import Address
from gitseal.remote.calling import Server
from gitseal.remote.failure import NotSent, RemoteError, RemoteFailure
from gitseal.remote.tls import Tls
from tests.remote.called import OK, TOKEN, VALUE, Called, called
from tests.servers.scripted import Answer, Asked, certified, closing, raw, send, server, tunnel

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
        with pytest.raises(NotSent, match=r"cannot be reached at [a-z0-9.]+:[0-9]+: no TLS is spoken there"):
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
