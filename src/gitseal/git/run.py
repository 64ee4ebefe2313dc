"""Running the `git` binary."""

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from gitseal.errors import Error
from gitseal.variables import IDENTITY_VARIABLES

if TYPE_CHECKING:
    import subprocess

# Settings of the caller's shell that would aim a command at another repository than the one it is given.
_AIMS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX")
# Replace refs and grafts show other content under the ids of what was committed.
_GENUINE = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
_ALWAYS = ("-c", "core.quotePath=false")


def git(
    top: Path, *arguments: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,), in_hook: bool = False
) -> bytes | None:
    """What `git ARGUMENTS` prints in the repository at `top`, or None for a status that is not in `ok`.

    `in_hook`: the repository is the one that Git started this hook for, wherever its parts are (githooks(5)).
    Raises Error where there is no `git`, and where Git distrusts the repository's owner.
    """
    import subprocess  # 2 ms, which `get`, `render` and `run` need not pay: they ask Git nothing

    environ = environment(in_hook=in_hook)
    try:
        done = subprocess.run(
            ["git", *_ALWAYS, *arguments], cwd=top, input=stdin, capture_output=True, check=False, env=environ
        )
    except FileNotFoundError:
        raise no_git() from None
    if b"dubious ownership" in done.stderr:
        raise Error(
            f'Git does not trust the owner of "{top}"', f'if you do: git config --global --add safe.directory "{top}"'
        )
    return done.stdout if done.returncode in ok else None


class Running(NamedTuple):
    """A `git` at work, with the pipes at its standard input and output."""

    process: "subprocess.Popen[bytes]"
    stdin: IO[bytes]
    stdout: IO[bytes]

    def end(self) -> int:
        """Its status; one that is still writing is stopped by the closed pipe."""
        with suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        return self.process.wait()


def start(top: Path, *arguments: str, in_hook: bool = False) -> Running:
    """`git ARGUMENTS` started, for what is read as it comes. The caller owes it `end`.

    Raises Error where there is no `git`.
    """
    import subprocess

    pipe = subprocess.PIPE
    environ = environment(in_hook=in_hook)
    command = ["git", *_ALWAYS, *arguments]
    try:
        process = subprocess.Popen(command, cwd=top, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environ)
    except FileNotFoundError:
        raise no_git() from None
    return Running(process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout))


def environment(*, in_hook: bool) -> dict[str, str]:
    """The variables of a `git` that gitseal starts."""
    # Git starts programs of its own (a file monitor, a transport): none of them is to get an identity.
    left_out = IDENTITY_VARIABLES if in_hook else {*_AIMS, *IDENTITY_VARIABLES}
    return {name: value for name, value in os.environ.items() if name not in left_out} | _QUIET | _GENUINE


def is_aimed() -> bool:
    """Whether the variables say where the repository is, so that it may not be the one around the working directory."""
    return any(name in os.environ for name in _AIMS)


def no_git() -> Error:
    """There is none."""
    return Error(
        "there is no git on this machine",
        "install Git, or use a command that needs none: get, list, render, run, check",
    )
