"""A server of ours, as gitseal calls it."""

from collections.abc import Iterator
from contextlib import contextmanager

from gitseal.remote.calling import Response, Server
from tests.servers.scripted import Answer, Asked, in_turn, send, server

OK = send(b'{"done": true}')
TOKEN, VALUE = "hush-token", "hush-value"


class Called:
    """A server of ours as gitseal calls it, and the seconds that it waited."""

    def __init__(self, asked: Asked, **more: object) -> None:
        self.waited: list[float] = []
        self.asked = asked
        self.server = Server("Shop", asked.url, {"X-Token": TOKEN}, self.waited.append, **more)  # type: ignore[arg-type]

    def read(self) -> Response:
        return self.server.ask("GET", "/a", reads=True)

    def write(self) -> Response:
        return self.server.ask("POST", "/a", {"value": VALUE})


@contextmanager
def called(*answers: Answer, **more: object) -> Iterator[Called]:
    with server(in_turn(*answers)) as asked:
        yield Called(asked, **more)
