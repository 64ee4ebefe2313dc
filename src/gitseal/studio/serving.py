"""The server: on this machine alone, for as long as somebody uses it.

It holds its port on both loopback addresses. Browsers take a name below `localhost` to `::1` first, and whoever listened there
would get the address with its token, and the cookie.
"""

import asyncio
import errno
import logging
import os
import socket
import time
from collections.abc import Callable, MutableMapping
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from gitseal.errors import Error, os_reason
from gitseal.git.committing import STOPPING
from gitseal.studio.admission import Admission
from gitseal.studio.app import application
from gitseal.studio.desk import Desk
from gitseal.studio.guard import KNOWN, Guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

IDLE_SECONDS = 15 * 60
_LOOK = 1.0
_PORT_TRIES = 20
_MOST_CONNECTIONS, _SECONDS_TO_ASK = 64, 10.0


class Ended(NamedTuple):
    """The end of a run, in words, and whether somebody has to know: a token that came twice."""

    words: str
    is_alarm: bool = False


def serve(desk: Desk, port: int, ready: Callable[[str], None], idle: float = IDLE_SECONDS) -> Ended:
    """Serves the desk until it is stopped, idle, or its terminal is gone; `ready` gets the address. Port 0: any free one.

    Raises Error if the port is taken.
    """
    admission = Admission()
    with ExitStack() as open_sockets:
        listening = [open_sockets.enter_context(one) for one in _listening(port)]
        chosen = listening[0].getsockname()[1]
        guard = Guard(application(desk, admission), admission, chosen)
        # Their lines would have addresses with the token, and tracebacks with values.
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
            logging.getLogger(name).disabled = True
        config = uvicorn.Config(
            guard,
            http=_Connection,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=2,
            # As many are taken at once before the first of them is looked at.
            backlog=_MOST_CONNECTIONS,
        )
        server = _Server(config, lambda: ready(admission.address(chosen)))
        watch = _EndWatch(guard, admission, idle)
        asyncio.run(_both(server, watch, listening))
        return watch.ended


class _Server(uvicorn.Server):
    """Says when it listens. Ctrl-C, a closed terminal and a plain kill end it in order."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> "Iterator[None]":
        import signal

        def stop(_number: int, _frame: "FrameType | None") -> None:
            self.should_exit = True

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _EndWatch:
    """Looks each second for a reason to end."""

    def __init__(self, guard: Guard, admission: Admission, idle: float) -> None:
        self._guard = guard
        self._admission = admission
        self._idle = idle
        self._parent = os.getppid()
        self._had_terminal = _has_terminal()
        self.ended = Ended("stopped")

    def reason(self) -> Ended | None:
        """Why to end now, None to go on."""
        if self._admission.is_over:
            words = "the address was opened a second time, so somebody else may have seen it; nothing answers any more"
            return Ended(words, is_alarm=True)
        if time.monotonic() - self._guard.last > self._idle:
            return Ended(f"nobody used the page for {self._idle / 60:g} minutes")
        if os.getppid() != self._parent or (self._had_terminal and not _has_terminal()):
            return Ended("the terminal is gone")
        return None


async def _both(server: _Server, watch: _EndWatch, listening: list[socket.socket]) -> None:
    serving = asyncio.create_task(server.serve(listening))
    while not serving.done():
        if server.should_exit:
            break
        reason = watch.reason()
        if reason is not None:
            watch.ended, server.should_exit = reason, True
            break
        await asyncio.wait([serving], timeout=_LOOK)
    # A commit that is under way ends with the page that asked for it.
    STOPPING.set()
    await serving


def _has_terminal() -> bool:
    """True while the terminal that this process was started on is there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


class _Connection(H11Protocol):
    """One connection. Everybody on this machine can open some, so they are few, and each has to ask for something soon."""

    opened = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.opened = self.loop.time()
        strangers = [one for one in self.connections if isinstance(one, _Connection) and not one.is_known]
        too_many = max(0, len(self.connections) - _MOST_CONNECTIONS + 1)
        for other in sorted(strangers, key=lambda one: one.opened)[:too_many]:
            other.transport.abort()
            self.connections.discard(other)
        if len(self.connections) >= _MOST_CONNECTIONS:
            transport.abort()
            return
        super().connection_made(transport)
        self.loop.call_later(_SECONDS_TO_ASK, self._close_silent)

    def _close_silent(self) -> None:
        if self.asks_nothing and not self.transport.is_closing():
            self.transport.abort()

    @property
    def is_known(self) -> bool:
        """True if the last request came with the cookie, also while the guard has not looked at it yet."""
        scope: MutableMapping[str, object] | None = self.scope  # type: ignore[assignment] # None before the first one
        return scope is not None and scope.get(KNOWN, True) is True

    @property
    def asks_nothing(self) -> bool:
        """True if no whole request came yet."""
        cycle: object = self.cycle
        return cycle is None


def _listening(port: int) -> list[socket.socket]:
    """Sockets on both loopback addresses. Raises Error if the port is taken on one; without a port, others are tried."""
    for tries_left in range(_PORT_TRIES - 1, -1, -1):
        opened: list[socket.socket] = []
        try:
            opened.append(_bound(socket.AF_INET, "127.0.0.1", port))
            if _has_ipv6():
                opened.append(_bound(socket.AF_INET6, "::1", opened[0].getsockname()[1]))
        except (OSError, OverflowError) as error:
            for one in opened:
                one.close()
            if port == 0 and tries_left and isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                continue
            reason = os_reason(error) if isinstance(error, OSError) else "there is no such port"
            raise Error(f"port {port} cannot be used: {reason}", "leave out --port, and a free one is taken") from None
        return opened
    raise AssertionError  # the last try returns or raises


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    # Without SO_REUSEADDR and SO_REUSEPORT: nobody else on this machine may answer for us.
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
        made.listen()
    except BaseException:
        made.close()
        raise
    return made


def _has_ipv6() -> bool:
    """True if this machine has `::1`; if not, nobody can listen there."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True
