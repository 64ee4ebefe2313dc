"""What keeps us off a server: what passes by itself is tried again, and for the rest the hint says what to mend."""

import socket
import ssl
from pathlib import Path

import pytest

from gitseal.remote.addresses import Address
from gitseal.remote.calling import Server
from gitseal.remote.failure import AGAIN, REACHES, RemoteError, RemoteFailure
from gitseal.remote.obstacles import obstacle
from gitseal.remote.tls import Tls
from tests.remote.called import OK
from tests.servers.scripted import Asked, certified, raw, send, server

_TLS_WANTED = (
    b"Client sent an HTTP request to an HTTPS server.\n",
    b"<center>The plain HTTP request was sent to HTTPS port</center>",
    b"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
)


def _failure(url: str, waited: list[float] | None = None, tls: Tls = Tls()) -> RemoteError:  # noqa: B008
    shop = Server("Shop", url, {}, (waited if waited is not None else []).append, tls=tls).told_by("SHOP_ADDR")
    with pytest.raises(RemoteError) as failed:
        shop.ask("POST", "/a")
    return failed.value


def test_a_server_without_tls_is_not_asked_again() -> None:
    waited: list[float] = []
    with server(OK) as plain:
        failure = _failure(f"https://127.0.0.1:{plain.port}", waited)
    at = f"127.0.0.1:{plain.port}"
    assert failure.message == f"Shop cannot be reached at {at}: no TLS is spoken there"
    assert failure.hint == f"if plain HTTP is spoken there, give SHOP_ADDR as http://{at}"
    assert not waited


@pytest.mark.parametrize("body", _TLS_WANTED)
def test_a_server_that_wants_tls_says_so_in_its_own_words(body: bytes) -> None:
    with server(send(body, 400)) as asked:
        _says_https(asked, _failure(asked.url))


def test_a_server_that_answers_in_tls_wants_it() -> None:
    with server(raw(b"\x15\x03\x01\x00\x02\x02\x46")) as asked:
        _says_https(asked, _failure(asked.url))


def _says_https(asked: Asked, failure: RemoteError) -> None:
    assert failure.message == f"Shop takes no plain HTTP at 127.0.0.1:{asked.port}"
    assert failure.hint == f"give SHOP_ADDR as https://127.0.0.1:{asked.port}"
    assert failure.kind is RemoteFailure.MISADDRESSED


def test_other_refusals_of_a_request_are_answers() -> None:
    with server(send(b"{}", 400)) as asked:
        assert Server("Shop", asked.url, {}, lambda _seconds: None).ask("GET", "/a").status == 400


def test_what_refuses_the_connection_may_be_starting_and_is_asked_again() -> None:
    waited: list[float] = []
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        failure = _failure(f"http://127.0.0.1:{closed.getsockname()[1]}", waited)
    assert failure.hint == "see that it runs there, and that SHOP_ADDR has the right host and port"
    assert len(waited) == 4


def test_a_certificate_for_another_name_is_not_a_matter_of_authorities(tmp_path: Path) -> None:
    context, certificate = certified(tmp_path, "shop.example")
    with server(OK, context) as asked:
        failure = _failure(f"https://127.0.0.1:{asked.port}", tls=Tls(str(certificate)))
        untrusted = _failure(f"https://127.0.0.1:{asked.port}")
    assert failure.hint.startswith("give SHOP_ADDR by the name that its certificate is for")
    assert "SSL_CERT_FILE" in untrusted.hint


def _of_ssl(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "words of the library")
    error.reason = reason
    return error


def _of_certificate(code: int) -> OSError:
    error = ssl.SSLCertVerificationError(1, "words of the library")
    error.verify_code, error.verify_message = code, "it is so."
    return error


PASSING, LASTING, UNPROVEN = RemoteFailure.NO_NETWORK, RemoteFailure.MISADDRESSED, RemoteFailure.UNPROVEN


@pytest.mark.parametrize(
    ("error", "words", "hint", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "there is no host of that name", "spells the host right", LASTING),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "cannot be looked up now", REACHES, PASSING),
        (OSError(101, "Network is unreachable"), "network is unreachable", REACHES, PASSING),
        (ConnectionResetError(104, "Connection reset by peer"), "connection reset by peer", "", PASSING),
        (ConnectionResetError(), "it closed the connection", "", PASSING),
        (_of_ssl("WRONG_VERSION_NUMBER"), "no TLS is spoken there", "SHOP_ADDR has the port for TLS", LASTING),
        (_of_ssl("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "alert certificate required", "log of that server", UNPROVEN),
        (_of_ssl("UNEXPECTED_EOF_WHILE_READING"), "unexpected eof", "", PASSING),
        (_of_ssl("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), "bad record mac", "", PASSING),
        (_of_certificate(10), "does not prove that it is that host: it is so", "certificate renewed", UNPROVEN),
        (_of_certificate(9), "does not prove that it is that host: it is so", "clock of this machine", UNPROVEN),
        (_of_certificate(62), "does not prove that it is that host: it is so", "SHOP_ADDR by the name", UNPROVEN),
        (_of_certificate(19), "does not prove that it is that host: it is so", "SSL_CERT_FILE", UNPROVEN),
    ],
)
def test_each_has_the_hint_that_helps(error: OSError, words: str, hint: str, kind: RemoteFailure) -> None:
    """Without a hint it may be gone the next time, so that is what is advised."""
    kept_off = obstacle(error, Address("shop.example", 443, is_secure=True), " at shop.example:443", "SHOP_ADDR")
    assert words in kept_off.words
    assert hint in kept_off.hint
    assert bool(hint) == bool(kept_off.hint)
    assert kept_off.kind is kind
    assert AGAIN not in kept_off.hint


@pytest.mark.parametrize("listens", [True, False])
def test_a_proxy_that_is_not_there_is_no_fault_of_the_server(*, listens: bool) -> None:
    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))
        environ = {"HTTPS_PROXY": f"http://{'127.0.0.1' if listens else 'nowhere.invalid'}:{proxy.getsockname()[1]}"}
        shop = Server("Shop", "https://shop.example", {}, lambda _seconds: None, environ=environ)
        with pytest.raises(RemoteError, match="the proxy of HTTPS_PROXY does not let us through to Shop") as failed:
            shop.ask("POST", "/a")
    assert "HTTPS_PROXY" in failed.value.hint
