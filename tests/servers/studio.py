"""`gitseal studio` as a process of its own, and a client that sends exactly the headers that it is told to."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.programs import GITSEAL


class Answer(NamedTuple):
    """A response: its status, its headers in lower case, and its body."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def told(self) -> dict[str, Any]:
        """The JSON in the body."""
        told = json.loads(self.body)
        assert isinstance(told, dict)
        return told


class Studio:
    """A running page. `cookie` is the browser's once it was let in."""

    def __init__(self, child: subprocess.Popen[str], address: str) -> None:
        self.child = child
        self.address = address
        parts = urlsplit(address)
        self.host = parts.netloc
        self.port = parts.port or 0
        self.opening = f"{parts.path}?{parts.query}"
        self.cookie = ""

    @property
    def own(self) -> dict[str, str]:
        """The headers of a request that the page itself makes."""
        return {
            "Host": self.host,
            "Cookie": self.cookie,
            "Origin": f"http://{self.host}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }

    def let_in(self) -> Answer:
        """Opens the address that was printed."""
        answer = self.ask("GET", self.opening, {"Host": self.host})
        self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return answer

    def get(self, path: str) -> Answer:
        """A page, as the browser that was let in gets it."""
        return self.ask("GET", path, {"Host": self.host, "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"})

    def post(self, path: str, **body: object) -> Answer:
        """What the page's script does."""
        return self.ask("POST", path, self.own, json.dumps(body).encode())

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """One request with just these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
        finally:
            connection.close()

    def end(self) -> tuple[int, str]:
        """The status and the words after Ctrl-C."""
        self.child.send_signal(signal.SIGINT)
        _, said = self.child.communicate(timeout=30)
        return self.child.returncode, said


@contextmanager
def running(top: Path, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[Studio]:
    """The page of a repository as long as the block."""
    child = subprocess.Popen(
        [GITSEAL, "studio", *(options or ("--no-browser",))],
        cwd=top,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        address = child.stdout.readline().strip()
        if not address:
            raise AssertionError(child.communicate()[1])
        yield Studio(child, address)
    finally:
        child.kill()
        child.communicate()
