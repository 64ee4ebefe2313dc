"""A private place for plaintext while an editor or a program works on it: in memory, if the system has such a place."""

import os
import re
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from gitseal.errors import Error
from gitseal.files import atomic

_PREFIX = "gitseal-"
# The folders of this process that are still there.
_present: set[Path] = set()
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def memory_folder(environ: Mapping[str, str]) -> Path | None:
    """A folder on storage that is kept in memory: `/dev/shm`, else `$XDG_RUNTIME_DIR`; None if the system has neither."""
    for candidate in ("/dev/shm", environ.get("XDG_RUNTIME_DIR", "")):  # noqa: S108 - a private folder is made in it
        if candidate and os.access(candidate, os.W_OK | os.X_OK) and _is_in_memory(Path(candidate)):
            return Path(candidate)
    return None


def _is_in_memory(folder: Path) -> bool:
    """True if the folder lies in a tmpfs or ramfs, by the mount table of Linux (proc(5), mountinfo); False elsewhere."""
    try:
        device = folder.stat().st_dev
        lines = Path("/proc/self/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return False
    wanted = f"{os.major(device)}:{os.minor(device)}"
    # `36 35 98:0 /root /mount/point options [fields...] - type source options`
    return any(
        mount.split(" ")[2] == wanted and kind.split(" ")[0] in {"tmpfs", "ramfs"}
        for mount, _, kind in (line.partition(" - ") for line in lines)
    )


@contextmanager
def private_folder(environ: Mapping[str, str], *, in_memory: bool = False) -> Iterator[Path]:
    """A new folder of mode 0700 that is gone when the block is left, by whatever way but SIGKILL.

    It is in memory if the system has such a place; else with the temporary files, or with `in_memory` Error is raised.
    SIGINT, SIGTERM, SIGHUP and SIGQUIT become KeyboardInterrupt inside the block, so that it is left in order. What a
    killed process of the same user left behind is removed first.
    """
    parent = memory_folder(environ)
    if parent is None and in_memory:
        raise Error(
            "there is no storage in memory here: neither /dev/shm nor XDG_RUNTIME_DIR is a tmpfs that can be written to",
            "write the files to a folder of your own with gitseal render --files, and remove them afterwards",
        )
    _sweep(parent or Path(tempfile.gettempdir()))
    with _interruptible() as ignore_signals:
        # Named before it is made: a signal may come before `mkdtemp` could have said its name.
        folder = (parent or Path(tempfile.gettempdir())) / f"{_PREFIX}{os.getpid()}-{os.urandom(8).hex()}"
        _present.add(folder)
        try:
            atomic.make_folder(folder)
            yield folder
        finally:
            # A second signal must not leave half of it behind, nor a first one that comes right here.
            try:
                ignore_signals()
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                if not folder.exists():  # else it is tried once more at the end
                    _present.discard(folder)


def remove_rest() -> None:
    """Removes the folders whose block was never left. The program calls it at its end.

    An interrupt may come in Python's own code around a block, when the block has not begun or is about to be left.
    """
    for folder in _present:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Makes KeyboardInterrupt of the signals inside the block, until what it gives is called: from then on they are ignored.

    One that has a handler keeps it, as Python's own for SIGINT; one that is ignored stays so, as nohup wants.
    """
    before = {number: signal.getsignal(number) for number in _ENDING_SIGNALS}

    def ignore() -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)

    try:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, _interrupt)
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _sweep(parent: Path) -> None:
    for left in parent.glob(f"{_PREFIX}*"):
        made = re.match(rf"{_PREFIX}(\d+)-", left.name)
        if made and _is_own_folder(left) and not Path(f"/proc/{made[1]}").exists():
            try:
                os.kill(int(made[1]), 0)
            except ProcessLookupError:
                shutil.rmtree(left, ignore_errors=True)
            except (PermissionError, OverflowError):
                continue


def _is_own_folder(path: Path) -> bool:
    """True for a folder of this user's that is no link; False if it went away meanwhile: others sweep too."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
