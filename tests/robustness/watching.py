"""A value that is like nothing else, and ways to find it wherever it may have got to."""

import base64
import os
import threading
from pathlib import Path
from typing import Self

# Two lines, so that a tool which shows one of them is found too. Random, since other tests run beside this one.
NEEDLE = f"needle-{os.urandom(6).hex()}\nsecond-{os.urandom(6).hex()}"
PARTS = tuple(part.encode() for part in NEEDLE.split("\n"))
SHM = Path("/dev/shm")  # noqa: S108 - looked at, not written


def shows(content: bytes) -> bool:
    """Whether any part of the value is in it, as it is or in base64 (with any alignment) or hex."""
    forms = set(PARTS)
    for part in PARTS:
        forms.add(part.hex().encode())
        for shift in range(3):
            forms.add(base64.b64encode(b"\0" * shift + part)[4:-4])
    return any(form in content for form in forms)


class Watch:
    """Looks into every process and every file in memory, again and again, until it is told to stop."""

    def __init__(self, names: tuple[str, ...], parts: tuple[bytes, ...] = PARTS) -> None:
        self.parts = parts
        self.found: list[str] = []
        self.rounds = 0
        self.names = names
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.is_set():
            self.rounds += 1
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    for name in self.names:
                        self._file(process / name)

    def _file(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            return
        if any(part in content for part in self.parts):
            self.found.append(f"{path}: {content[:60]!r}")
