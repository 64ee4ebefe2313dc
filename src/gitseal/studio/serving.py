"""The server: on this machine alone, for as long as somebody uses it."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

import uvicorn

from gitseal.errors import Error, os_reason
from gitseal.studio.admission import Admission
from gitseal.studio.app import application
from gitseal.studio.desk import Desk
from gitseal.studio.guard import Guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

IDLE_SECONDS = 15 * 60
_LOOK = 1.0


class Ended(NamedTuple):
    """The end of a run, in words, and whether somebody has to know: a token that came twice."""

    words: str
    is_alarm: bool = False


def serve(desk: Desk, port: int, ready: Callable[[str], None], idle: float = IDLE_SECONDS) -> Ended:
    """Serves the desk until it is stopped, idle, or its terminal is gone; `ready` gets the address. Port 0: any free one.

    Raises Error if the port is taken.
    """
    admission = Admission()
    with _listening(port) as listening:
        chosen = listening.getsockname()[1]
        guard = Guard(application(desk, admission), admission, chosen)
        # Their lines would have addresses with the token, and tracebacks with values.
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).disabled = True
        config = uvicorn.Config(
            guard,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=2,
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
        self.ended = Ended("stopped")

    def reason(self) -> Ended | None:
        """Why to end now, None to go on."""
        if self._admission.is_over:
            words = "the address was opened a second time, so somebody else may have seen it; nothing answers any more"
            return Ended(words, is_alarm=True)
        if time.monotonic() - self._guard.last > self._idle:
            return Ended(f"nobody used the page for {self._idle / 60:g} minutes")
        if os.getppid() != self._parent:
            return Ended("the terminal is gone")
        return None


async def _both(server: _Server, watch: _EndWatch, listening: socket.socket) -> None:
    serving = asyncio.create_task(server.serve([listening]))
    while not serving.done():
        reason = watch.reason()
        if reason is not None:
            watch.ended, server.should_exit = reason, True
            break
        await asyncio.wait([serving], timeout=_LOOK)
    await serving


def _listening(port: int) -> socket.socket:
    # Not SO_REUSEPORT, and on a port of our own: nobody else on this machine may answer for us.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.bind(("127.0.0.1", port))
        made.listen()
    except (OSError, OverflowError) as error:
        made.close()
        reason = os_reason(error) if isinstance(error, OSError) else "there is no such port"
        raise Error(f"port {port} cannot be used: {reason}", "leave out --port, and a free one is taken") from None
    return made
