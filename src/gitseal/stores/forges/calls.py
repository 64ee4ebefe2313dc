"""Requests about one place in a forge, whose refusals become errors with what helps."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from gitseal.remote.calling import Response, Server, refused
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.listing import bounded
from gitseal.remote.shapes import mapping
from gitseal.stores.protocol import Raced

OK, CREATED, NO_CONTENT, BAD, MISSING, UNPROCESSABLE = 200, 201, 204, 400, 404, 422
_FORBIDDEN = 403


class ForgeCalls:
    """The requests. `url` is that of all that is there.

    In messages `noun` says what that is (secrets, variables), `words` of what, and `permission` what a token needs.
    """

    def __init__(self, server: Server, url: str, words: str, *, noun: str, permission: str) -> None:
        self._server = server
        self._url = url
        self._words = words
        self._noun = noun
        self._permission = permission

    def ask(self, method: str, path: str, what: str, *good: int, content: object = None) -> Response:
        """The answer, if its status is one of `good`. Raises RemoteError, saying that the forge did not do what."""
        name = self._server.name
        try:
            answer = self._server.ask(method, self._url + path, content, reads=method == "GET")
        except RemoteError as error:
            if error.kind is not RemoteFailure.ELSEWHERE:
                raise
            message = f"{name} says that {self._words} is somewhere else by now"
            hint = "if it was renamed or moved, have its new name in the target's `to` reviewed and merged"
            raise RemoteError(message, hint, kind=error.kind) from None
        if answer.status in good:
            return answer
        if answer.status == MISSING:
            message = f"{name} shows this token no {self._noun} of {self._words}: it is not there, or the token may not see it"
            raise RemoteError(message, self._permission, kind=RemoteFailure.GONE)
        if answer.status == _FORBIDDEN and _is_throttled(answer):
            message = f"{name} did not {what} of {self._words}: this token has made too many requests"
            raise RemoteError(message, _later(answer), kind=RemoteFailure.THROTTLED)
        if answer.status == _FORBIDDEN:
            message = f"{name} did not {what} of {self._words}: the token may not do that"
            raise RemoteError(message, self._permission, kind=RemoteFailure.DENIED)
        raise refused(name, f"{what} of {self._words}", answer.status)

    def listed(self, path: str, size: str, field: str = "") -> Iterator[dict[str, Any]]:
        """The entries of all pages. `size` asks for a size of pages; `field` is where they are in an answer, if it has more."""
        return bounded(self._server.name, self._pages(path, size, field))

    def _pages(self, path: str, size: str, field: str) -> Iterator[list[dict[str, Any]]]:
        last: list[object] = []
        for page in count(1):
            content = self.ask("GET", f"{path}?{size}&page={page}", f"list the {self._noun}", OK).content
            entries = content.get(field) if field and isinstance(content, dict) else content
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                message = f"{self._server.name} gave no list of {field or self._noun}"
                raise RemoteError(message, f"see if the address is that of {self._server.name}")
            # A server may have smaller pages than were asked for, or know none and give everything each time.
            if not entries or entries == last:
                return
            yield entries
            last = entries

    def raced(self, name: str) -> Raced:
        """The error for what somebody else wrote at the same time."""
        return Raced(f'the {self._noun.removesuffix("s")} "{name}"', "it stays as it is")


def _is_throttled(answer: Response) -> bool:
    """True for a 403 that is no denial. GitHub says so in a header, or in words alone."""
    said = "rate limit" in str(mapping(answer.content).get("message", "")).lower()
    return said or _is_for_an_hour(answer) or "retry-after" in answer.headers


def _is_for_an_hour(answer: Response) -> bool:
    return answer.headers.get("x-ratelimit-remaining") == "0"


def _later(answer: Response) -> str:
    span = "an hour" if _is_for_an_hour(answer) else "some minutes"
    return f"wait {span}, and run the same again"
