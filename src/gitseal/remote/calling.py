"""JSON over HTTP, for servers whose API is that: verified TLS, time limits, and another try where that can do no harm.

No body of an answer ever gets into a message: a server may quote a value or a token in it.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from random import SystemRandom
from typing import Any
from urllib.parse import SplitResult

from gitseal.errors import Error
from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.records import NamedTuple
from gitseal.remote import addresses
from gitseal.remote.connection import Connection, HttpAnswer, Limits
from gitseal.remote.failure import AGAIN, NotSent, RemoteError, RemoteFailure
from gitseal.remote.tls import Tls

SECONDS = 30.0
TRIES = 5
_MOST_BYTES = 64 * 1024 * 1024
# All answers of a server to one command.
_MOST_TOGETHER = 256 * 1024 * 1024
SPANS = 3
"""There is no new try after so many times the longest that one may take: servers that are slow are not asked five times."""
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 30.0
# Nothing was done with the request: it was one too many, or the server was not ready.
_NOT_TAKEN = frozenset({412, 429, 503})
# It may have been done.
_UNKNOWN = frozenset({500, 502, 504})
_FORBIDDEN = 403
# It would be the same the next time.
_LASTING = frozenset({RemoteFailure.UNPROVEN, RemoteFailure.ELSEWHERE, RemoteFailure.MISADDRESSED})


class Patience(NamedTuple):
    """How long one request may take, in seconds, and how often it is made at most."""

    seconds: float = SECONDS
    tries: int = TRIES


class Response(NamedTuple):
    """An answer: its status, the JSON in it, None if there is none, and its headers, whose names are in lower case."""

    status: int
    content: Any
    headers: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"Response({self.status}, …)"


class Server:
    """One server, by its URL. `headers` go with each request, tokens among them; `name` is how messages call it.

    `wait` waits for seconds. HTTPS_PROXY and NO_PROXY of `environ` say which way goes there. `tls` has authorities
    of its own, in place of the system's or SSL_CERT_FILE. All requests share one connection while the server holds it.
    Raises Error for what is no address, and for what cannot stand in a header.
    """

    def __init__(
        self,
        name: str,
        url: str,
        headers: Mapping[str, str],
        wait: Callable[[float], object],
        *,
        environ: Mapping[str, str] | None = None,
        tls: Tls = Tls(),  # noqa: B008 - it never changes
        patience: Patience = Patience(),  # noqa: B008 - it never changes
    ) -> None:
        parts = address(name, url)
        place = addresses.address(parts)
        for header, text in headers.items():
            # A line feed would begin another header, and http.client would show the text in its error.
            if not text.isascii() or not text.isprintable():
                raise Error(
                    f"what {name} gets as {header} has characters that no header can have",
                    "set it to the text alone, without line breaks and in ASCII",
                )
        self.name = name
        self._path = parts.path.rstrip("/")
        self._headers = UnshownDict({"User-Agent": "gitseal", **headers})
        self._wait = wait
        self._patience = patience
        self._left = _MOST_TOGETHER
        self._connection = Connection(
            name,
            place,
            Limits(patience.seconds, _MOST_BYTES),
            AGAIN,
            tls=tls,
            proxy=addresses.proxy_to(place, environ or {}),
        )

    def told_by(self, setting: str) -> "Server":
        """This server, whose messages name the setting that has its address."""
        self._connection.setting = setting
        return self

    def __repr__(self) -> str:
        return f"Server({self.name!r})"

    def ask(
        self, method: str, path: str, content: object = None, *, reads: bool = False, kind: str = "application/json"
    ) -> Response:
        """The answer to a request, whatever its status. `content` is sent as JSON, told as `kind`.

        `reads`: it changes nothing, so it is tried again after any failure. Any other request is tried again only if the server
        got nothing of it, or says that it did nothing. Raises NotSent if it got nothing after all tries, and RemoteError if
        there is no answer, or one that is not whole, no JSON, or leads elsewhere: what was to be written may be there then.
        """
        body = SecretBytes(json.dumps(content).encode()) if content is not None else None
        del content  # an error's frames show what is in them
        end = time.monotonic() + SPANS * self._patience.seconds
        for pause in pauses(self._patience.tries):
            try:
                answer = self._answer(method, path, body, kind)
            except RemoteError as error:
                may_repeat = (reads or isinstance(error, NotSent)) and error.kind not in _LASTING
                if not may_repeat or pause is None or time.monotonic() > end:
                    raise
                self._wait(pause)
            else:
                asked_for = _retry_after(answer.headers)
                # 403 is how some say that there were too many requests.
                is_throttled = answer.status in _NOT_TAKEN or (answer.status == _FORBIDDEN and asked_for is not None)
                again = is_throttled or (reads and answer.status in _UNKNOWN)
                if not again or pause is None or time.monotonic() > end:
                    return answer
                self._wait(pause + min(asked_for or 0.0, _LONGEST_WAIT))
        raise AssertionError  # the last try returns or raises

    def _answer(self, method: str, path: str, body: SecretBytes | None, kind: str) -> Response:
        headers = UnshownDict(self._headers)
        if body is not None:
            headers["Content-Type"] = kind
        answer = self._connection.ask(method, self._path + path, headers, body)
        self._left -= len(answer.body.reveal())
        if self._left < 0:
            raise RemoteError(f"{self.name} sends more than {_MOST_TOGETHER // 1024**2} MiB", AGAIN)
        if answer.status // 100 == 3:  # noqa: PLR2004 - all redirects
            hint = f"give the address of the {self.name} that answers by itself"
            message = f"{self.name} sends us to another place, which gets no token"
            raise RemoteError(message, hint, kind=RemoteFailure.ELSEWHERE)
        return Response(answer.status, self._content(answer), answer.headers)

    def _content(self, answer: HttpAnswer) -> object:
        """The JSON of an answer. An error may have a page of a proxy in place of it; what was done is told in JSON."""
        try:
            return json.loads(answer.body.reveal() or b"null", object_hook=UnshownDict)
        except (ValueError, RecursionError):
            if answer.status // 100 != 2:  # noqa: PLR2004 - all that say that something was done
                return None
        told = "is no JSON" if answer.is_measured else "ends too early"
        raise RemoteError(f"the answer of {self.name} {told}", AGAIN, kind=RemoteFailure.NOT_READY)


def address(name: str, url: str) -> SplitResult:
    """The parts of a server's URL. Raises Error for one that is none, has a password in it, or lets others read on the way."""
    parts = addresses.split(url)
    if parts is None or parts.query or parts.fragment:
        raise Error(f"the address of {name} is no https:// address", "set it to one, like https://vault.example.com")
    if parts.scheme == "http" and not addresses.is_loopback(parts.hostname or ""):
        raise Error(f"{name} is not called over plain HTTP: anybody on the way could read values", "use https://")
    return parts


