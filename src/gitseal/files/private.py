"""A private place for plaintext while an editor or a program works on it: in memory where the system has such a place."""

import os
import re
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_PREFIX = "gitseal-"
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def memory_folder(environ: Mapping[str, str]) -> Path | None:
    """A folder on storage that is not written to a disk: `/dev/shm`, else `$XDG_RUNTIME_DIR`; None where there is none."""
    for candidate in ("/dev/shm", environ.get("XDG_RUNTIME_DIR", "")):  # noqa: S108 - a private folder is made in it
        if candidate and Path(candidate).is_dir() and os.access(candidate, os.W_OK | os.X_OK):
            return Path(candidate)
    return None


@contextmanager
def private_folder(environ: Mapping[str, str]) -> Iterator[Path]:
    """A new folder of mode 0700 that is gone when the block is left, by whatever way but SIGKILL.

    SIGINT, SIGTERM, SIGHUP and SIGQUIT become KeyboardInterrupt inside the block, so that it is left in order. What a
    killed process of the same user left behind is removed first.
    """
    parent = memory_folder(environ)
    _sweep(parent or Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
    before = {number: signal.signal(number, _interrupt) for number in _ENDING_SIGNALS}
    try:
        yield folder
    finally:
        # A second signal must not leave half of it behind.
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        shutil.rmtree(folder, ignore_errors=True)
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _sweep(parent: Path) -> None:
    for left in parent.glob(f"{_PREFIX}*"):
        found = re.match(rf"{_PREFIX}(\d+)-", left.name)
        if found and _is_own_folder(left) and not Path(f"/proc/{found[1]}").exists():
            try:
                os.kill(int(found[1]), 0)
            except ProcessLookupError:
                shutil.rmtree(left, ignore_errors=True)
            except (PermissionError, OverflowError):
                continue


def _is_own_folder(path: Path) -> bool:
    """Whether it is a folder of this user's and no link; False where it went away meanwhile: others sweep too."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
