"""Notes in the log of reads: who got which values of a protected environment, on this machine."""

import os
import time
from collections.abc import Mapping

from gitseal.audit.history import reads
from gitseal.errors import Error
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class NotedRead(NamedTuple):
    """Values about to be handed out: by which command, of which project's folder and environment, and their names."""

    command: str
    root: "Path"
    environment: str
    names: tuple[str, ...]


def note(environ: Mapping[str, str], home: "Path", reading: NotedRead, now: float) -> str:
    """Logs a reading; `now` in seconds since 1970. Gives what to tell the person if the log cannot be written, else nothing.

    The command goes on then: a deploy host may have no place for a log.
    """
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    command, root, environment, names = reading
    logged = reads.LoggedRead(when, _user(), command, str(root), environment, names, len(names))
    try:
        reads.append(reads.folder(environ, home), logged)
    except Error as error:
        return f"this read is in no log: {error.message}"
    return ""


def _user() -> str:
    """The name of the user by the system's own list; no environment variable can change it."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
