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
    try:
        os.execvpe(command[0], list(command), dict(environ))  # noqa: S606 - a command line is no shell's
    except FileNotFoundError:
        raise NotStarted(f'there is no command "{command[0]}"', "give a path, or look at PATH", _NOT_FOUND) from None
    except OSError as error:
        reason = (error.strerror or "it cannot be run").lower()
        raise NotStarted(
            f'"{command[0]}" was not started: {reason}', f"look at: ls -l {command[0]}", _NOT_STARTED
        ) from None
