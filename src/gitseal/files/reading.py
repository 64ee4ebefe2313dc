"""Reading files that may have been committed by anyone."""

import os
import stat
from pathlib import Path

from gitseal.errors import Error

LIMIT = 64 * 1024 * 1024


def read_regular(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a regular file that is no symlink.

    Raises FileNotFoundError where there is none, Error for a symlink, a directory, a device, an unreadable file, or one
    larger than `limit` bytes.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_symlink():
            raise Error(
                f'"{path}" is a symbolic link, which could point anywhere',
                f'replace it with the file itself: rm "{path}"',
            ) from None
        raise Error(
            f'"{path}" cannot be read: {(error.strerror or "unknown").lower()}', f'look at: ls -l "{path}"'
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Error(f'"{path}" is not a regular file', f'look at: ls -ld "{path}"')
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Error(f'"{path}" is larger than {limit // 2**20} MiB', f'look at: ls -l "{path}"')
    return data
