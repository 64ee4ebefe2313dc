"""`gitseal rotate NAME -- COMMAND`: the command is started for each environment, and reads the old and the new value."""

import os
import sys
from collections.abc import Iterator, Sequence

from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.document.value import MAX_CONTENT
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.process import between
from gitseal.project.workspace import Workspace
from gitseal.sealing import provider
from gitseal.sealing.change import SetResult
from gitseal.sealing.provider import Answer, Rotation
from gitseal.usecases import rotate
from gitseal.usecases.rotate import Job
from gitseal.variables import for_child
from gitseal.yamltext.reader import path_text

# A line end after the value is no part of it, and one byte more shows that a value is too long.
_MOST_PRINTED = MAX_CONTENT + 1


def hand_over(
    session: Session, job: Job, arguments: tuple[str, ...], accept: tuple[str, ...]
) -> Iterator[list[SetResult]]:
    """Rotates one environment after the other; gives what was set in each as soon as its file has it.

    Raises Error at the first command that fails; the environments before keep their new values.
    """

    def ready(workspace: Workspace) -> tuple[Workspace, list[Rotation]]:
        return workspace, rotate.begin(workspace, job)

    # All questions come before the first command.
    workspace, rotations = session.confirmed(accept, ready)
    left = [rotation.waits.environment for rotation in rotations]
    try:
        for rotation in rotations:
            yield provider.hand_over(workspace, rotation, _Starter(session, arguments, rotation).call)
            left.pop(0)
    except Error:
        if left[1:]:
            say(f"gitseal: not begun: {path_text(job.path)} in {', '.join(left[1:])}")
        raise


class _Starter:
    """Starts the command for one environment."""

    def __init__(self, session: Session, arguments: tuple[str, ...], rotation: Rotation) -> None:
        self._session = session
        self._arguments = arguments
        self._rotation = rotation

    def call(self, message: SecretBytes, secrets: Sequence[tuple[str, bytes]]) -> Answer:
        """See `provider.Call`."""
        waits = self._rotation.waits
        self._session.note_read("rotate", waits.environment, (path_text(waits.path),))
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        prints_value = self._rotation.new is None
        collected = between.Collected(_MOST_PRINTED) if prints_value else None
        there = {1: sys.stdout, 2: sys.stderr}
        shown = {number for number, stream in there.items() if stream is not None and not stream.isatty()}
        streams = frozenset(shown - {1} if prints_value else shown)
        environ = for_child(os.environb)
        status, failure = 0, ""
        try:
            status = between.run(self._arguments, environ, secrets, streams, message.reveal(), collected)
        except OSError as error:
            # The command was started: a provider may have the value that it was given, or that it printed.
            failure = error.strerror or "it cannot be written"
        if collected is None:
            return Answer(status, SecretBytes(b""), failure=failure)
        return Answer(status, SecretBytes(bytes(collected.content)), collected.is_too_long, failure)
