"""A proxy in front of a real server that fails one request, or every one from there on, in the way that a test says."""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

_NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding", "accept-encoding", "date", "server", "host"}


class Fault(Enum):
    """What happens to a request. `PASSES` are those that the server gets, so that a write may be done."""

    REFUSED = "the connection ends before the server has the request"
    LOST = "the server did it, and the answer is lost"
    SILENT = "nobody answers, and the server has nothing of it"
    LATE = "the server did it, and the answer does not come in time"
    THROTTLED = "too many requests"
    NOT_READY = "not ready"
    BROKEN = "status 500, and the server has nothing of it"
    BROKEN_AFTER = "status 502, and the server did it"
    TWICE = "the server gets it twice, and the second answer comes"
    ANSWERED_TWICE = "the answer comes twice"
    PAGE = "a page of somebody else, and the server has nothing of it"
    PAGE_AFTER = "a page of somebody else, and the server did it"
    EMPTY = "an empty object, and the server has nothing of it"
    CUT = "the server did it, and the answer ends in the middle"
    REDIRECT = "it is sent to another place"


# For these the client waits until it gives up.
SLOW = {Fault.SILENT, Fault.LATE}
_PASSES = {Fault.LOST, Fault.LATE, Fault.BROKEN_AFTER, Fault.TWICE, Fault.ANSWERED_TWICE, Fault.PAGE_AFTER, Fault.CUT}
_PAGE = b"<html><body>Sign in</body></html>"
_ANSWERS = {
    Fault.THROTTLED: (429, {"Retry-After": "0"}, b""),
    Fault.NOT_READY: (503, {"Retry-After": "0"}, b'{"errors": ["sealed"]}'),
    Fault.BROKEN: (500, {}, b'{"errors": ["internal"]}'),
    Fault.BROKEN_AFTER: (502, {}, _PAGE),
    Fault.PAGE: (200, {"Content-Type": "text/html"}, _PAGE),
    Fault.PAGE_AFTER: (200, {"Content-Type": "text/html"}, _PAGE),
    Fault.EMPTY: (200, {"Content-Type": "application/json"}, b"{}"),
    Fault.REDIRECT: (307, {"Location": "http://127.0.0.1:9/"}, b""),
}  # fmt: skip
Reply = tuple[int, dict[str, str], bytes]


class Moment(NamedTuple):
    """When it fails: at the request of this number, counted from 0; at all that follow `for_good`; or at each so many."""

    fault: Fault
    number: int
    for_good: bool = False
    every: int = 0

    def covers(self, number: int) -> bool:
        is_later = number > self.number and (self.for_good or (self.every and (number - self.number) % self.every == 0))
        return number == self.number or bool(is_later)


class Faulty:
    """The proxy: its address, the request lines and the connections that came, and the moment at which it fails, if any."""

    def __init__(self, backend: str, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self.address = ""
        self.moment: Moment | None = None
        self.requests: list[str] = []
        self.connections = 0
        self.throttled = _ANSWERS[Fault.THROTTLED]
        self._backend = urlsplit(backend)
        self._lock = threading.Lock()
        self._let_go = threading.Event()
        # Somebody waits for an answer that does not come.
        self.is_holding = threading.Event()

    def begin(self, moment: Moment | None) -> None:
        """Counts anew from here."""
        self.moment = moment
        self.requests = []
        self.connections = 0
        self.is_holding.clear()

    def end(self) -> None:
        """Lets go of those who wait for an answer."""
        self._let_go.set()

    def fault_of(self, line: str) -> Fault | None:
        with self._lock:
            number = len(self.requests)
            self.requests.append(line)
        moment = self.moment
        return moment.fault if moment is not None and moment.covers(number) else None

    def wait(self) -> None:
        """Longer than any client."""
        self.is_holding.set()
        self._let_go.wait(60)

    def passed_on(self, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        """What the real server says."""
        host, port = self._backend.hostname or "", self._backend.port
        there = http.client.HTTPConnection(host, port, timeout=30)
        if self._tls is not None:
            there = http.client.HTTPSConnection(host, port, timeout=30, context=self._tls)
        try:
            # A signature may be over the name that the client knows it by.
            headers = {name: text for name, text in request.headers.items() if name.lower() not in _NOT_PASSED_ON}
            headers["Host"] = request.headers.get("Host", "")
            there.request(request.command, request.path, body, headers)
            answer = there.getresponse()
            content = answer.read()
            told = {name: text for name, text in answer.getheaders() if name.lower() not in _NOT_PASSED_ON}
            return answer.status, told, content
        finally:
            there.close()


def _answer(request: BaseHTTPRequestHandler, proxy: Faulty) -> None:
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    # AWS has one path and method for everything, and the operation in a header, or as a form's first field.
    operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    if not operation and body.startswith(b"Action="):
        operation = body[len(b"Action=") :].partition(b"&")[0].decode()
    fault = proxy.fault_of(f"{request.command} {operation or request.path}")
    if fault is None:
        _send(request, proxy.passed_on(request, body))
        return
    reply: Reply = proxy.throttled if fault is Fault.THROTTLED else _ANSWERS.get(fault, (200, {}, b""))
    if fault in _PASSES:
        real = proxy.passed_on(request, body)
        if fault is Fault.TWICE:
            real = proxy.passed_on(request, body)
        reply = _ANSWERS.get(fault, real)
    if fault in SLOW:
        proxy.wait()
    if fault in SLOW or fault in {Fault.REFUSED, Fault.LOST}:
        request.close_connection = True
    elif fault is Fault.CUT:
        _send(request, reply, cut=True)
        request.close_connection = True
    else:
        for _ in range(2 if fault is Fault.ANSWERED_TWICE else 1):
            _send(request, reply)


def _send(request: BaseHTTPRequestHandler, reply: Reply, *, cut: bool = False) -> None:
    status, headers, body = reply
    request.send_response(status)
    for name, text in headers.items():
        request.send_header(name, text)
    # What has no body is cut in its head.
    whole = len(body) + (cut and not body)
    if status != 204:
        request.send_header("Content-Length", str(whole))
    if not cut or body:
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if cut else body)


@contextmanager
def in_front_of(backend: str, tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """A proxy to the server at that address, as long as the block. `tls` is how that one proves itself; the proxy has none."""
    proxy = Faulty(backend, tls)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def setup(self) -> None:
            proxy.connections += 1
            super().setup()

        def do_GET(self) -> None:
            _answer(self, proxy)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_LIST = do_HEAD = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_words: object) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    served.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever is cut off is cut off
    proxy.address = f"http://127.0.0.1:{served.server_address[1]}"
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.end()
        served.shutdown()
        served.server_close()
