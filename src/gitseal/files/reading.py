"""Reading files that may have been committed by anyone."""

import os
import stat

from gitseal.errors import Error, os_reason, shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    StrPath = str | os.PathLike[str]

LIMIT = 64 * 1024 * 1024


def unreadable(path: "StrPath", error: OSError) -> Error:
    """The error for a file that a person named and that cannot be read, with what to look at: of a missing one its folder."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        folder = os.path.dirname(path) or "."
        return Error(f'"{path}" cannot be read: {os_reason(error)}', f"see what is there: ls -a {shell_quoted(folder)}")
    return Error(f'"{path}" cannot be read: {os_reason(error)}', f"look at: ls -l {shell_quoted(path)}")


def read_named(path: "StrPath") -> bytes:
    """The bytes of a file that a person named. It may be a pipe, such as that of a shell's <(...)."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise unreadable(path, error) from None


def read_regular(path: "StrPath", limit: int = LIMIT) -> bytes:
    """The bytes of a regular file that is no symlink.

    Raises FileNotFoundError if there is none, Error for a symlink, a directory, a device, an unreadable file, or one larger
    than `limit` bytes.
    """
    # A pipe that somebody put in the place of a file must not stop us: O_NONBLOCK opens it at once, and it is refused below.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        if os.path.islink(path):
            raise Error(
                f'"{path}" is a symbolic link, which could point anywhere',
                f"see where it leads, and put the file itself there: ls -l {shell_quoted(path)}",
            ) from None
        raise unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Error(f'"{path}" is not a regular file', f"look at: ls -ld {shell_quoted(path)}")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Error(f'"{path}" is larger than {limit // 2**20} MiB', f"look at: ls -l {shell_quoted(path)}")
    return data
