"""Who gets an answer from the page, over real sockets."""

import asyncio
import hmac
import json
import socket
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitseal.studio.admission import Admission
from gitseal.studio.guard import MOST_BYTES, Guard
from tests.programs import GITSEAL, run
from tests.servers import studio
from tests.studio.conftest import Desktop, made

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

VIEWS = ["/", "/name?name=DATABASE_URL", "/new", "/compare", "/review", "/people", "/due", "/status", "/commit"]
ACTIONS = [
    "/set",
    "/unset",
    "/rename",
    "/paste",
    "/import",
    "/rekey",
    "/unlock",
    "/absorb",
    "/stores",
    "/commit",
    "/undo",
    "/answer",
    "/reveal",
]
REVEAL = {"environment": "production", "name": "DATABASE_URL"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:{port}",
        "localhost:{port}",
        "evil.test:{port}",
        "{host}.evil.test:{port}",
        "{host}",
        "{host}.:{port}",
        "",
    ],
)
def test_another_host_gets_nothing(desktop: Desktop, host: str) -> None:
    page = desktop.page
    name = page.host.partition(":")[0]
    headers = page.own | {"Host": host.format(port=page.port, host=name)}
    for path in ("/", page.opening, "/alive"):
        assert page.ask("GET", path, headers).status == 421
    answer = page.ask("POST", "/reveal", headers, json.dumps(REVEAL).encode())
    assert answer.status == 421
    assert "hush" not in answer.body


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_is_for_the_browser_that_was_let_in(desktop: Desktop, path: str) -> None:
    page = desktop.page
    assert page.get(path).status == 200
    for cookie in ("", "gitseal=", "gitseal=x", page.cookie + "x", page.cookie.replace("gitseal=", "other=")):
        answer = page.ask("GET", path, {"Host": page.host, "Cookie": cookie})
        assert answer.status == 403
        assert "DATABASE_URL" not in answer.body
    for site in ("cross-site", "same-site"):
        headers = {"Host": page.host, "Cookie": page.cookie, "Sec-Fetch-Site": site}
        assert page.ask("GET", path, headers).status == 403


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Cookie": ""}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_only_the_page_itself_acts(desktop: Desktop, path: str, change: dict[str, str], status: int) -> None:
    page = desktop.page
    assert page.ask("POST", path, page.own | change, json.dumps(REVEAL).encode()).status == status


@pytest.mark.parametrize("path", ACTIONS)
def test_an_address_that_acts_shows_nothing(desktop: Desktop, path: str) -> None:
    answer = desktop.page.get(path)
    assert answer.status in ({200} if path == "/commit" else {405})


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
def test_no_other_method_is_taken(desktop: Desktop, method: str) -> None:
    assert desktop.page.ask(method, "/set", desktop.page.own).status == 405


@pytest.mark.parametrize("path", [*VIEWS, "/nothing", "/alive"])
def test_every_answer_has_the_headers(desktop: Desktop, path: str) -> None:
    headers = desktop.page.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert not any(name.startswith("access-control-") for name in headers)
    assert "server" not in headers


def test_too_much_is_refused(desktop: Desktop) -> None:
    page = desktop.page
    assert page.ask("POST", "/set", page.own, b'"' + b"x" * MOST_BYTES + b'"').status == 413
    assert page.get("/").status == 200


def test_what_is_no_json_object_is_refused(desktop: Desktop) -> None:
    page = desktop.page
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        assert page.ask("POST", "/set", page.own, body).status == 400


def test_no_value_is_in_a_page(desktop: Desktop) -> None:
    for path in VIEWS:
        assert "hush" not in desktop.page.get(path).body
    assert desktop.page.post("/reveal", **REVEAL).told == {"value": "hush-database", "type": "text"}


