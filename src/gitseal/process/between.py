"""`run` with something to do beside the command: its output is redacted, or files are removed after it.

The command's signals and its status pass; streams that are not redacted stay the command's own.
"""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Self

from gitseal.process.redacting import Patterns, Redactor
from gitseal.process.replacing import not_started

_OUT, _ERR = 1, 2
_CHUNK = 65536
# How long a stream rests before what can be shown of its end is shown.
_REST_SECONDS = 0.02
_FORWARDED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_FROM_KEYBOARD = frozenset({signal.SIGINT, signal.SIGQUIT})
_SIGNALLED = 128


def run(
    command: Sequence[str], environ: Mapping[bytes, bytes], forms: Mapping[bytes, str], streams: frozenset[int]
) -> int:
    """Runs `command` with the streams of `streams` (1, 2, both or none) redacted, and gives its status, 128+n for signal n.

    It ends when the command has, and all that still writes to a redacted stream; a signal after the command's end ends the
    wait for these. Raises NotStarted where the command cannot be started, OSError where its output cannot be written.
    """
    with _Forwarding() as forwarding:
        pipes = dict.fromkeys(streams, subprocess.PIPE)
        if streams == {_OUT, _ERR} and os.path.sameopenfile(_OUT, _ERR):
            # Lines that go to one place keep their order.
            pipes[_ERR] = subprocess.STDOUT
        try:
            child = subprocess.Popen(list(command), env=dict(environ), stdout=pipes.get(_OUT), stderr=pipes.get(_ERR))
        except OSError as error:
            raise not_started(command[0], error) from None
        forwarding.to(child)
        # The pump reads and closes descriptors of its own.
        targets = {}
        for stream, source in ((_OUT, child.stdout), (_ERR, child.stderr)):
            if source is not None:
                targets[os.dup(source.fileno())] = stream
                source.close()
        pump = _Pump(targets, forms, forwarding.late)
        pump.run()
        status = child.wait()
    if pump.failure is not None:
        raise pump.failure
    return _SIGNALLED - status if status < 0 else status


class _Pump:
    """The streams that are open, each with its redactor. `targets` maps a pipe to the descriptor that it ends in.

    When `stop` becomes readable, what has been written is passed on, and no more is waited for. `failure` is what kept an
    output from being written; that its reader went away is none.
    """

    def __init__(self, targets: Mapping[int, int], forms: Mapping[bytes, str], stop: int) -> None:
        patterns = Patterns(forms)
        self.failure: OSError | None = None
        self._targets = dict(targets)
        self._redactors = {pipe: Redactor(patterns) for pipe in targets}
        self._resting = set(targets)
        self._open = set(targets)
        self._stop = stop
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        with self._selector:
            for descriptor in (*self._open, self._stop):
                self._selector.register(descriptor, selectors.EVENT_READ)
            is_stopped = False
            while self._open:
                rest = None if self._resting >= self._open else _REST_SECONDS
                ready = [key.fd for key, _ in self._selector.select(0 if is_stopped else rest)]
                if self._stop in ready:
                    is_stopped = True
                    self._selector.unregister(self._stop)
                for pipe in self._open.intersection(ready):
                    self._read(pipe)
                if not ready:
                    self._rest(ended=is_stopped)

    def _read(self, pipe: int) -> None:
        """Passes one chunk on."""
        chunk = os.read(pipe, _CHUNK)
        self._resting.discard(pipe)
        redactor = self._redactors[pipe]
        self._pass(pipe, redactor.feed(chunk) if chunk else redactor.finish(), ended=not chunk)

    def _rest(self, *, ended: bool) -> None:
        for pipe in self._open.copy() if ended else self._open - self._resting:
            self._resting.add(pipe)
            redactor = self._redactors[pipe]
            self._pass(pipe, redactor.finish() if ended else redactor.idle(), ended=ended)

    def _pass(self, pipe: int, content: bytes, *, ended: bool) -> None:
        """Writes to where a stream ends. The pipe is closed at the stream's end, and where it cannot be written on."""
        try:
            _write(self._targets[pipe], content)
        except BrokenPipeError:
            ended = True
        except OSError as error:
            self.failure = error
            ended = True
        if ended:
            # A command whose output nobody reads on meets SIGPIPE as it would without us.
            self._open.discard(pipe)
            self._selector.unregister(pipe)
            os.close(pipe)


def _write(target: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        try:
            view = view[os.write(target, view) :]
        except BlockingIOError:
            # Whoever made this pipe may have told it not to wait.
            with selectors.DefaultSelector() as selector:
                selector.register(target, selectors.EVENT_WRITE)
                selector.select()


class _Forwarding:
    """Passes signals on to the child, but what the keyboard sent to both already. What comes before the child waits.

    What comes after the child makes `late` readable: there is nobody left to pass it on to.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    def __enter__(self) -> Self:
        self.late, self._tell = os.pipe()
        self._before = {number: signal.signal(number, self._forward) for number in _FORWARDED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._tell)
        os.close(self.late)

    def to(self, child: "subprocess.Popen[bytes]") -> None:
        """Begins to pass signals on."""
        self._child = child
        for number in self._waiting:
            child.send_signal(number)

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        if self._child is not None and self._child.poll() is not None:
            os.write(self._tell, b".")
        elif number in _FROM_KEYBOARD and _in_foreground():
            return
        elif self._child is None:
            self._waiting.append(number)
        else:
            self._child.send_signal(number)


def _in_foreground() -> bool:
    try:
        return sys.stdin is not None and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
