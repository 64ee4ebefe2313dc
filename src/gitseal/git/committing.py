"""`git commit` of chosen files, with the hooks and the signing that Git has set up, as a person's own command would run."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.git.run import GENUINE, environment

_SECONDS = 120.0
_MOST_TOLD = 2000


def uncommitted_paths(repository: Repository, folder: str) -> list[str]:
    """The paths below a folder that differ from HEAD, also those that Git does not know yet. Nothing that Git ignores."""
    listed = repository.git("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", folder)
    if listed is None:
        raise Error(f'Git cannot say what changed in "{folder}"', "see what it says: git status")
    return [os.fsdecode(line[3:]) for line in listed.split(b"\0") if line]


def commit(repository: Repository, paths: Sequence[str], message: str, branch: str = "") -> str:
    """Commits these files and nothing else that is staged; gives the commit's id. With `branch`, on that new branch.

    Hooks and signing get two minutes. Raises Error, with what they said, if one refuses; then nothing is committed.
    """
    top = repository.top
    if branch:
        _git(top, "Git did not create the branch", "check-ref-format", "--branch", branch)
        _git(top, "Git did not create the branch", "switch", "--quiet", "--create", branch)
    chosen = [f":(top,literal){path}" for path in paths]
    _git(top, "Git did not take the files", "add", "--", *chosen)
    _git(top, "nothing was committed", "commit", "--quiet", "--file=-", "--only", "--", *chosen, stdin=message)
    made = repository.commit("HEAD")
    if made is None:
        raise Error("Git made no commit", "see: git status")
    return made


def _as_a_person() -> dict[str, str]:
    """The variables of a `git` that runs a person's hooks: without those by which we see what was really committed."""
    return {name: text for name, text in environment(in_hook=False).items() if name not in GENUINE}


def _git(top: Path, what: str, *arguments: str, stdin: str = "") -> None:
    child = subprocess.Popen(
        ["git", "-C", str(top), *arguments],
        env=_as_a_person(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = child.communicate(stdin.encode("utf-8", "surrogateescape"), timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        # A hook that waits for somebody holds the pipe, so all that Git started goes.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        raise Error(
            f"{what}: it took longer than {_SECONDS:g} seconds; a hook or signing may wait for a terminal",
            "commit in a terminal: git commit .secrets",
        ) from None
    if child.returncode:
        lines = [line for line in said.decode("utf-8", "replace").splitlines() if not line.startswith("hint:")]
        words = "\n".join(lines).strip()[-_MOST_TOLD:]
        raise Error(f"{what}: {words}", "mend what it names, and do it again")
