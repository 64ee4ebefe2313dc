"""What Google's and Azure's libraries may ask on the way to credentials, and for how long."""

import logging
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest
import requests

from gitseal.remote import deadline
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.sessions import straight
from gitseal.remote.silence import silent
from tests.servers.scripted import closing, send, server


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("proxied")
def test_this_machine_is_asked_without_a_proxy_and_others_with_it() -> None:
    with server(send(b"token")) as asked, straight("Azure") as session:
        answer = session.request("GET", asked.url, timeout=(300, 300))
        assert (answer.content, answer.text, answer.status_code) == (b"token", "token", 200)
        with pytest.raises(requests.exceptions.ProxyError):
            session.request("GET", "https://login.example")


def test_nothing_goes_to_others_in_the_clear_nor_where_a_redirect_leads() -> None:
    with server(send(b"", 307, Location="/elsewhere")) as asked, straight("Azure") as session:
        with pytest.raises(RemoteError, match="is no https:// address"):
            session.request("POST", "http://login.example", data="hush")
        with pytest.raises(RemoteError, match="sends us to another place") as refused:
            session.request("POST", asked.url, data="hush")
        assert refused.value.kind is RemoteFailure.ELSEWHERE
        assert asked.requests == ["POST /"]


def test_no_more_is_read_than_a_token_takes() -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(bytes(65536))

    with (
        server(closing(endless)) as asked,
        straight("Azure") as session,
        pytest.raises(RemoteError, match="more than a token"),
    ):
        session.request("GET", asked.url)


def test_a_server_that_is_silent_is_not_waited_for_as_long_as_the_library_would() -> None:
    ended = Event()

    def silent(_request: BaseHTTPRequestHandler) -> None:
        ended.wait(10)

    with server(closing(silent)) as asked, straight("Azure") as session:
        with pytest.raises(requests.exceptions.ReadTimeout):
            session.request("GET", asked.url, timeout=(300, 0.05))
        ended.set()


def test_a_library_that_does_not_end_keeps_nobody_waiting() -> None:
    ended = Event()
    late = RemoteError("it took too long")
    with pytest.raises(RemoteError) as refused:
        deadline.within(0.05, lambda: ended.wait(10), late)
    assert refused.value is late
    ended.set()
    assert deadline.within(10, lambda: "token", late) == "token"
    assert deadline.within(10, lambda: None, late) is None
    with pytest.raises(ZeroDivisionError):
        deadline.within(10, lambda: 1 // 0, late)


def test_what_a_library_logs_stays_silent_in_its_own_thread(caplog: pytest.LogCaptureFixture) -> None:
    def log() -> None:
        logging.getLogger("hush.one").warning("hush")

    log()
    with silent("hush"):
        deadline.within(10, log, RemoteError("late"))
    assert len(caplog.records) == 1
