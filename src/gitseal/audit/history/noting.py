"""Notes in the log of reads: who got which values of a protected environment, on this machine."""

import os
import time
from collections.abc import Mapping

from gitseal.audit.history import reads
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


def note(environ: Mapping[str, str], home: "Path", reading: NotedRead, now: float) -> None:
    """Logs a reading; `now` in seconds since 1970. Raises Error if the log cannot be written."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    command, root, environment, names = reading
    logged = reads.LoggedRead(when, _user(), command, str(root), environment, names, len(names))
    reads.append(reads.folder(environ, home), logged)


def _user() -> str:
    """The name of the user by the system's own list; no environment variable can change it."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
