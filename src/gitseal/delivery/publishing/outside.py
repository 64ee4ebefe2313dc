"""What stores may use of the outside: variables, programs, and waiting."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from gitseal.hidden import SecretBytes
from gitseal.process import between
from gitseal.process.replacing import NotStarted
from gitseal.project.project import Project
from gitseal.remote.failure import NotSent
from gitseal.scan.ordinary import is_ordinary
from gitseal.stores.protocol import Outside, ProgramAnswer
from gitseal.variables import for_child

_MOST_PRINTED = 64 * 1024 * 1024


def outside(
    project: Project,
    environ: Mapping[str, str],
    wait: Callable[[float], object],
    kept: dict[str, str],
    asking: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Outside:
    """The outside of a project. `wait` pauses for seconds; `kept` and `asking` are those of `Outside`."""
    folder = project.git().folder
    return Outside(environ, _start, wait, folder, kept, asking)


def _start(
    command: Sequence[str],
    message: SecretBytes,
    secrets: Sequence[tuple[str, bytes]],
    variables: Mapping[str, str],
    folder: str,
) -> ProgramAnswer:
    """Starts a program in a folder, with what it reads; its talk goes to standard error, without the values that it was given."""
    if sys.stderr is not None:
        sys.stderr.flush()
    hidden = [(name, value) for name, value in secrets if value and not is_ordinary(value)]
    collected = between.Collected(_MOST_PRINTED)
    environ = for_child(os.environb) | {os.fsencode(name): os.fsencode(text) for name, text in variables.items()}
    try:
        status = between.run(command, environ, hidden, frozenset({2}), message.reveal(), collected, folder)
    except NotStarted as error:  # its status is for `run`, which becomes the program
        raise NotSent(error.message, error.hint) from None
    return ProgramAnswer(status, SecretBytes(bytes(collected.content)), collected.is_too_long)
