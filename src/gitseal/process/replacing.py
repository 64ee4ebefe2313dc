"""`run` if there is nothing to redact or to remove: this process becomes the command, and gitseal is gone."""

import os
from collections.abc import Mapping, Sequence
from typing import NoReturn

from gitseal.errors import Error, shell_quoted

_NOT_FOUND, _NOT_STARTED = 127, 126


class NotStarted(Error):
    """The command could not be started. `status` is what a shell gives: 127 if it was not found, else 126."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__(message, hint)
        self.status = status


def replace(command: Sequence[str], environ: Mapping[bytes, bytes]) -> NoReturn:
    """Become `command`, looked up on the PATH of the environment it gets. Returns only by raising NotStarted."""
    import signal

    # Python ignores SIGPIPE, and an ignored signal stays ignored across exec: `gitseal run -- yes | head` would never end.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvpe(command[0], list(command), dict(environ))  # noqa: S606 - becoming the command is the point
    except OSError as error:
        raise not_started(command[0], error, environ) from None


def not_started(program: str, error: OSError, environ: Mapping[bytes, bytes]) -> NotStarted:
    """The error for a program that the system did not start with these variables, with a shell's status."""
    import errno  # only ever needed on the way to an error

    if error.errno == errno.E2BIG and environ:
        # Linux takes 128 KiB in one variable; other systems count all of them together.
        name = os.fsdecode(max(environ, key=lambda name: len(name) + len(environ[name])))
        return NotStarted(
            f'"{program}" was not started: the variables are too long for this system; the longest is "{name}"',
            f"let a service of the manifest have it as a file (--files), or leave it out: --except {name}",
            _NOT_STARTED,
        )
    if isinstance(error, FileNotFoundError):
        return NotStarted(f'there is no command "{program}"', "give a path, or look at PATH", _NOT_FOUND)
    reason = (error.strerror or "it cannot be run").lower()
    return NotStarted(f'"{program}" was not started: {reason}', f"look at: ls -l {shell_quoted(program)}", _NOT_STARTED)
