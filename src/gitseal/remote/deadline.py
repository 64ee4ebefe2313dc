"""A time limit for everything that one request takes, and for everything that a library of others does for us."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread, Timer
from types import TracebackType
from typing import Self, TypeVar

_T = TypeVar("_T")


def within(seconds: float, call: Callable[[], _T], late: Exception) -> _T:
    """What a call gives, or raises. Raises `late` if that takes longer; the call goes on then, and nobody hears of it.

    A library's own limits count from one byte to the next, and for each of the many things that it asks. Nothing can end it,
    so it has a thread to itself, which ends with the program.
    """
    given: list[_T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            given.append(call())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            raised.append(error)

    thread = Thread(target=copy_context().run, args=(run,), daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised.pop()
    if not given:
        raise late
    return given.pop()


class Deadline:
    """Cuts a socket off when the time is over, which `is_over` says from then on.

    A server that sends a byte now and then never runs into the socket's own timeout.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._end = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def left(self) -> float:
        """The seconds that are left, never 0: a socket takes that for none at all."""
        return max(self._end - time.monotonic(), 0.001)

    def watch(self, watched: socket.socket) -> None:
        """Cuts off this socket, in place of one that was watched before."""
        watched.settimeout(self.left())
        self._socket = watched
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                # An SSLSocket's own `shutdown` would change it under the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
