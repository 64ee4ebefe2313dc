"""`gitseal hook`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, shell_quoted

if TYPE_CHECKING:  # loaded by the commands that need them
    from collections.abc import Iterable

    from gitseal.arming.installation import Installed
    from gitseal.arming.managers import Manager
    from gitseal.git.repository import Repository

_PROGRAMS = ("gitseal", "git-seal")


@declare.group("hook")
def command() -> None:
    """Keep plaintext out of commits with Git's hooks.

    Examples:
      gitseal hook install
      gitseal hook status
    """


@command.command("install")
@declare.option("--server", is_flag=True, help="Into pre-receive of a bare repository, where its forge looks.")
@declare.option("--shared", is_flag=True, help="Also into a folder that other repositories share.")
def install(session: Session, server: bool, shared: bool) -> None:
    """Install the hooks that stop plaintext from being committed or pushed.

    gitseal comes first in pre-commit, pre-merge-commit, commit-msg and pre-push. A hook that already exists runs after it and
    gets the same input. gitseal writes its lines into husky's files; for lefthook, simple-git-hooks and the pre-commit
    framework it prints what to add to their configuration. It prints what changed, or nothing if all is installed.

    Examples:
      gitseal hook install
    """
    from gitseal.arming import installation

    if server:
        done = installation.install_server(_bare(session), program())
    else:
        done = installation.install(_repository(session), program(), shared=shared)
    if done.refused is not None:
        refuse(done)
    for change in done.changed:
        output.line(change)
    if done.committed:
        say(f"these are the team's: git add -- {' '.join(map(shell_quoted, done.committed))} && git commit")
    tell(done.managers)


@command.command("uninstall")
@declare.option("--shared", is_flag=True, help="Also out of a folder that other repositories share.")
def uninstall(session: Session, shared: bool) -> None:
    """Remove gitseal from all hooks and restore what was there before.

    It restores every byte, and prints what changed.

    Examples:
      gitseal hook uninstall
    """
    from gitseal.arming import installation

    repository = _any(session)
    changed = installation.uninstall(repository, shared=shared)
    for change in changed:
        output.line(change)
    if not changed:
        say("gitseal is in none of the hooks here")


@command.command("status")
@json_option
def status(session: Session, as_json: bool) -> None:
    """Show for each hook whether it stops plaintext.

    The proof is a made-up leak that the hook has to block. It is staged in an index of its own, never in the repository, and
    nothing is left of it. The status is 1 if a hook does not block it.

    Examples:
      gitseal hook status
      gitseal hook status --json
    """
    from gitseal.arming import status

    repository = _any(session)
    hooks = status.status(repository, server=_is_bare(repository))
    if as_json:
        output.as_json([hook._asdict() for hook in hooks])
    else:
        for hook in hooks:
            state = "armed" if hook.armed else "REFUSES EVERYTHING" if hook.refuses_all else "NOT ARMED"
            output.line(f"{hook.name}: {state}: {hook.how}")
    unarmed = [hook for hook in hooks if not hook.armed]
    if unarmed:
        open_hooks = [hook for hook in unarmed if not hook.refuses_all] or unarmed
        does = "refuses everything" if open_hooks[0].refuses_all else "would let plaintext through"
        raise Error(f"{', '.join(hook.name for hook in open_hooks)} {does}", f"run: {open_hooks[0].mend}")


@command.command("run", passes_on=True)
@declare.argument("arguments", nargs=-1, metavar="HOOK [ARGUMENTS]...")
def run(_session: Session, arguments: tuple[str, ...]) -> int:
    """Do the work of a hook: installed hooks call this.

    HOOK is pre-commit, pre-merge-commit, commit-msg, pre-push or pre-receive.

    Examples:
      gitseal hook run pre-commit
    """
    from gitseal.cli.hook_run import main

    return main(list(arguments))


command.members["allow"] = "gitseal.cli.hook_allow"


def program() -> Path:
    """The gitseal that runs now, as a file that a hook can start. Raises Error if there is none."""
    import shutil

    called = Path(sys.argv[0])
    beside = Path(sys.executable).with_name("gitseal")
    candidates = [called] if called.name in _PROGRAMS else []
    candidates += [beside, Path(shutil.which("gitseal") or "gitseal")]
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate.absolute()
    raise Error(
        "the program gitseal is nowhere that a hook could find it",
        "put the program gitseal into a folder that PATH names",
    )


def refuse(done: "Installed") -> None:
    """Says what to put into a folder of hooks that gitseal does not write to, and raises Error."""
    from gitseal.arming.script import block_text
    from gitseal.git.hooks import STAGES

    assert done.refused is not None  # noqa: S101 - the caller has looked
    for stage in STAGES:
        beginning = f"At the beginning of {done.refused.path / stage}, after its first line #!/bin/sh:"
        say(beginning, "", *block_text(stage).split("\n"))
    raise Error(
        f'other repositories may share the hooks in "{done.refused.path}", so nothing was written there',
        "add the lines above, or let gitseal do it: gitseal hook install --shared",
    )


def tell(managers: "Iterable[Manager]") -> None:
    """Says what to add to the configuration of programs that may write over gitseal's hooks."""
    for manager in managers:
        beginning = f"{manager.name} may put its own hooks over these. Add to {manager.configuration.name}:"
        say(beginning, "", *manager.lines.split("\n"))
        say(f"then: {manager.install}")


def _repository(session: Session) -> "Repository":
    from gitseal.git.repository import Repository, find_top

    top = find_top(session.start)
    if top is None:
        raise Error(
            f'"{session.start}" is in no Git repository\'s working tree',
            "for a bare one: gitseal hook install --server",
        )
    return Repository(top)


def _bare(session: Session) -> "Repository":
    from gitseal.git import hooks
    from gitseal.git.repository import Repository

    if not hooks.is_bare(session.start):
        raise Error(
            f'"{session.start}" is not a bare repository',
            "go to the folder of one, then: gitseal hook install --server",
        )
    return Repository(session.start)


def _any(session: Session) -> "Repository":
    from gitseal.git.repository import find_top

    return _repository(session) if find_top(session.start) is not None else _bare(session)


def _is_bare(repository: "Repository") -> bool:
    return not (repository.top / ".git").exists()
