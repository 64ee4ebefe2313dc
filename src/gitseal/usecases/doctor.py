"""`doctor`: whether this clone and this machine are as gitseal needs them; one check each, with the command that mends it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from gitseal.arming import arm_clone, drivers, status
from gitseal.errors import Error, shell_quoted
from gitseal.git import hooks, refs
from gitseal.git.hooks import HooksScope
from gitseal.git.ignoring import ignore_pattern
from gitseal.git.run import git
from gitseal.git.trusted_ref import trusted_ref, way_back, way_to_one
from gitseal.policy.approvals import asks_approvals
from gitseal.policy.parser import is_environment_name
from gitseal.project.key_holders import names_by_recipient
from gitseal.project.unseen import beside, unseen
from gitseal.project.workspace import Workspace
from gitseal.report.hints import Runnable, command

# Signatures by SSH keys are checked from this one on (git-commit(1), gpg.format).
_OLDEST_GIT = (2, 34)
_DRIVERS = {"diff": "gitseal", "merge": "gitseal"}
# What a tracked file may not do to sealed text on its way in and out (gitattributes(5)).
_CHANGES = ("filter", "ident", "working-tree-encoding")
_NONE = frozenset({"unspecified", "unset"})
_CACHE = "refs/notes/textconv/gitseal"


class Check(NamedTuple):
    """One line: `words` say what is so. `mend` is empty if all is well.

    It is a command that mends it, to be run where the project's root is; without `runs`, what a person decides or looks at.
    """

    name: str
    words: str
    mend: str = ""
    runs: bool = True


class _Looked(NamedTuple):
    """A check's answer, before it has its name."""

    words: str
    mend: str = ""
    runs: bool = True


_Told = Iterator[_Looked]


def doctor(workspace: Workspace) -> list[Check]:
    """Every check in its order; one that cannot be made says why. No passphrase is asked for.

    Raises Error in a bare repository: what is looked at is how a working tree is set up.
    """
    workspace.project.check_working_tree()
    checks: list[Check] = []
    for name, check in _CHECKS.items():
        try:
            checks += [Check(name, *answer) for answer in check(workspace)]
        except Error as error:
            checks.append(Check(name, error.message, error.hint or "look at: gitseal check", runs=False))
            if name == "git":
                # Without a Git that answers, every further check would say the same.
                break
    return checks


def _git(workspace: Workspace) -> _Told:
    version = hooks.version()
    words = ".".join(map(str, version))
    if version < _OLDEST_GIT:
        yield _Looked(f"{words} is older than {'.'.join(map(str, _OLDEST_GIT))}", "upgrade Git", runs=False)
    elif git(workspace.project.git().top, "rev-parse", "--git-dir") is None:
        yield _Looked(f'Git does not read "{workspace.project.git().top}"', "see why: git status", runs=False)
    else:
        yield _Looked(words)


def _working_tree(workspace: Workspace) -> _Told:
    differences = unseen(workspace.project)
    for one in differences:
        yield _Looked(one.message, one.hint, isinstance(one.hint, Runnable))
    others = beside(workspace.project)
    if others:
        root = workspace.project.git().folder
        there = command("gitseal -C {} doctor", f"{root}/{others[0]}").as_text()
        yield _Looked(f"the repository has {len(others)} more .secrets, each for the folders below it; see: {there}")
    elif not differences:
        yield _Looked("shows all that the repository has of .secrets")


def _identities(workspace: Workspace) -> _Told:
    names = names_by_recipient(workspace.project.policy)
    at_hand = list(workspace.keyring.everywhere()) or workspace.keyring.cloud_identities()
    own = [identity for identity in at_hand if identity.recipient]
    if not own:
        yield _Looked("none is at hand", "make one, and see whom to send what: gitseal init", runs=False)
        return
    known = [names[identity.recipient] for identity in own if identity.recipient in names]
    if known:
        places = ", ".join(dict.fromkeys(identity.label for identity in own))
        yield _Looked(f"{len(own)} at hand ({places}), in the policy as {', '.join(dict.fromkeys(known))}")
    else:
        ask = f"ask to be let in: gitseal recipient request; your public key is {own[0].recipient}"
        yield _Looked("none at hand is in the policy", ask, runs=False)
    for path in workspace.keyring.exposed:
        yield _Looked(f'others can read "{path}"', f"chmod 600 {shell_quoted(path)}")


def _hooks(workspace: Workspace) -> _Told:
    for stage in status.status(workspace.project.git()):
        # A mend that is no command begins with a word of ours.
        is_command = stage.mend.startswith(("git", "npx"))
        yield _Looked(f"{stage.name}: {'armed' if stage.armed else 'NOT ARMED'}: {stage.how}", stage.mend, is_command)


def _hooks_path(workspace: Workspace) -> _Told:
    folder = hooks.folder(workspace.project.git())
    if not folder.setting:
        yield _Looked("not set")
        return
    words = f"{folder.setting}, {folder.kind.value}"
    if not folder.path.is_dir():
        # A relative one is each linked worktree's own: Git passes over a folder that is not there without a word.
        yield _Looked(f"{words}; there is no such folder here", "gitseal hook install")
    elif folder.kind is HooksScope.SHARED and not status.is_installed(workspace.project.git()):
        yield _Looked(words, "gitseal hook install")
    else:
        yield _Looked(words)


def _drivers(workspace: Workspace) -> _Told:
    state = drivers.state(workspace.project.git())
    if state.missing:
        yield _Looked(f"NOT ARMED: {', '.join(state.missing)} not as gitseal sets them", "gitseal init")
    elif state.gone:
        yield _Looked(
            f'"{state.gone}" is not there any more; the gitseal on PATH serves, if there is one', "gitseal init"
        )
    else:
        yield _Looked("armed: git diff shows what changed, git merge merges name by name")


