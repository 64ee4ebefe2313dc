"""Servers that answer as they should, late, twice, in part, with something else, or not at all."""

import json
import socket
import time
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler

import pytest

from gitseal.errors import Error
from gitseal.remote.calling import Patience, Server, refused
from gitseal.remote.failure import AGAIN, NotSent, RemoteError
from tests.remote.called import OK, TOKEN, VALUE, Called, called
from tests.servers.scripted import Answer, Asked, closing, raw, send


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


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 504])
def test_to_do_it_again_is_advised_if_that_can_help(status: int) -> None:
    hint = refused("Shop", "write A", status).hint
    assert (hint == AGAIN) == (status in {429, 500, 502, 503, 504})
    assert hint


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (raw(b""), "Shop cannot be reached at 127.0.0.1:[0-9]+: it closed the connection"),
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
        with pytest.raises(NotSent, match=r"Shop cannot be reached at 127.0.0.1:[0-9]+: connection refused"):
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
