"""`run` with redaction: the command's output goes through this process, its signals and its status pass."""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Self

from gitseal.process.redacting import Redactor
from gitseal.process.replacing import not_started

_CHUNK = 65536
# How long a stream rests before what can be shown of its end is shown.
_REST_SECONDS = 0.02
_FORWARDED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_FROM_KEYBOARD = frozenset({signal.SIGINT, signal.SIGQUIT})
_SIGNALLED = 128


def run(
    command: Sequence[str], environ: Mapping[bytes, bytes], forms: Mapping[bytes, str], streams: frozenset[int]
) -> int:
    """Runs `command` with the streams of `streams` (1, 2 or both) redacted, and gives its status, 128+n for signal n.

    Raises NotStarted where it cannot be started.
    """
    with _Forwarding() as forwarding:
        pipes = dict.fromkeys(streams, subprocess.PIPE)
        try:
            child = subprocess.Popen(list(command), env=dict(environ), stdout=pipes.get(1), stderr=pipes.get(2))
        except OSError as error:
            raise not_started(command[0], error) from None
        forwarding.to(child)
        # The pump reads and closes descriptors of its own.
        targets = {}
        for stream, source in ((1, child.stdout), (2, child.stderr)):
            if source is not None:
                targets[os.dup(source.fileno())] = stream
                source.close()
        _Pump(targets, forms).run()
        status = child.wait()
    return _SIGNALLED - status if status < 0 else status


class _Pump:
    """The streams that are open, each with its redactor. `targets` maps a pipe to the descriptor that it ends in."""

    def __init__(self, targets: Mapping[int, int], forms: Mapping[bytes, str]) -> None:
        self._targets = dict(targets)
        self._redactors = {pipe: Redactor(forms) for pipe in targets}
        self._resting = set(targets)

    def run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for pipe in self._targets:
                selector.register(pipe, selectors.EVENT_READ)
            open_pipes = set(self._targets)
            while open_pipes:
                ready = selector.select(None if self._resting >= open_pipes else _REST_SECONDS)
                for key, _ in ready:
                    if not self._read(key.fd):
                        # Closed, so that a command whose output nobody reads on meets SIGPIPE as it would without us.
                        selector.unregister(key.fd)
                        os.close(key.fd)
                        open_pipes.discard(key.fd)
                if not ready:
                    self._rest(open_pipes)

    def _read(self, pipe: int) -> bool:
        """Passes one chunk on; False at the end of the stream, or where nobody reads what comes out."""
        chunk = os.read(pipe, _CHUNK)
        redactor = self._redactors[pipe]
        self._resting.discard(pipe)
        try:
            _write(self._targets[pipe], redactor.feed(chunk) if chunk else redactor.finish())
        except BrokenPipeError:
            return False
        return bool(chunk)

    def _rest(self, pipes: set[int]) -> None:
        for pipe in pipes - self._resting:
            _write(self._targets[pipe], self._redactors[pipe].idle())
            self._resting.add(pipe)


def _write(target: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(target, view) :]


class _Forwarding:
    """Passes signals on to the child, but what the keyboard sent to both already. What comes before the child waits."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._forward) for number in _FORWARDED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def to(self, child: "subprocess.Popen[bytes]") -> None:
        """Begins to pass signals on."""
        self._child = child
        for number in self._waiting:
            child.send_signal(number)

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        if number in _FROM_KEYBOARD and _in_foreground():
            return
        if self._child is None:
            self._waiting.append(number)
        else:
            self._child.send_signal(number)


def _in_foreground() -> bool:
    try:
        return sys.stdin is not None and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
