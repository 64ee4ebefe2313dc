"""Writing files so that a reader, or a crash at any moment, finds the old bytes or the new ones and nothing between."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gitseal.errors import Error, os_reason, shell_quoted

_NEW_FILE_MODE = 0o666
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700
# The number is of the process that wrote it; an earlier gitseal gave none.
_TEMPORARY = re.compile(r"\..+\.(?:(\d+)-)?[0-9a-f]{12}\.tmp")


class NotSynced(Error):
    """A file has its new bytes, but the disk did not say that they would survive a power cut. `undone`: as if it had none."""

    def __init__(self, path: Path, error: OSError) -> None:
        reason = os_reason(error)
        super().__init__(
            f'"{path}" is written, but a power cut could undo it: {reason}',
            "look at what the system says of this disk: dmesg",
        )
        self.undone = _cannot(path, error)


def temporary_name(name: str) -> str:
    """A name in the same folder for what is to become the file of this name. `sweep` and `sweep_dead` know it."""
    return f".{name}.{os.getpid()}-{os.urandom(6).hex()}.tmp"


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replaces or makes the file at `path`.

    An existing file's mode is kept, unless `private` asks for 0600; a new file gets what the umask leaves. A symlink is
    refused, since the rename would turn it into a file; so is a device, a pipe or a folder. Raises Error; then `path` is as
    it was. Raises NotSynced if it is not.
    """
    if path.is_symlink():
        raise Error(
            f'"{path}" is a symbolic link, which gitseal does not write through',
            f"give the file itself: {os.path.realpath(path)}",
        )
    # Opening a pipe would wait for its other end, and replacing a device would take it away.
    if path.exists() and not path.is_file():
        raise Error(f'"{path}" is not a regular file, which gitseal does not replace', "give the path of a file")
    put(path, data, _PRIVATE if private else _NEW_FILE_MODE, None if private else _mode(path))


def put(path: Path, data: bytes, wanted: int, mode: int | None = None) -> None:
    """Puts a file in the place of whatever has its name, a link itself too, in one step.

    It gets what the umask leaves of the permissions `wanted`, or exactly `mode`. Raises Error, as `write` does.
    """
    # Beside the file and not in /tmp: only a rename within one file system replaces it in one step.
    temporary = path.parent / temporary_name(path.name)
    sweep_dead(path.parent, path.name)
    try:
        descriptor = open_unnamed(path.parent, wanted)
        is_named = descriptor is None
        if descriptor is None:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, wanted)
        try:
            with os.fdopen(descriptor, "wb") as file:
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
            with suppress(OSError):  # the reason of the failure counts, and it may forbid this too
                temporary.unlink()
            raise
    except OSError as error:
        raise _cannot(path, error) from None
    sync_written(path)


def make_folder(folder: Path) -> None:
    """Makes a private folder (0700) if there is none. Raises Error."""
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
    except OSError as error:
        raise _cannot(folder, error) from None


def sweep_folders(folder: Path) -> None:
    """Removes what killed processes left of a `new_folder` of this name."""
    import shutil

    for left in folder.parent.glob(f".{folder.name}.*.tmp"):
        made = _TEMPORARY.fullmatch(left.name)
        if made and made[1] and left.is_dir() and not left.is_symlink() and not _is_alive(int(made[1])):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Gives a folder of this name to fill, which stands in its place when the block ends, in one step, and else nowhere.

    Until then it lies in another one beside that place, by itself, which `sweep_folders` removes if it is left by a kill.
    Raises Error if it cannot be put there, also because something has that name.
    """
    import shutil  # `get` loads this file, and makes no folder

    sweep_folders(folder)
    room = folder.parent / temporary_name(folder.name)
    try:
        try:
            room.mkdir(mode=_PRIVATE_FOLDER)
            (room / folder.name).mkdir()
            yield room / folder.name
            (room / folder.name).rename(folder)
        except OSError as error:
            raise _cannot(folder, error) from None
        sync_written(folder)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def write_new(path: Path, data: bytes) -> None:
    """Makes a private file (0600) that must not exist yet; a kill at any moment leaves all of it or nothing.

    Raises FileExistsError, for a symlink too, and Error if it cannot be written.
    """
    temporary = path.parent / temporary_name(path.name)
    try:
        descriptor = open_unnamed(path.parent, _PRIVATE)
        if descriptor is None:
            _make(temporary, data)
            try:
                os.link(temporary, path)
            finally:
                temporary.unlink()
        else:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _PRIVATE)  # a umask could have left less, and the owner could not read it again
                file.write(data)
                file.flush()
                os.fsync(descriptor)
                # A link, and no rename: that would replace what stands there.
                os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)
    except FileExistsError:
        raise
    except OSError as error:
        raise _cannot(path, error) from None
    sync_written(path)


def remove(path: Path) -> None:
    """Removes a file, if there is one; that survives a power cut. Raises Error; NotSynced if it is gone."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Error(
            f'"{path}" cannot be removed: {os_reason(error)}', f"look at: ls -ld {shell_quoted(path.parent)}"
        ) from None
    sync_written(path)


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


def sweep_dead(folder: Path | int, name: str = "") -> None:
    """Removes what killed writers of the file of this name, or of any, left beside it; what a living process wrote stays.

    `folder` is its path, or an open descriptor of it. What cannot be removed stays.
    """
    beginning = f".{name}." if name else "."
    with suppress(OSError):
        for entry in os.scandir(folder):
            made = _TEMPORARY.fullmatch(entry.name) if entry.name.startswith(beginning) else None
            if made and entry.is_file(follow_symlinks=False) and made[1] and not _is_alive(int(made[1])):
                os.unlink(entry.path, dir_fd=folder if isinstance(folder, int) else None)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def append(path: Path, data: bytes) -> None:
    """Adds to the end of a file that another program reads, or makes it (0600). Raises Error; symlinks are refused."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(descriptor, "ab") as file:
            file.write(data)
    except OSError as error:
        raise _cannot(path, error) from None


def _make(path: Path, data: bytes) -> None:
    """Makes a private file that must not exist yet. Raises OSError; then nothing is left of it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
    try:
        _fill(descriptor, data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _fill(descriptor: int, data: bytes) -> None:
    try:
        os.fchmod(descriptor, _PRIVATE)
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


def sync_written(path: Path) -> None:
    """Raises NotSynced if a power cut may take back what stands at `path` now."""
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise NotSynced(path, error) from None


def _cannot(path: Path, error: OSError) -> Error:
    return Error(f'"{path}" cannot be written: {os_reason(error)}', f"look at: ls -ld {shell_quoted(path.parent)}")


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return None
