"""Writing files so that a reader, or a crash at any moment, finds the old bytes or the new ones and nothing between."""

import errno
import os
import re
import stat
from pathlib import Path

from gitseal.errors import Error, os_reason, shell_quoted

_NEW_FILE_MODE = 0o666
_PRIVATE = 0o600
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{12}\.tmp")


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replaces or makes the file at `path`.

    An existing file's mode is kept, unless `private` asks for 0600; a new file gets what the umask leaves. A symlink is
    refused, since the rename would turn it into a file; so is a device, a pipe or a folder. Raises Error; then `path` is as
    it was.
    """
    if path.is_symlink():
        raise Error(
            f'"{path}" is a symbolic link, which gitseal does not write through',
            f"give the file itself: {os.path.realpath(path)}",
        )
    # Opening a pipe would wait for its other end, and replacing a device would take it away.
    if path.exists() and not path.is_file():
        raise Error(f'"{path}" is not a regular file, which gitseal does not replace', "give the path of a file")
    # Beside the file and not in /tmp: only a rename within one file system replaces it in one step.
    temporary = path.parent / f".{path.name}.{os.urandom(6).hex()}.tmp"
    wanted = _PRIVATE if private else _NEW_FILE_MODE
    try:
        descriptor = open_unnamed(path.parent, wanted)
        is_named = descriptor is None
        if descriptor is None:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, wanted)
        try:
            with os.fdopen(descriptor, "wb") as file:
                mode = None if private else _mode(path)
                if mode is not None:
                    os.fchmod(descriptor, mode)
                file.write(data)
                file.flush()
                os.fsync(descriptor)
                if not is_named:
                    # A folder makes Python call linkat(2), which follows the link; with an absolute path it is ignored.
                    os.link(f"/proc/self/fd/{descriptor}", temporary, src_dir_fd=descriptor, follow_symlinks=True)
            # Synced before the rename, or a power cut could leave the new name with no bytes.
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise _cannot(path, error) from None


def write_new(path: Path, data: bytes) -> None:
    """Makes a private file (0600) that must not exist yet; a kill at any moment leaves all of it or nothing.

    Raises FileExistsError, for a symlink too, and Error if it cannot be written.
    """
    temporary = path.parent / f".{path.name}.{os.urandom(6).hex()}.tmp"
    try:
        descriptor = open_unnamed(path.parent, _PRIVATE)
        if descriptor is None:
            make(temporary, data)
        else:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _PRIVATE)
                file.write(data)
                file.flush()
                os.fsync(descriptor)
                # A link, and no rename: that would replace what stands there.
                os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)
                sync_folder(path.parent)
            return
        try:
            os.link(temporary, path)
        finally:
            temporary.unlink()
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise _cannot(path, error) from None


def open_unnamed(folder: Path | str, mode: int, *, dir_fd: int | None = None) -> int | None:
    """A file without a name, which a kill at any moment leaves nowhere; None if the system has no such thing.

    `folder` is relative to `dir_fd`, if that is given.
    """
    if not hasattr(os, "O_TMPFILE") or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, mode, dir_fd=dir_fd)
    except OSError as error:
        # A file system without them says so in one of these ways (open(2), O_TMPFILE).
        if error.errno in {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}:
            return None
        raise


def sweep(folder: Path) -> None:
    """Removes what a killed `write` left in a folder. The caller holds the lock that all its writers take."""
    for entry in os.scandir(folder):
        if _TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            os.unlink(entry.path)


def append(path: Path, data: bytes) -> None:
    """Adds to the end of a file that another program reads, or makes it (0600). Raises Error; symlinks are refused."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(descriptor, "ab") as file:
            file.write(data)
    except OSError as error:
        raise _cannot(path, error) from None


def create(path: Path, data: bytes, mode: int = _PRIVATE) -> None:
    """Makes a file that must not exist yet, as `make` does. Raises FileExistsError, or Error if it cannot be written."""
    try:
        make(path, data, mode)
    except FileExistsError:
        raise
    except OSError as error:
        raise _cannot(path, error) from None


def make(path: Path, data: bytes, mode: int = _PRIVATE) -> None:
    """Makes a file that must not exist yet; a private one has exactly mode 0600, others what the umask leaves of `mode`.

    It and its name are on the disk afterwards. Raises OSError, FileExistsError for a dangling symlink too; then nothing is
    left of it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        _fill(descriptor, data, is_private=mode == _PRIVATE)
        sync_folder(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _fill(descriptor: int, data: bytes, *, is_private: bool) -> None:
    try:
        if is_private:
            os.fchmod(descriptor, _PRIVATE)  # a umask could have left less, and the owner could not read it again
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Makes renames and new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot(path: Path, error: OSError) -> Error:
    return Error(f'"{path}" cannot be written: {os_reason(error)}', f"look at: ls -ld {shell_quoted(path.parent)}")


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return None
