"""Programs that Git would start by itself: hooks, `gpg`, `ssh-keygen`.

A hook expects to start at the top of the working tree, and what checks signatures starts in a folder of ours, because the
repository may hold a program of its name. `posix_spawn`, by which `git` is started, cannot change the folder. So `subprocess`
does it here: no command that people wait for comes this way.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from gitseal.git.child import Finished
from gitseal.git.run import environment


def run(
    folder: Path | None,
    command: Sequence[str],
    stdin: bytes | IO[bytes] = b"",
    *,
    variables: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Finished | None:
    """Runs a program to its end in a folder (None: the working directory), without the variables that hold identities.

    `variables` come on top of the others. None if it is not on this machine, cannot be started, or has not ended after so
    many `seconds`.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(in_hook=False) | dict(variables or {}),
            capture_output=True,
            check=False,
            timeout=seconds,
            input=stdin if isinstance(stdin, bytes) else None,
            stdin=None if isinstance(stdin, bytes) else stdin,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Finished(done.returncode, done.stdout, done.stderr)
