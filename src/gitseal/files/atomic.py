"""Writing files so that a reader, or a crash at any moment, finds the old bytes or the new ones and nothing between."""

import os
import stat
from pathlib import Path

from gitseal.errors import Error

_NEW_FILE_MODE = 0o666
_PRIVATE = 0o600


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replaces or makes the file at `path`.

    An existing file's mode is kept, unless `private` asks for 0600; a new file gets what the umask leaves. A symlink is
    refused, since the rename would turn it into a file. Raises Error; then `path` is as it was.
    """
    if path.is_symlink():
        raise Error(
            f'"{path}" is a symbolic link, which gitseal does not write through',
            f"give the file itself: {os.path.realpath(path)}",
        )
    temporary = path.parent / f".{path.name}.{os.urandom(6).hex()}.tmp"
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE if private else _NEW_FILE_MODE
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                mode = None if private else _mode(path)
                if mode is not None:
                    os.fchmod(descriptor, mode)
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise Error(f'"{path}" cannot be written: {error.strerror}', f'look at: ls -ld "{path.parent}"') from None


def create(path: Path, data: bytes, mode: int = _PRIVATE) -> None:
    """Makes a file that must not exist yet. Raises FileExistsError, or Error where it cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise Error(f'"{path}" cannot be written: {error.strerror}', f'look at: ls -ld "{path.parent}"') from None


def sync_folder(folder: Path) -> None:
    """Makes renames and new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return None
