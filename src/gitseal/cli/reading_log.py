"""Notes for the log of reads, which protected environments have; see `Session.note_read`."""

import os
import time
from collections.abc import Iterable, Mapping

from gitseal.audit.history import reads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def note(
    environ: Mapping[str, str], home: "Path", command: str, root: "Path", environment: str, names: Iterable[str]
) -> None:
    """Logs that values are about to be handed out. Raises Error if the log cannot be written."""
    listed = tuple(names)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    read = reads.LoggedRead(when, _user(), command, str(root), environment, listed, len(listed))
    reads.append(reads.folder(environ, home), read)


def _user() -> str:
    """The name of the user by the system's own list; no environment variable can change it."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
