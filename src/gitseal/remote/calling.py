"""JSON over HTTP, for servers whose API is that: verified TLS, time limits, and another try where that can do no harm.

No body of an answer ever gets into a message: a server may quote a value or a token in it.
"""

import http.client
import ipaddress
import json
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from gitseal.errors import Error, os_reason
from gitseal.records import NamedTuple
from gitseal.remote.failure import RemoteError, RemoteFailure

SECONDS = 30.0
TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 8.0
_MOST_BYTES = 64 * 1024 * 1024
# Nothing was done with the request: it was one too many, or the server was not ready.
_NOT_TAKEN = frozenset({412, 429, 503})
# It may have been done.
_UNKNOWN = frozenset({500, 502, 504})


class Response(NamedTuple):
    """An answer: its status, and the JSON in it, None if there is none."""

    status: int
    content: Any

    def __repr__(self) -> str:
        return f"Response({self.status}, …)"


class Server:
    """One server, by its URL. `headers` go with each request, tokens among them; `name` is how messages call it.

    A request is given up after `seconds` of silence, and is made at most `tries` times, with pauses by `wait`.
    """

    def __init__(
        self,
        name: str,
        url: str,
        headers: Mapping[str, str],
        wait: Callable[[float], object],
        *,
        certificates: str = "",
        seconds: float = SECONDS,
        tries: int = TRIES,
    ) -> None:
        parts = address(name, url)
        self.name = name
        self._host, self._port = parts.hostname or "", parts.port
        self._is_secure = parts.scheme == "https"
        self._path = parts.path.rstrip("/")
        self._headers = dict(headers)
        self._wait = wait
        self._certificates = certificates
        self._seconds, self._tries = seconds, tries

    def __repr__(self) -> str:
        return f"Server({self.name!r})"

    def ask(self, method: str, path: str, content: object = None, *, reads: bool = False) -> Response:
        """The answer to a request. `reads`: it changes nothing, so it is tried again after any failure.

        Any other request is tried again only if the server says that it did nothing. Raises RemoteError if there is no answer.
        """
        pause = _FIRST_WAIT
        for left in range(self._tries - 1, -1, -1):
            try:
                answer, after = self._once(method, self._path + path, content)
            except RemoteError:
                if not reads or not left:
                    raise
            else:
                again = answer.status in _NOT_TAKEN or (reads and answer.status in _UNKNOWN)
                if not again or not left:
                    return answer
                pause = max(pause, after)
            self._wait(min(pause, _LONGEST_WAIT))
            pause *= 2
        raise AssertionError  # the last try returns or raises

    def _once(self, method: str, path: str, content: object) -> tuple[Response, float]:
        connection = self._connection()
        try:
            body = json.dumps(content).encode() if content is not None else None
            kind = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body, {**self._headers, **kind})
            response = connection.getresponse()
            received = response.read(_MOST_BYTES)
        except ssl.SSLCertVerificationError:
            message = f"{self.name} does not prove that it is that server"
            raise RemoteError(message, "see its certificate", kind=RemoteFailure.UNPROVEN) from None
        except OSError as error:
            reason = "it does not answer" if isinstance(error, TimeoutError) else os_reason(error)
            message = f"{self.name} cannot be reached: {reason}"
            raise RemoteError(message, _AGAIN, kind=RemoteFailure.NO_NETWORK) from None
        except (http.client.HTTPException, ValueError):
            raise RemoteError(f"{self.name} gave no whole answer", _AGAIN) from None
        finally:
            connection.close()
        try:
            answer = json.loads(received) if received else None
        except (ValueError, RecursionError):
            answer = None
        return Response(response.status, answer), _seconds(response.getheader("Retry-After"))

    def _connection(self) -> http.client.HTTPConnection:
        if not self._is_secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
        try:
            context = ssl.create_default_context(cafile=self._certificates or None)
        except OSError:
            hint = "give it a file of certificates in PEM"
            raise RemoteError(f"the certificates for {self.name} cannot be read", hint) from None
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=context)


_AGAIN = "run the same again: it reads what is there, and writes what is missing"


def address(name: str, url: str) -> SplitResult:
    """The parts of a server's URL. Raises Error for one that is none, has a password in it, or lets others read on the way."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or not host or "@" in parts.netloc:
        raise Error(f"the address of {name} is no https:// address", "set it to one, like https://vault.example.com")
    if parts.scheme == "http" and not _is_loopback(host):
        raise Error(f"{name} is not called over plain HTTP: anybody on the way could read values", "use https://")
    return parts


def refused(server: str, what: str, status: int) -> RemoteError:
    """The error for a status that is none of those that mean something to the caller."""
    kind, reason = _REASONS.get(status, (RemoteFailure.OTHER, "it failed"))
    hint = "look at what the token may do there" if status in {401, 403} else _AGAIN
    return RemoteError(f"{server} did not {what}: {reason} (status {status})", hint, kind=kind)


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


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.isdecimal() else 0.0


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
