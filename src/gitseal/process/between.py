"""`run` if gitseal has to stay beside the command, to redact its output or to remove files after it; and a provider of `rotate`.

Signals go on to the command, and its status comes back. A stream that is not redacted is the command's own: it may be a
terminal, and gitseal is not between.
"""

import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Self

from gitseal.process.feeding import Feed
from gitseal.process.replacing import not_started

TYPE_CHECKING = False
if TYPE_CHECKING:  # a command that writes nothing needs no search
    from gitseal.process.patterns import Patterns
    from gitseal.process.redacting import Redactor

_OUT, _ERR = 1, 2
_CHUNK = 65536
# A stream that is silent for this long shows what it can of its end. Too short for a person to notice at a prompt, and long
# enough that a command that writes without pause is not searched for every few bytes.
_REST_SECONDS = 0.02
_FORWARDED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_FROM_KEYBOARD = frozenset({signal.SIGINT, signal.SIGQUIT})
_SIGNALLED = 128


def run(
    command: Sequence[str],
    environ: Mapping[bytes, bytes],
    secrets: Sequence[tuple[str, bytes]],
    streams: frozenset[int],
    given: bytes | None = None,
    collected: "Collected | None" = None,
    folder: str | None = None,
) -> int:
    """Run `command` and give its status, 128 + n if signal n ended it.

    With `given`, that is its standard input. With `collected`, its standard output goes there, and nowhere else. It starts in
    `folder`, or where we are.

    `streams` are the descriptors to redact (1, 2, both or none), `secrets` the values to replace with the names to show
    instead; the first name keeps what two have in common. It returns when the command has ended, and every process that still
    writes to a redacted stream; a signal after the command's end ends the wait for those. Raises NotStarted if the command
    cannot be started, OSError if its output cannot be written.
    """
    with _Forwarding() as forwarding:
        pipes = dict.fromkeys(streams, subprocess.PIPE)
        if collected is not None:
            pipes[_OUT] = subprocess.PIPE
        elif streams == {_OUT, _ERR} and os.path.sameopenfile(_OUT, _ERR):
            # Both go to one file or terminal: through one pipe, so that their lines keep their order.
            pipes[_ERR] = subprocess.STDOUT
        child = _started(command, environ, pipes, given, folder)
        forwarding.to(child)
        # Copies, which the pump closes one by one. Popen's own file objects would close the descriptors a second time, when
        # the numbers may belong to somebody else.
        targets = {}
        for stream, source in ((_OUT, child.stdout), (_ERR, child.stderr)):
            if source is not None:
                targets[os.dup(source.fileno())] = stream
                source.close()
        pump = _Pump(targets, secrets, forwarding.late, collected)
        pump.run()
        status = child.wait()
    if pump.failure is not None:
        raise pump.failure
    return _SIGNALLED - status if status < 0 else status


def _started(
    command: Sequence[str],
    environ: Mapping[bytes, bytes],
    pipes: Mapping[int, int],
    given: bytes | None,
    folder: str | None,
) -> subprocess.Popen[bytes]:
    feed = Feed(given) if given is not None else None
    try:
        return subprocess.Popen(
            list(command),
            env=dict(environ),
            stdin=feed.reader if feed is not None else None,
            stdout=pipes.get(_OUT),
            stderr=pipes.get(_ERR),
            cwd=folder,
        )
    except OSError as error:
        raise not_started(command[0], error, environ) from None
    finally:
        if feed is not None:
            feed.go_on()


class Collected:
    """What a command printed, up to a limit; `is_too_long` says that there was more."""

    def __init__(self, limit: int) -> None:
        self.content = bytearray()
        self.is_too_long = False
        self._limit = limit

    def add(self, chunk: bytes) -> None:
        """Takes up what fits."""
        room = self._limit - len(self.content)
        self.content += chunk[:room]
        self.is_too_long |= len(chunk) > room


