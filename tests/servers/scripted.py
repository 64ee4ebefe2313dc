"""A small web server that says what a test wants it to, in HTTP as real ones speak it, and remembers what it was asked."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[BaseHTTPRequestHandler], None]


class Asked:
    """What a server was asked: the requests, each as `METHOD PATH`, their bodies and headers, and how many connections came."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def server(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[Asked]:
    """A server on this machine as long as the block."""
    asked = Asked()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            asked.connections += 1
            super().setup()

        def do_GET(self) -> None:
            asked.requests.append(f"{self.command} {self.path}")
            asked.headers.append(dict(self.headers))
            asked.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            answer(self)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_LIST = do_CONNECT = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_words: object) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    served.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever is cut off is cut off
    if context is not None:
        served.socket = context.wrap_socket(served.socket, server_side=True)
    asked.port = served.server_address[1]
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        served.shutdown()
        served.server_close()


def send(body: bytes, status: int = 200, *, length: int | None = None, **headers: str) -> Answer:
    """An answer. `_` in a header's name stands for `-`."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body) if length is None else length), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def closing(answer: Answer) -> Answer:
    """The answer, and the end of the connection, which no header told of."""

    def closed(request: BaseHTTPRequestHandler) -> None:
        answer(request)
        request.close_connection = True

    return closed


def raw(content: bytes) -> Answer:
    """Any bytes, and the end of the connection."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(content)

    return closing(answer)


def in_turn(*answers: Answer) -> Answer:
    """One answer after another, then always the last."""
    left = list(answers)

    def answer(request: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


def tunnel(to: int) -> Answer:
    """What a proxy does with CONNECT, whatever host it names: it connects both ways with a port of this machine."""
    import select
    import socket

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", to)) as there, suppress(OSError):
            other = {request.connection: there, there: request.connection}
            while True:
                for ready in select.select(list(other), [], [])[0]:
                    content = ready.recv(65536)
                    if not content:
                        request.close_connection = True
                        return
                    other[ready].sendall(content)

    return answer


def certified(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate of its own making for a host, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = builder.sign(key, hashes.SHA256())
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate
