"""Identity files on the disk: read with care for what they are, written once and never over another."""

import os
import stat

from gitseal.errors import Error, os_reason
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    StrPath = str | os.PathLike[str]

_READ = 1024 * 1024 + 1  # one more than an identity file may have, so that `recipients` sees that it is too large
_PRIVATE_FOLDER = 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class IdentityText(NamedTuple):
    """The content of an identity file, and whether others than its owner can reach it."""

    content: SecretBytes
    exposed: bool


def read(path: "StrPath", *, special: bool) -> IdentityText:
    """Reads a file; `special` allows pipes, as `<(command)` makes them. Raises Error with the reason alone."""
    try:
        kind = os.stat(path).st_mode
        if not stat.S_ISREG(kind) and not (special and stat.S_ISFIFO(kind)):
            raise Error("not a regular file")
        with open(path, "rb") as file:
            content = SecretBytes(file.read(_READ))
    except FileNotFoundError:
        raise Error("no such file") from None
    except (OSError, ValueError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else "not a path"
        raise Error(reason.lower()) from None
    return IdentityText(content, exposed=stat.S_ISREG(kind) and bool(kind & _OTHERS))


def write_new(path: "Path", content: SecretBytes) -> None:
    """Writes a new file that only its owner can read, and its folders likewise; both are on the disk afterwards.

    Raises Error if the path exists, dangling symlinks included; then nothing was changed.
    """
    from gitseal.files import atomic

    _make_folders(path.parent)
    try:
        atomic.write_new(path, content.reveal())
    except FileExistsError:
        raise Error(
            f'"{path}" exists and is never overwritten', "name another file, or use the one that is there"
        ) from None


def _make_folders(folder: "Path") -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    try:
        for folder in reversed(missing):
            folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
    except OSError as failure:
        raise _cannot(folder, failure) from None


def _cannot(path: "Path", failure: OSError) -> Error:
    return Error(f'"{path}" cannot be written: {os_reason(failure)}', "name a file in a folder that you can write to")
