"""GitLab's API as far as the recipes call it, played by a test."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Api(BaseHTTPRequestHandler):
    """Answers whose token it is; a test says what else is asked and written."""

    def do_GET(self) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "token"
        address = urlsplit(self.path)
        if address.path == "/user":
            self.answer({"id": 5})
        else:
            self.show(parse_qs(address.query))

    def do_PUT(self) -> None:
        self.write()

    def do_POST(self) -> None:
        self.write()

    def write(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.take({name: values[0] for name, values in parse_qs(body).items()})
        self.answer({})

    def show(self, query: dict[str, list[str]]) -> None:
        """Answers a question."""
        raise NotImplementedError

    def take(self, fields: dict[str, str]) -> None:
        """Keeps what was written."""
        raise NotImplementedError

    def answer(self, content: object, following: str = "") -> None:
        text = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("X-Next-Page", following)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def at_work(server: ThreadingHTTPServer) -> Iterator[None]:
    """The server answers in a thread until the block ends."""
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()
