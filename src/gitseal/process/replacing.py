"""`run` without redaction: this process becomes the command."""

import os
from collections.abc import Mapping, Sequence
from typing import NoReturn

from gitseal.errors import Error

_NOT_FOUND, _NOT_STARTED = 127, 126


class NotStarted(Error):
    """The command could not be started; `status` is what a shell gives: 127 not found, 126 not to be run."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__(message, hint)
        self.status = status


def replace(command: Sequence[str], environ: Mapping[bytes, bytes]) -> NoReturn:
    """Becomes `command`, found on the PATH of its own new environment. Raises NotStarted."""
    import signal

    # Python ignores it, and what it becomes would do so too: a command whose output nobody reads on would go on.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvpe(command[0], list(command), dict(environ))  # noqa: S606 - becoming the command is the point
    except OSError as error:
        raise not_started(command[0], error) from None


def not_started(program: str, error: OSError) -> NotStarted:
    """The error for a program that the system did not start, with a shell's status."""
    if isinstance(error, FileNotFoundError):
        return NotStarted(f'there is no command "{program}"', "give a path, or look at PATH", _NOT_FOUND)
    reason = (error.strerror or "it cannot be run").lower()
    return NotStarted(f'"{program}" was not started: {reason}', f"look at: ls -l {program}", _NOT_STARTED)