def refused(server: str, what: str, status: int) -> RemoteError:
    """The error for a status that is none of those that mean something to the caller."""
    kind, reason = _REASONS.get(status, (RemoteFailure.OTHER, "it failed"))
    return RemoteError(f"{server} did not {what}: {reason} (status {status})", _HINTS.get(kind, _OTHERWISE), kind=kind)


_REASONS = {
    400: (RemoteFailure.OTHER, "it does not take the request"),
    401: (RemoteFailure.UNKNOWN_TO_IT, "the token is not valid"),
    403: (RemoteFailure.DENIED, "the token may not do that"),
    404: (RemoteFailure.GONE, "there is no such place"),
    412: (RemoteFailure.NOT_READY, "it is not up to date"),
    413: (RemoteFailure.OTHER, "it is too large"),
    429: (RemoteFailure.THROTTLED, "there were too many requests"),
    500: (RemoteFailure.NOT_READY, "it failed"),
    502: (RemoteFailure.NOT_READY, "it failed"),
    504: (RemoteFailure.NOT_READY, "it does not answer"),
    503: (RemoteFailure.NOT_READY, "it is sealed or not ready"),
}

_HINTS = {
    RemoteFailure.UNKNOWN_TO_IT: "look at what the token may do there",
    RemoteFailure.DENIED: "look at what the token may do there",
    RemoteFailure.GONE: "see if the address is right, and the place is there",
    RemoteFailure.THROTTLED: AGAIN,
    RemoteFailure.NOT_READY: AGAIN,
}
# It says the same the next time.
_OTHERWISE = "see why in the log of that server"


def pauses(tries: int) -> Iterator[float | None]:
    """The seconds to wait after each try, None after the last. Chance spreads those who were refused together."""
    longest = _FIRST_WAIT
    for _ in range(tries - 1):
        yield longest * SystemRandom().uniform(0.5, 1)
        longest *= 2
    yield None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After: a number, or a date, which is compared with the server's own clock. None without any."""
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdecimal():
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        left = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(left.total_seconds(), 0.0)
