r"""One value typed or pasted on the terminal, unseen, of any number of lines.

A terminal with bracketed paste says where a paste begins and ends (`ESC [ 200 ~` and `ESC [ 201 ~`), so that its line ends are
part of the value. Of one without it only the clock tells: nobody types on within a tenth of a second after the return key.
What is left of a paste never stays in the terminal's queue, from which the shell would run it.
"""

import os
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

_ON, _OFF = b"\x1b[?2004h", b"\x1b[?2004l"
_BEGIN, _END = b"\x1b[200~", b"\x1b[201~"
_ENTER, _ERASE, _ERASE_ALL, _LEAVE, _ESCAPE = b"\r\n", b"\x7f\x08", b"\x15", b"\x04", b"\x1b"
_PASTE_PAUSE = 0.1
_LOCAL_MODES, _CONTROL = 3, 6


def read_unseen(prompt: bytes) -> bytes | None:
    """The value that a person types or pastes after the prompt; None if they leave by Ctrl-D or the terminal goes.

    A paste of one line loses its line end; one of several keeps its last. Raises KeyboardInterrupt on
    Ctrl-C. Standard input has to be a terminal.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        terminal = os.dup(sys.stdin.fileno())  # a terminal that is not the process's own
    try:
        with _unseen(terminal):
            os.write(terminal, prompt + _ON)
            try:
                return _TypedLine(terminal).read()
            finally:
                os.write(terminal, _OFF + b"\n")
    finally:
        os.close(terminal)


@contextmanager
def _unseen(terminal: int) -> Iterator[None]:
    """No echo, and each key as it comes; signals stay with their keys. What was not read is thrown away at both ends."""
    before = termios.tcgetattr(terminal)
    now = termios.tcgetattr(terminal)
    now[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    now[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    now[_CONTROL][termios.VMIN], now[_CONTROL][termios.VTIME] = 1, 0
    termios.tcsetattr(terminal, termios.TCSAFLUSH, now)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


class _TypedLine:
    """The bytes of one value as they arrive. `is_first` says that the last key began what one read gave.

    A terminal that marked one paste marks all of them.
    """

    def __init__(self, terminal: int) -> None:
        self.terminal = terminal
        self.waiting = b""
        self.is_first = True
        self.marks_pastes = False
        self.value = bytearray()

    def read(self) -> bytes | None:
        while True:
            key = self.next()
            if key is None or (key == _LEAVE and not self.value):
                return None
            if key in _ENTER:
                if key == b"\r":
                    self.waiting = self.waiting.removeprefix(b"\n")
                is_pasted = not self.marks_pastes and not self.is_first and b"\n" in self.value
                if self.marks_pastes or not self.is_more():
                    return _without_lone_end(bytes(self.value) + (b"\n" if is_pasted else b""))
                self.value += b"\n"
            elif key == _LEAVE:
                return _without_lone_end(bytes(self.value))
            else:
                self.take(key)

    def take(self, key: bytes) -> None:
        """Any key but those that end the value."""
        if key == _ESCAPE:
            self.escape()
        elif key in _ERASE:
            text = self.value.decode("utf-8", "surrogateescape")
            self.value[:] = text[:-1].encode("utf-8", "surrogateescape")
        elif key == _ERASE_ALL:
            self.value.clear()
        else:
            self.value += key

    def next(self) -> bytes | None:
        """The next byte; None if the terminal is gone."""
        self.is_first = not self.waiting
        if self.is_first:
            try:
                self.waiting = os.read(self.terminal, 65536)
            except OSError:
                return None  # Linux says EIO of a terminal that was closed
        key, self.waiting = self.waiting[:1], self.waiting[1:]
        return key or None

    def is_more(self) -> bool:
        """True if more came with the return key, so that it is a line end of a paste."""
        return bool(self.waiting) or bool(select.select([self.terminal], [], [], _PASTE_PAUSE)[0])

    def escape(self) -> None:
        """Takes a paste, or passes over another key that sends several bytes, such as an arrow."""
        kind = self.next()
        if kind is None or kind not in b"[O":
            return
        sequence = _ESCAPE + kind
        while key := self.next():
            sequence += key
            if sequence == _BEGIN:
                self.paste()
            # ECMA-48, 5.4: one byte from @ to ~ ends a control sequence.
            if b"@" <= key <= b"~":
                return

    def paste(self) -> None:
        self.marks_pastes = True
        pasted = bytearray()
        while not pasted.endswith(_END) and (key := self.next()):
            pasted += key
        lines = bytes(pasted).removesuffix(_END).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.value += lines
        count = len(lines.splitlines())
        if count > 1:
            os.write(self.terminal, b"(%d lines pasted; end with Enter) " % count)


def _without_lone_end(value: bytes) -> bytes:
    """One line without its line end, which was only copied with it; several lines as they are."""
    return value[:-1] if value.count(b"\n") == 1 and value.endswith(b"\n") else value
