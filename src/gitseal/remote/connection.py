"""One connection to one server, in HTTP/1.1: verified TLS, limits of time and size, and used again while the server holds it.

Nothing is sent twice here, and no redirect followed. No header or body ever gets into a message.
"""

import http.client
import select
import socket
import ssl
import weakref
from collections.abc import Callable, Mapping

from gitseal.errors import os_reason
from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.records import NamedTuple
from gitseal.remote.addresses import Address, Proxy
from gitseal.remote.deadline import Deadline
from gitseal.remote.failure import REACHES, NotSent, RemoteError, RemoteFailure
from gitseal.remote.obstacles import Obstacle, SpeaksTls, is_tls, obstacle, speaks_tls
from gitseal.remote.tls import Tls

_OK = 200
_MOST_HEAD = 65536


class Limits(NamedTuple):
    """The longest that one request may take, and the largest answer in bytes."""

    seconds: float
    size: int


class HttpAnswer(NamedTuple):
    """The answer to one request. Without `is_measured` nobody can tell whether the body is whole."""

    status: int
    body: SecretBytes
    headers: Mapping[str, str]
    is_measured: bool


class Connection:
    """See the module. For messages: `who` is how they call the server, `setting` what says where it is.

    `hint` is what helps after a failure that may pass by itself.
    """

    def __init__(
        self,
        who: str,
        address: Address,
        limits: Limits,
        hint: str,
        *,
        tls: Tls = Tls(),  # noqa: B008 - it never changes
        proxy: Proxy | None = None,
    ) -> None:
        self._http: http.client.HTTPConnection | None = None
        self._end: Callable[[], object] = _nothing
        self._who = who
        self.setting = "its address"
        self._address = address
        self._limits = limits
        self._hint = hint
        self._proxy = proxy
        self._tls = tls
        self._context: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Connection({self._who!r})"

    def close(self) -> None:
        """Ends it; the next request opens another one."""
        if self._http is not None:
            self._end()
            self._http = None

    def ask(self, method: str, path: str, headers: UnshownDict, body: SecretBytes | None = None) -> HttpAnswer:
        """The answer to one request, whatever its status.

        Raises NotSent if the server got nothing of the request, and RemoteError if it may have done what it was asked.
        """
        context = self._checked_by() if self._address.is_secure else None
        is_sent = False
        with Deadline(self._limits.seconds) as deadline:
            try:
                connection = self._opened(context, deadline)
                is_sent = True
                answer = self._exchanged(connection, method, path, headers, body)
            except (OSError, http.client.HTTPException, ValueError) as error:
                failure = self._failure(error, deadline, is_sent=is_sent)
            except BaseException:
                # What was interrupted in the middle is not used again.
                self.close()
                raise
            else:
                # What was cut off can look whole, headers above all.
                if not deadline.is_over:
                    return answer
                failure = self._late(deadline, is_sent=is_sent)
        self.close()
        raise failure if is_sent else NotSent(failure.message, failure.hint, kind=failure.kind)

    def _exchanged(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: UnshownDict,
        body: SecretBytes | None,
    ) -> HttpAnswer:
        connection.request(method, path, body.reveal() if body is not None else None, headers)
        response = connection.getresponse()
        is_measured = response.length is not None or bool(response.chunked)
        received = response.read(self._limits.size + 1)
        if response.length and len(received) <= self._limits.size:
            raise http.client.IncompleteRead(b"")
        if not response.isclosed() or response.will_close:
            self.close()
        if len(received) > self._limits.size:
            raise _TooLarge
        if not self._address.is_secure and is_tls(received, response.status):
            raise SpeaksTls
        told = {name.lower(): text for name, text in response.getheaders()}
        return HttpAnswer(response.status, SecretBytes(received), told, is_measured)

    def _opened(self, context: ssl.SSLContext | None, deadline: Deadline) -> http.client.HTTPConnection:
        if self._http is not None and self._http.sock is not None and _is_quiet(self._http.sock):
            deadline.watch(self._http.sock)
            return self._http
        self.close()
        host, port, _ = self._address
        reached = _reached(host, port, deadline) if self._proxy is None else _to_proxy(self._proxy, deadline)
        try:
            deadline.watch(reached)
            if self._proxy is not None:
                _tunnel(reached, self._address, self._proxy)
            if context is not None:
                # With the handshake apart, the deadline can end that too.
                reached = context.wrap_socket(
                    reached, server_hostname=self._tls.server_name or host, do_handshake_on_connect=False
                )
                deadline.watch(reached)
                reached.do_handshake()
        except BaseException:
            reached.close()
            raise
        plain = http.client.HTTPConnection(host, port)
        self._http = plain if context is None else http.client.HTTPSConnection(host, port, context=context)
        # Opened here alone: http.client would connect anew by itself, without any of this.
        self._http.auto_open = 0
        self._http.sock = reached
        # Whoever asks keeps this as long as the command runs, and has no place to close it. Unlike __del__ it comes before the
        # socket's own end also if an error's frames keep all of it in a circle.
        self._end = weakref.finalize(self, self._http.close)
        return self._http

    def _checked_by(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = self._tls.context(self._who)
        return self._context

    def _failure(self, error: Exception, deadline: Deadline, *, is_sent: bool) -> RemoteError:
        who = self._who
        if isinstance(error, _ProxyRefused):
            message = f"the proxy of HTTPS_PROXY does not let us through to {who}: {error}"
            return RemoteError(message, _PROXY, kind=RemoteFailure.NO_NETWORK)
        if deadline.is_over or isinstance(error, TimeoutError):
            return self._late(deadline, is_sent=is_sent)
        if isinstance(error, OSError):
            return self._kept_off(obstacle(error, self._address, self._at(), self.setting))
        if isinstance(error, SpeaksTls) or (
            isinstance(error, http.client.BadStatusLine) and is_tls(str(error).encode("latin-1", "replace"))
        ):
            return self._kept_off(speaks_tls(self._address, self._at(), self.setting))
        if isinstance(error, _TooLarge):
            return RemoteError(f"what {who} sends is larger than {self._limits.size // 1024} KiB", self._hint)
        return RemoteError(f"{who} gave no whole answer", self._hint, kind=RemoteFailure.NOT_READY)

    def _kept_off(self, by: Obstacle) -> RemoteError:
        return RemoteError(f"{self._who} {by.words}", by.hint or self._hint, kind=by.kind)

    def _at(self) -> str:
        host, port, _ = self._address
        return "" if host in self._who else f" at {host if ':' not in host else f'[{host}]'}:{port}"

    def _late(self, deadline: Deadline, *, is_sent: bool) -> RemoteError:
        message = f"{self._who} took longer than {deadline.seconds:g} seconds"
        # If there was not even a connection, a server that is slow is the least likely reason.
        return RemoteError(message, self._hint if is_sent else REACHES, kind=RemoteFailure.NO_NETWORK)


def _nothing() -> None:
    """Ends what was never begun."""


_PROXY = "look at HTTPS_PROXY, and list what needs no proxy in NO_PROXY"


class _TooLarge(http.client.HTTPException):
    """More came than there is room for."""


class _ProxyRefused(OSError):
    """The proxy said no; its argument is why, in words of ours."""


def _is_quiet(idle: socket.socket) -> bool:
    """True if the server neither closed the connection nor said anything that it was not asked."""
    poll = select.poll()
    poll.register(idle, select.POLLIN)
    return not poll.poll(0) and not (isinstance(idle, ssl.SSLSocket) and idle.pending())


def _reached(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first of a host's addresses that takes one. None of them may use up the others' time."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failure = OSError()
    for left, (family, kind, protocol, _name, at) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        reached = socket.socket(family, kind, protocol)
        try:
            reached.settimeout(deadline.left() / left)
            reached.connect(at)
        except OSError as error:
            reached.close()
            failure = error
        else:
            reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return reached
    raise failure


def _to_proxy(proxy: Proxy, deadline: Deadline) -> socket.socket:
    try:
        return _reached(proxy.host, proxy.port, deadline)
    except TimeoutError:
        raise _ProxyRefused("it does not answer") from None
    except OSError as error:
        raise _ProxyRefused(os_reason(error)) from None


def _tunnel(reached: socket.socket, server: Address, proxy: Proxy) -> None:
    """Has a proxy connect this to the server; from then on nobody between can read or change anything."""
    place = f"[{server.host}]:{server.port}" if ":" in server.host else f"{server.host}:{server.port}"
    request = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n".encode("ascii")
    if proxy.credentials is not None:
        request += b"Proxy-Authorization: " + proxy.credentials.reveal() + b"\r\n"
    reached.sendall(request + b"\r\n")
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        # One by one: what comes after the head belongs to TLS.
        byte = reached.recv(1)
        if not byte or len(head) > _MOST_HEAD:
            raise _ProxyRefused("it gave no whole answer")
        head += byte
    status = head.split(maxsplit=2)[1:2]
    if not head.startswith(b"HTTP/1.") or not status or not status[0].isdigit():
        raise _ProxyRefused("it is no HTTP proxy")
    if int(status[0]) // 100 != _OK // 100:
        raise _ProxyRefused(f"status {int(status[0])}")