def test_a_second_use_of_the_address_ends_it(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    _, environ = made(tmp_path / "top", tmp_path)
    with studio.running(tmp_path / "top", environ=environ) as page:
        assert page.get("/").status == 403
        # A wrong token is nothing: anybody on this machine could try one.
        assert page.ask("GET", "/open?token=x", {"Host": page.host}).status == 403
        assert page.let_in().status == 200
        assert page.get("/").status == 200
        assert page.ask("GET", page.opening, {"Host": page.host}).status == 403
        assert page.get("/").status == 403
        _, said = page.child.communicate(timeout=20)
    assert page.child.returncode == 1
    assert "opened a second time" in said
    assert page.opening not in said
    assert "Traceback" not in said


def test_nobody_else_can_listen_where_a_browser_would_look(desktop: Desktop) -> None:
    """Browsers take a name below localhost to ::1 first."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind((address, desktop.page.port))


def test_a_port_that_is_taken_on_one_of_them_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", 0))
        other.listen()
        port = other.getsockname()[1]
        (tmp_path / "top").mkdir()
        _, environ = made(tmp_path / "top", tmp_path)
        done = run(GITSEAL, "studio", "--no-browser", "--port", str(port), cwd=tmp_path / "top", environ=environ)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"port {port} cannot be used" in done.stderr


def test_the_server_proves_that_it_served_the_page(desktop: Desktop) -> None:
    key = bytes.fromhex(desktop.page.get("/").body.partition('data-proof="')[2].partition('"')[0])
    told = desktop.page.get("/alive?nonce=abc").told
    assert told["proof"] == hmac.digest(key, b"abc", "sha256").hex()
    answer = desktop.page.ask("GET", "/alive?nonce=abc", {"Host": desktop.page.host})
    assert answer.status == 403


def test_those_who_say_nothing_keep_nobody_out(desktop: Desktop) -> None:
    with ExitStack() as opened:
        for _ in range(200):
            silent = opened.enter_context(socket.create_connection(("127.0.0.1", desktop.page.port), timeout=10))
            silent.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert desktop.page.get("/").status == 200


def ask(opened: socket.socket, host: str, cookie: str = "") -> bytes:
    """The head of an answer over a connection that stays; its body, which may come by itself, is read too."""
    opened.sendall(f"GET /alive HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
    answer = HTTPResponse(opened)
    answer.begin()
    answer.read()
    return f"HTTP/1.1 {answer.status} \r\n{answer.headers}".encode()


def test_those_who_are_refused_keep_no_connection(desktop: Desktop) -> None:
    page = desktop.page
    for host, cookie in (("x", page.cookie), (page.host, ""), (page.host, "gitseal=x")):
        with socket.create_connection(("127.0.0.1", page.port), timeout=10) as refused:
            assert b"connection: close" in ask(refused, host, cookie).lower()
            while refused.recv(65536):
                pass  # its end comes, or the time is up


def test_a_flood_ends_no_connection_of_the_person(desktop: Desktop) -> None:
    page = desktop.page
    with ExitStack() as opened:

        def connect() -> socket.socket:
            return opened.enter_context(socket.create_connection(("127.0.0.1", page.port), timeout=10))

        own = connect()
        assert b" 200 " in ask(own, page.host, page.cookie)
        for _ in range(150):
            connect()
        assert b" 200 " in ask(own, page.host, page.cookie)
        assert page.get("/").status == 200


def test_typing_counts_as_use_and_looking_does_not() -> None:
    async def app(_scope: "Scope", _receive: "Receive", _send: "Send") -> None:
        pass

    async def receive() -> "Message":
        return {}

    async def send(_message: "Message") -> None:
        pass

    admission = Admission()
    guard = Guard(app, admission, 1)
    cookie = admission.admit(admission.address(1).partition("token=")[2])
    assert cookie is not None
    headers = [(b"host", admission.authority(1).encode()), (b"cookie", cookie.partition(";")[0].encode())]
    for query, counts in ((b"nonce=a", False), (b"nonce=a&used=1", True)):
        guard.last = 0.0
        scope = {"type": "http", "path": "/alive", "method": "GET", "query_string": query, "headers": headers}
        asyncio.run(guard(scope, receive, send))
        assert (guard.last > 0) == counts


def test_a_wrong_address_is_told_as_that(desktop: Desktop) -> None:
    answer = desktop.page.ask("GET", "/open?token=x", {"Host": desktop.page.host})
    assert "not the address that gitseal studio printed" in answer.body
