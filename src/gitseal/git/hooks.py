"""The places that Git runs hooks from (githooks(5), core.hooksPath; in its configuration: git-hook(1)), and running one."""

import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import index
from gitseal.git.repository import Repository
from gitseal.git.run import git

MESSAGE = "commit-msg"
STAGES = ("pre-commit", "pre-merge-commit", MESSAGE, "pre-push")
SERVER = "pre-receive"
# These are told on standard input which refs move.
WITH_REFS = ("pre-push", SERVER)

# The first Git that runs hooks named in its configuration (git-hook(1), "hook.<friendly-name>.event").
CONFIGURATION_HOOKS = (2, 54)
_HOOK_RUN, _HOOK_RUN_WITH_STDIN = (2, 36), (2, 40)
FROM_FOLDER = "hook from hookdir"
_PATIENCE_SECONDS = 120


class HooksScope(Enum):
    """The people whom a folder of hooks concerns."""

    PRIVATE = "this repository's own, which no commit reaches"
    COMMITTED = "part of the working tree, which commits bring to everyone"
    SHARED = "outside the repository, so others may use it too"


class HooksFolder(NamedTuple):
    """The folder in which Git looks for a repository's hooks. `setting` is what `core.hooksPath` says, or empty."""

    path: Path
    kind: HooksScope
    setting: str


class Given(NamedTuple):
    """A hook's surroundings: `variables` beside the usual ones, arguments, and the file that it reads as standard input."""

    variables: Mapping[str, str]
    arguments: tuple[str, ...]
    refs: Path


class HookRun(NamedTuple):
    """A hook's exit status and what it wrote, on both outputs."""

    status: int
    output: str


def version() -> tuple[int, int]:
    """Git's own, as (2, 39). Raises Error if there is no Git."""
    numbers = re.search(rb"(\d+)\.(\d+)", git(Path("/"), "version") or b"")
    if numbers is None:
        raise Error("Git does not say which version it is", "look at: git version")
    return int(numbers[1]), int(numbers[2])


def is_bare(folder: Path) -> bool:
    """True if a folder is a bare repository's own."""
    return git(folder, "rev-parse", "--is-bare-repository", "--git-dir") == b"true\n.\n"


def folder(repository: Repository) -> HooksFolder:
    """The folder of hooks in force for this working tree; a relative core.hooksPath is each linked worktree's own."""
    top = repository.top
    setting = _one(repository, "config", "--get", "--type=path", "core.hooksPath")
    path = top / (_one(repository, "rev-parse", "--git-path", "hooks") or ".git/hooks")
    real = path.resolve()
    common = (top / (_one(repository, "rev-parse", "--git-common-dir") or ".git")).resolve()
    if real.is_relative_to(common):
        kind = HooksScope.PRIVATE
    elif real.is_relative_to(top.resolve()):
        is_offered = index.is_tracked(repository, real) or repository.would_add(real / STAGES[0])
        kind = HooksScope.COMMITTED if is_offered else HooksScope.PRIVATE
    else:
        kind = HooksScope.SHARED
    return HooksFolder(path, kind, setting)


def own_folder(repository: Repository) -> Path:
    """Gitseal's own place in the Git directory that all linked worktrees share."""
    return repository.top / (_one(repository, "rev-parse", "--git-common-dir") or ".git") / "gitseal"


def configured(repository: Repository, stage: str) -> str:
    """The command of gitseal's hook in this repository's configuration, or nothing."""
    return _one(repository, "config", "--local", "--get", f"hook.gitseal-{stage}.command")


def configure(repository: Repository, stage: str, command: str) -> None:
    """Sets gitseal's hook in this repository's configuration: `command` is for the shell. Raises Error."""
    # A friendly name that is an event's is fatal to Git, hence the prefix.
    for field, value in (("event", stage), ("command", command)):
        name = f"hook.gitseal-{stage}.{field}"
        if git(repository.top, "config", "--local", "--replace-all", name, value) is None:
            raise Error("Git's configuration of this repository cannot be written", "look at: git config --local -l")


def unconfigure(repository: Repository, stage: str) -> bool:
    """Takes that out again; False if there was nothing."""
    return git(repository.top, "config", "--local", "--remove-section", f"hook.gitseal-{stage}") is not None


def listed(repository: Repository, stage: str) -> list[str]:
    """The hooks of a stage: those in Git's configuration by name, then `FROM_FOLDER`. Git runs all, whatever one of them says."""
    if version() < CONFIGURATION_HOOKS:
        return [FROM_FOLDER]
    lines = (git(repository.top, "hook", "list", stage) or b"").decode(errors="replace").splitlines()
    return [line for line in lines if "\t" not in line]  # what is switched off has that before its name


def run(repository: Repository, stage: str, given: Given, alone: Path | None = None) -> HookRun:
    """Runs a stage as Git would, by `git hook run` if this Git has it; with `alone` that file and nothing besides.

    Raises Error if it does not come to an end.
    """
    from gitseal.git import programs  # looking where hooks are runs none

    needed = _HOOK_RUN_WITH_STDIN if stage in WITH_REFS else _HOOK_RUN
    if alone is None and version() >= needed:
        # Without the settings that `run.git` adds: what is tried is what this clone's own Git would do.
        fed = [f"--to-stdin={given.refs}"] if stage in WITH_REFS else []
        command = ["git", "hook", "run", *fed, stage, "--", *given.arguments]
    else:
        command = [str(alone or folder(repository).path / stage), *given.arguments]
    with given.refs.open("rb") as stdin:
        done = programs.run(repository.top, command, stdin, variables=given.variables, seconds=_PATIENCE_SECONDS)
    if done is None:
        raise Error(f"the {stage} hook cannot be run to its end", f"try it: git hook run {stage}")
    return HookRun(done.status, (done.stdout + done.stderr).decode(errors="replace"))


def _one(repository: Repository, *arguments: str) -> str:
    answer = git(repository.top, *arguments)
    return answer.decode("utf-8", "surrogateescape").removesuffix("\n") if answer is not None else ""
