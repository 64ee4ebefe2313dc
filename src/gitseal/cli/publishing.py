"""What stores may use of the outside: variables, programs, and waiting."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial

from gitseal.cli.output import stderr_is_terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.hidden import SecretBytes
from gitseal.process import between
from gitseal.project.project import Project
from gitseal.scan.ordinary import is_ordinary
from gitseal.stores.protocol import Outside, ProgramAnswer
from gitseal.variables import for_child

_TOLD_SECONDS = 2.0
_MOST_PRINTED = 64 * 1024 * 1024


def outside(session: Session, project: Project) -> Outside:
    """The outside of a project."""
    folder = project.git().folder
    return Outside(session.environ, partial(_start, folder), _wait, folder)


def _wait(seconds: float) -> None:
    """Waits, and says so to a person if it takes a while."""
    if seconds >= _TOLD_SECONDS and stderr_is_terminal():
        say(f"waiting {seconds:.0f} seconds: the store asks for that")
    time.sleep(seconds)


def _start(
    folder: str,
    command: Sequence[str],
    message: SecretBytes,
    secrets: Sequence[tuple[str, bytes]],
    variables: Mapping[str, str],
) -> ProgramAnswer:
    """Starts a program in a folder, with what it reads; its talk goes to standard error, without the values that it was given."""
    if sys.stderr is not None:
        sys.stderr.flush()
    hidden = [(name, value) for name, value in secrets if value and not is_ordinary(value)]
    collected = between.Collected(_MOST_PRINTED)
    environ = for_child(os.environb) | {os.fsencode(name): os.fsencode(text) for name, text in variables.items()}
    status = between.run(command, environ, hidden, frozenset({2}), message.reveal(), collected, folder)
    return ProgramAnswer(status, SecretBytes(bytes(collected.content)), collected.is_too_long)
