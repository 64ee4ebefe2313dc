"""Running the `git` binary."""

import os
from pathlib import Path

from gitseal.errors import Error
from gitseal.recipients.variables import IDENTITY_VARIABLES

# Settings of the caller's shell that would aim a command at another repository than the one it is given.
_AIMS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX")
# Replace refs and grafts show other content under the ids of what was committed.
_GENUINE = {"GIT_NO_REPLACE_OBJECTS": "1"}
_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
_NOT_HERE = 127


def git(top: Path, *arguments: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes | None:
    """What `git ARGUMENTS` prints in the repository at `top`, or None for a status that is not in `ok`.

    Raises Error where there is no `git`, and where Git distrusts the repository's owner.
    """
    import subprocess  # 2 ms, which `get`, `render` and `run` need not pay: they ask Git nothing

    # Git starts programs of its own (a file monitor, a transport): none of them is to get an identity.
    left_out = {*_AIMS, *IDENTITY_VARIABLES}
    environ = {name: value for name, value in os.environ.items() if name not in left_out} | _QUIET | _GENUINE
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, cwd=top, input=stdin, capture_output=True, check=False, env=environ)
    except FileNotFoundError:
        raise Error(
            "there is no git on this machine",
            "install Git, or use a command that needs none: get, list, render, run, check",
        ) from None
    if b"dubious ownership" in done.stderr:
        raise Error(
            f'Git does not trust the owner of "{top}"', f'if you do: git config --global --add safe.directory "{top}"'
        )
    return done.stdout if done.returncode in ok else None