class _Pump:
    """Passes on what comes out of pipes, each through its own redactor. `targets` maps a pipe to the descriptor it goes to.

    When `stop` becomes readable, the pump passes on what was written so far and waits for no more. `failure` is the error
    that kept an output from being written, if any; a reader that went away is no failure.
    """

    def __init__(
        self,
        targets: Mapping[int, int],
        secrets: Sequence[tuple[str, bytes]],
        stop: int,
        collected: Collected | None = None,
    ) -> None:
        self._collected = collected
        self.failure: OSError | None = None
        self._targets = dict(targets)
        self._secrets = secrets
        self._patterns: Patterns | None = None
        self._redactors: dict[int, Redactor] = {}
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
                # A stream that rests has shown all it can. If all of them rest, only new output can change anything, and
                # there is no need to wake up for it.
                rest = None if self._resting >= self._open else _REST_SECONDS
                ready = [key.fd for key, _ in self._selector.select(0 if is_stopped else rest)]
                if self._stop in ready:
                    is_stopped = True
                    self._selector.unregister(self._stop)
                for pipe in self._open.intersection(ready):
                    self._read(pipe)
                # Nobody wrote in the meantime. After a stop that means that all pipes are empty.
                if not ready:
                    self._rest(ended=is_stopped)

    def _read(self, pipe: int) -> None:
        chunk = os.read(pipe, _CHUNK)
        if self._collected is not None and self._targets[pipe] == _OUT:
            self._collected.add(chunk)
            self._pass(pipe, b"", ended=not chunk)
            return
        self._resting.discard(pipe)
        self._pass(pipe, self._redactor(pipe).feed(chunk) if chunk else self._finished(pipe), ended=not chunk)

    def _redactor(self, pipe: int) -> "Redactor":
        """The redactor of a pipe, made when something comes out of it."""
        from gitseal.process.patterns import Patterns
        from gitseal.process.redacting import Redactor

        if self._patterns is None:
            self._patterns = Patterns.of(self._secrets)
        return self._redactors.get(pipe) or self._redactors.setdefault(pipe, Redactor(self._patterns))

    def _finished(self, pipe: int) -> bytes:
        return self._redactors[pipe].finish() if pipe in self._redactors else b""

    def _rest(self, *, ended: bool) -> None:
        """Show what the silent streams hold back, so that a prompt without a line end appears; all of it if they ended."""
        for pipe in self._open.copy() if ended else self._open - self._resting:
            self._resting.add(pipe)
            # A stream that is silent from the start rests already.
            self._pass(pipe, self._finished(pipe) if ended else self._redactor(pipe).idle(), ended=ended)

    def _pass(self, pipe: int, content: bytes, *, ended: bool) -> None:
        """Write to where a stream goes. The pipe is closed when the stream has ended, and if nothing more can be written."""
        try:
            _write(self._targets[pipe], content)
        except BrokenPipeError:
            ended = True
        except OSError as error:
            self.failure = error
            ended = True
        if ended:
            # Closing our end gives the command SIGPIPE at its next write, as it would have without us in between.
            self._open.discard(pipe)
            self._selector.unregister(pipe)
            os.close(pipe)


def _write(target: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        try:
            view = view[os.write(target, view) :]
        except BlockingIOError:
            # Our standard output may be a pipe that somebody set to O_NONBLOCK: then a full pipe is an error, and not a wait.
            with selectors.DefaultSelector() as selector:
                selector.register(target, selectors.EVENT_WRITE)
                selector.select()


class _Forwarding:
    """Passes signals on to the child while the block runs. Those that arrive before there is a child are kept for it.

    A signal after the child's end makes `late` readable: there is nobody left to pass it on to.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    def __enter__(self) -> Self:
        self.late, self._tell = os.pipe()
        # In another thread the process is somebody else's, who says what its signals mean.
        is_ours = threading.current_thread() is threading.main_thread()
        self._before = {number: signal.signal(number, self._forward) for number in _FORWARDED} if is_ours else {}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._tell)
        os.close(self.late)

    def to(self, child: "subprocess.Popen[bytes]") -> None:
        """Name the child, and send it what arrived before it was there."""
        self._child = child
        for number in self._waiting:
            child.send_signal(number)

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        if self._child is not None and self._child.poll() is not None:
            # A pipe, because a handler must not touch what the loop is just working on.
            os.write(self._tell, b".")
        # Ctrl-C goes to every process in the foreground: the child has it already, and a second one often means "at once".
        elif number in _FROM_KEYBOARD and _in_foreground():
            return
        elif self._child is None:
            self._waiting.append(number)
        else:
            self._child.send_signal(number)


def _in_foreground() -> bool:
    # Only then can the signal have come from the keyboard. Without a terminal, somebody sent it to this process alone.
    try:
        return sys.stdin is not None and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
