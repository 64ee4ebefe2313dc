"""Opening the browser, by a file that leads to the address: in a process list, everybody could read the token.

The program that opens it starts as if nothing of the folder were there: a repository's `webbrowser.py` would be led to the
address as well, and values in it.
"""

import os
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from gitseal.variables import for_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX, _FILE = "gitseal-studio-", "open.html"
# A folder that another `gitseal studio` makes just now has no lock yet.
_SECONDS_TO_LOCK = 60


@contextmanager
def led_to(address: str) -> "Iterator[None]":
    """Opens the browser at an address, and takes the file that leads there away at the end. Raises OSError."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    file = folder / _FILE
    try:
        file.touch(mode=0o600, exist_ok=False)
        with file.open("w", encoding="ascii") as held:
            # As long as this process lives, however it ends.
            _lock(held.fileno())
            held.write(
                f'<!doctype html><title>gitseal studio</title><meta http-equiv="refresh" content="0;url={address}">'
            )
            held.flush()
            _start(file)
            yield
    finally:
        _remove(folder)


def _start(file: Path) -> None:
    """Starts the program that opens a file in the browser. Some browsers end only when they are closed, so nobody waits."""
    nothing = subprocess.DEVNULL
    # -I: no module comes from the working directory or from PYTHONPATH. From "/", a relative entry of PATH names nothing
    # of the repository either.
    words = [sys.executable, "-I", "-m", "webbrowser", file.as_uri()]
    variables = for_child(os.environb)
    child = subprocess.Popen(
        words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, cwd="/", env=variables
    )
    Thread(target=child.wait, daemon=True).start()


def _sweep() -> None:
    """Takes away what a `gitseal studio` left that was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            about = folder.lstat()
            is_old = time.time() - about.st_mtime > _SECONDS_TO_LOCK
            if stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and is_old and not _is_in_use(folder):
                _remove(folder)


def _is_in_use(folder: Path) -> bool:
    """True if the process that made the folder still runs. Raises OSError if nobody can tell."""
    try:
        descriptor = os.open(folder / _FILE, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """True if the file was free; it is ours then, until it is closed."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)
    folder.rmdir()
