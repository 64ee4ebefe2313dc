"""The real commands on a small project, as processes that can be killed, run together or watched."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests import standing_by
from tests.attacks.world import Clone
from tests.programs import GITSEAL

TOP = Path(__file__).resolve().parents[2]
# What `gitseal` does, in a process whose start can be steered by what stands before it.
MAIN = "import sys; from gitseal.cli.main import main; sys.exit(main(sys.argv[1:]))"


def environ(place: Clone, **more: str) -> dict[str, str]:
    """The environment of a command that the clone's owner runs."""
    assert place.owner is not None
    return {**os.environ, "GITSEAL_IDENTITY": place.owner.identity, **more}


def start(
    place: Clone, *arguments: str, stdin: bytes = b"", before: str = "", more: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A command, begun; `before` is Python that runs ahead of it in its process."""
    child = subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{MAIN}", *arguments],
        cwd=place.top,
        env=environ(place, **(more or {})),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdin is not None
    with suppress(BrokenPipeError):
        child.stdin.write(stdin)
        child.stdin.close()
    child.stdin = None
    return child


def run(
    place: Clone, *arguments: str, stdin: bytes = b"", before: str = "", more: dict[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """A command's status, standard output and standard error."""
    if not before:
        done = standing_by.run(
            GITSEAL, arguments, cwd=place.top, environ=environ(place, **(more or {})), timeout=60, stdin=stdin
        )
        return done.returncode, done.stdout, done.stderr
    child = start(place, *arguments, stdin=stdin, before=before, more=more)
    out, err = child.communicate(timeout=60)
    return child.returncode, out, err


def end(child: subprocess.Popen[bytes]) -> None:
    """Ends what a killed command left running, an editor say, and lets go of its pipes."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
