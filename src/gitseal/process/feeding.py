"""Bytes as the standard input of a command."""

import os
import threading
from contextlib import suppress


class Feed:
    """A pipe with bytes in it. `reader` is the descriptor for the command.

    They are there before the command begins, as far as a pipe takes them (64 KiB on Linux): a command whose parent is killed
    right after its start must not take an empty input for all that it was to get.
    """

    def __init__(self, content: bytes) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._rest = content[os.write(self._writer, content) :] if content else b""

    def go_on(self) -> None:
        """Writes what did not fit, now that the command has the reader, or that it never will."""
        os.close(self.reader)
        if not self._rest:
            os.close(self._writer)
            return
        os.set_blocking(self._writer, True)
        # In a thread: a command may write before it reads.
        threading.Thread(target=self._write, daemon=True).start()

    def _write(self) -> None:
        # A command need not read what it is given.
        with suppress(BrokenPipeError), os.fdopen(self._writer, "wb") as pipe:
            pipe.write(self._rest)