def _textconv_cache(workspace: Workspace) -> _Told:
    top = workspace.project.git().top
    if git(top, "config", "--type=bool", "--get", "diff.gitseal.cachetextconv") == b"true\n":
        yield _Looked("on: Git would keep what diffs show as objects", "git config diff.gitseal.cachetextconv false")
    elif git(top, "rev-parse", "--verify", "--quiet", _CACHE) is not None:
        yield _Looked(f"off, and {_CACHE} is left of one", f"git update-ref -d {_CACHE}")
    else:
        yield _Looked("off")


def _attributes(workspace: Workspace) -> _Told:
    repository = workspace.project.git()
    is_well = True
    for environment in filter(is_environment_name, workspace.project.environments):
        path = workspace.project.relative(workspace.project.file(environment))
        effective = repository.attributes(path, (*_DRIVERS, *_CHANGES))
        wrong = [name for name, value in _DRIVERS.items() if effective.get(name) != value]
        wrong += [name for name in _CHANGES if effective.get(name, "unset") not in _NONE]
        if wrong:
            is_well = False
            told = ", ".join(f"{name}={effective[name]}" for name in wrong)
            if wrong[0] in _DRIVERS:
                lines = f"echo '.secrets/*.yaml diff=gitseal merge=gitseal' >> {_beside(workspace, '.gitattributes')}"
                yield _Looked(f"{path} has {told}", lines)
            else:
                look = f"see which line says so, and take it out: git check-attr -a -- {shell_quoted(path)}"
                yield _Looked(f"{path} has {told}", look, runs=False)
    by_lines = _merged_by_lines(workspace) if is_well else []
    if by_lines:
        is_well = False
        # What older versions wrote: it is safe, but two people who join on two branches are a conflict.
        rules = " ".join(f"'.secrets/{path.rpartition('/')[2]} !diff merge=gitseal'" for path in by_lines)
        lines = f"printf '%s\\n' {rules} >> {_beside(workspace, '.gitattributes')}"
        yield _Looked(f"Git merges {' and '.join(by_lines)} by lines", lines)
    if is_well:
        yield _Looked("sealed files are diffed and merged by gitseal, and changed by nothing")


def _beside(workspace: Workspace, name: str) -> str:
    """The path of a file beside `.secrets`, as a shell takes it from any folder."""
    return shell_quoted(str(workspace.project.root / name))


def _merged_by_lines(workspace: Workspace) -> list[str]:
    project = workspace.project
    paths = map(project.relative, (project.policy_path, project.manifest_path))
    attributes = project.git().attributes
    return [path for path in paths if attributes(path, ("merge",)).get("merge") != _DRIVERS["merge"]]


def _ignored(workspace: Workspace) -> _Told:
    repository = workspace.project.git()
    local = workspace.project.folder / "any.local.yaml"
    missing = [
        line
        for line, path in ((".env", workspace.project.root / ".env"), (".secrets/*.local.yaml", local))
        if repository.would_add(path)
    ]
    for line in missing:
        yield _Looked(f"Git would add {line}", ignore_pattern(workspace.project.root, line))
    if not missing:
        yield _Looked(".env and this machine's overrides are ignored")


def _approvals(workspace: Workspace) -> _Told:
    """Nothing, if the policy asks for none."""
    if not asks_approvals(workspace.project.policy):
        return
    remotes = arm_clone.unfetched(workspace.project.git())
    if remotes:
        yield _Looked(f"git fetch does not bring those of {', '.join(remotes)}", "gitseal init")
    else:
        yield _Looked("git fetch brings them")


def _trusted(workspace: Workspace) -> _Told:
    repository = workspace.project.git()
    ref = trusted_ref(repository)
    if ref and refs.commit(repository, ref) is None:
        back = way_back(repository, ref)
        first = "push the first commit, if nobody has yet: git push; else get what there is: git fetch"
        yield _Looked(f"{ref}, which is not here", back or first, runs=bool(back))
    elif ref:
        yield _Looked(ref)
    elif git(repository.top, "config", "--get", "remote.origin.url") is None:
        yield _Looked("none: there is no remote origin")
    else:
        yield _Looked("none: Git does not know the default branch of origin", way_to_one(repository))


def _history(workspace: Workspace) -> _Told:
    if workspace.project.git().is_shallow():
        yield _Looked("shallow: who could ever open a value is not known", "git fetch --unshallow")
    else:
        yield _Looked("whole")


def _known(workspace: Workspace) -> _Told:
    import os
    import stat

    folder = workspace.project.git().common_dir() / "gitseal"
    if not folder.is_dir():
        yield _Looked(f"there is no {folder} yet", "gitseal init")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield _Looked(f"{folder} cannot be written", f"see whose it is: ls -ld {shell_quoted(str(folder))}", runs=False)
    elif stat.S_IMODE(folder.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
        yield _Looked(
            f"others may write in {folder}, and so decide what this clone believes",
            f"chmod go-w {shell_quoted(str(folder))}",
        )
    else:
        yield _Looked(str(folder))


_CHECKS: dict[str, Callable[[Workspace], _Told]] = {
    "git": _git,
    "working tree": _working_tree,
    "identities": _identities,
    "hooks": _hooks,
    "core.hooksPath": _hooks_path,
    "drivers": _drivers,
    "textconv cache": _textconv_cache,
    ".gitattributes": _attributes,
    ".gitignore": _ignored,
    "trusted ref": _trusted,
    "approvals": _approvals,
    "history": _history,
    "known keys": _known,
}
