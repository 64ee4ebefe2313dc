"""What a web server may do to whoever asks it for keys: nothing but send them."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gitseal.errors import Error
from gitseal.web.fetching import fetch

Answer = Callable[[BaseHTTPRequestHandler], None]
KEYS = b"# a comment\nage1...\n"


@contextmanager
def server(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on this machine; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_words: object) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    served.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever is cut off is cut off
    if context is not None:
        served.socket = context.wrap_socket(served.socket, server_side=True)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served.server_address[1]
    finally:
        served.shutdown()
        served.server_close()


def send(body: bytes, status: int = 200, *, length: int | None = None, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body) if length is None else length), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def asked(port: int, path: str = "/bob.keys", *, limit: int = 1000, seconds: float = 5.0) -> bytes:
    return fetch(f"http://127.0.0.1:{port}{path}", limit=limit, seconds=seconds)


def test_what_the_server_sends_is_the_answer() -> None:
    with server(send(KEYS)) as port:
        assert asked(port) == KEYS
        assert asked(port, limit=len(KEYS)) == KEYS
        assert asked(port, "") == KEYS


def test_a_redirect_on_the_same_host_is_followed() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(KEYS)(request) if request.path == "/there" else send(b"", 301, Location="/there")(request)

    with server(answer) as port:
        assert asked(port) == KEYS


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
    def closing(request: BaseHTTPRequestHandler) -> None:
        answer(request)
        request.close_connection = True

    with server(closing) as port, pytest.raises(Error, match=message):
        asked(port)


def test_a_server_that_drips_is_left_in_time() -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):
            request.wfile.write(b"x")
            time.sleep(0.05)

    with server(drip) as port, pytest.raises(Error, match=r"took longer than 0\.2 seconds"):
        asked(port, seconds=0.2)


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


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate of its own making, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = builder.sign(key, hashes.SHA256())
    certificate, private = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate


def test_tls_is_verified(certified: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = certified
    with server(send(KEYS), context) as port:
        with pytest.raises(Error, match='"localhost" does not prove that it is that host: self-signed'):
            fetch(f"https://localhost:{port}/bob.keys", limit=1000, seconds=5)
        # As OpenSSL has it: a company's own authority.
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch(f"https://localhost:{port}/bob.keys", limit=1000, seconds=5) == KEYS
        with pytest.raises(Error, match="does not prove that it is that host: IP address mismatch"):
            fetch(f"https://127.0.0.1:{port}/bob.keys", limit=1000, seconds=5)
