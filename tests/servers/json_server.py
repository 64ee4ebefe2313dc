"""The frame of our stand-ins for clouds: JSON over HTTP on a port of this machine, in a thread of the test.

A stand-in answers by what the cloud's own reference says, and keeps what it was asked. It is no emulator: what no test asks is
not there.
"""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit


class Request(NamedTuple):
    """What was asked. `headers` by names in lower case; `body` as it came; `parts` of the path, which may have a `/` in them."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    parts: tuple[str, ...]

    @property
    def content(self) -> dict[str, Any]:
        """The JSON of the body."""
        return dict(json.loads(self.body)) if self.body else {}

    @property
    def bearer(self) -> str:
        """The token that came with it."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


class Answer(NamedTuple):
    status: int
    content: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


class JsonServer:
    """One stand-in. `asked` has the methods and paths.

    Answers in `next_answers` are given first, and those in `instead` for each path with that end; nothing is done for either.
    What is in `before` happens once, before the next request of that method. After `left` requests each is refused.
    """

    address = ""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.next_answers: list[Answer] = []
        self.instead: dict[str, Answer] = {}
        self.before: dict[str, Callable[[], object]] = {}
        self.left: int | None = None
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    def handle(self, request: Request) -> Answer:
        with self._lock:
            self.asked.append(f"{request.method} {request.path}")
            self.before.pop(request.method, lambda: None)()
            if self.left == 0:
                return Answer(403)
            self.left = self.left - 1 if self.left is not None else None
            if self.next_answers:
                return self.next_answers.pop(0)
            instead = (answer for end, answer in self.instead.items() if request.path.endswith(end))
            return next(instead, None) or self.answer(request)

    @contextmanager
    def running(self, tls: ssl.SSLContext | None = None) -> Iterator[str]:
        """The address, as long as the block."""
        with ThreadingHTTPServer(("127.0.0.1", 0), _handler(self)) as server:
            if tls is not None:
                server.socket = tls.wrap_socket(server.socket, server_side=True)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            self.address = f"http{'s' if tls else ''}://localhost:{server.server_address[1]}"
            try:
                yield self.address
            finally:
                server.shutdown()
                thread.join()


def _handler(stand_in: JsonServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # an answer goes out in two parts

        def _any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            split = tuple(unquote(part) for part in parts.path.strip("/").split("/"))
            body = self.rfile.read(int(headers.get("content-length", "0")))
            answer = stand_in.handle(Request(self.command, unquote(parts.path), query, headers, body, split))
            sent = b"" if answer.content is None else json.dumps(answer.content).encode()
            self.send_response(answer.status)
            kind = {"Content-Type": "application/json", "Content-Length": str(len(sent))}
            for name, value in (kind | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Tests read `asked`."""

    return Handler
