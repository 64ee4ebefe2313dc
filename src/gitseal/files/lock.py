"""One writer at a time, by a lock on a folder that the kernel frees however the process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitseal.errors import Busy

_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.02


@contextmanager
def locked(folder: Path, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Holds the exclusive lock of `folder` for the length of the block; waits for it up to `wait` seconds.

    Nothing is left in the folder. Raises Busy if another process kept the lock for all that time.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy(f'another process is writing in "{folder}"', "try again when it is done") from None
                time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)
