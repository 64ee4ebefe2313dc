"""`doctor`: whether this clone and this machine are as gitseal needs them; one check each, with the command that mends it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from gitseal.arming import arm_clone, drivers, status
from gitseal.errors import Error
from gitseal.git import hooks, refs
from gitseal.git.hooks import HooksScope
from gitseal.git.run import git
from gitseal.git.trusted_ref import trusted_ref, way_back
from gitseal.policy.approvals import asks_approvals
from gitseal.policy.parser import is_environment_name
from gitseal.project.key_holders import names_by_recipient
from gitseal.project.workspace import Workspace

# Signatures by SSH keys are checked from this one on (git-commit(1), gpg.format).
_OLDEST_GIT = (2, 34)
_DRIVERS = {"diff": "gitseal", "merge": "gitseal"}
# What a tracked file may not do to sealed text on its way in and out (gitattributes(5)).
_CHANGES = ("filter", "ident", "working-tree-encoding")
_NONE = frozenset({"unspecified", "unset"})
_CACHE = "refs/notes/textconv/gitseal"


class Check(NamedTuple):
    """One line: `words` say what is so. `mend` is the command that helps, empty if all is well."""

    name: str
    words: str
    mend: str = ""


def doctor(workspace: Workspace) -> list[Check]:
    """Every check in its order; one that cannot be made says why. No passphrase is asked for."""
    checks: list[Check] = []
    for name, check in _CHECKS.items():
        try:
            checks += [Check(name, words, mend) for words, mend in check(workspace)]
        except Error as error:
            checks.append(Check(name, error.message, error.hint or "gitseal check"))
            if name == "git":
                # Without a Git that answers, every further check would say the same.
                break
    return checks


_Answer = Iterator[tuple[str, str]]


def _git(workspace: Workspace) -> _Answer:
    version = hooks.version()
    words = ".".join(map(str, version))
    if version < _OLDEST_GIT:
        yield f"{words} is older than {'.'.join(map(str, _OLDEST_GIT))}", "upgrade Git"
    elif git(workspace.project.git().top, "rev-parse", "--git-dir") is None:
        yield f'Git does not read "{workspace.project.git().top}"', "git status"
    else:
        yield words, ""


def _identities(workspace: Workspace) -> _Answer:
    names = names_by_recipient(workspace.project.policy)
    own = [identity for identity in workspace.keyring.identities() if identity.recipient]
    if not own:
        yield "none is at hand", "gitseal keygen -o ~/.config/gitseal/identity.txt"
        return
    known = [names[identity.recipient] for identity in own if identity.recipient in names]
    if known:
        yield f"{len(own)} at hand, in the policy as {', '.join(dict.fromkeys(known))}", ""
    else:
        yield "none at hand is in the policy", f"ask for: gitseal recipient add NAME {own[0].recipient}"
    for warning in workspace.keyring.warnings:
        yield warning, "gitseal whoami"


def _hooks(workspace: Workspace) -> _Answer:
    for stage in status.status(workspace.project.git()):
        yield f"{stage.name}: {'armed' if stage.armed else 'NOT ARMED'}: {stage.how}", stage.mend


def _hooks_path(workspace: Workspace) -> _Answer:
    folder = hooks.folder(workspace.project.git())
    if not folder.setting:
        yield "not set", ""
        return
    words = f"{folder.setting}, {folder.kind.value}"
    if not folder.path.is_dir():
        # A relative one is each linked worktree's own: Git passes over a folder that is not there without a word.
        yield f"{words}; there is no such folder here", "gitseal hook install"
    elif folder.kind is HooksScope.SHARED and not status.is_installed(workspace.project.git()):
        yield words, "gitseal hook install"
    else:
        yield words, ""


def _drivers(workspace: Workspace) -> _Answer:
    state = drivers.state(workspace.project.git())
    if state.missing:
        yield f"NOT ARMED: {', '.join(state.missing)} not as gitseal sets them", "gitseal init"
    elif state.gone:
        yield f'"{state.gone}" is not there any more; the gitseal on PATH serves, if there is one', "gitseal init"
    else:
        yield "armed: git diff shows what changed, git merge merges name by name", ""


def _textconv_cache(workspace: Workspace) -> _Answer:
    top = workspace.project.git().top
    if git(top, "config", "--type=bool", "--get", "diff.gitseal.cachetextconv") == b"true\n":
        yield "on: Git would keep what diffs show as objects", "git config diff.gitseal.cachetextconv false"
    elif git(top, "rev-parse", "--verify", "--quiet", _CACHE) is not None:
        yield f"off, and {_CACHE} is left of one", f"git update-ref -d {_CACHE}"
    else:
        yield "off", ""


def _attributes(workspace: Workspace) -> _Answer:
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
            lines = "echo '.secrets/*.yaml diff=gitseal merge=gitseal' >> .gitattributes"
            yield f"{path} has {told}", lines if wrong[0] in _DRIVERS else f"git check-attr -a -- {path}"
    by_lines = _merged_by_lines(workspace) if is_well else []
    if by_lines:
        is_well = False
        # What older versions wrote: it is safe, but two people who join on two branches are a conflict.
        rules = " ".join(f"'.secrets/{path.rpartition('/')[2]} !diff merge=gitseal'" for path in by_lines)
        yield f"Git merges {' and '.join(by_lines)} by lines", f"printf '%s\\n' {rules} >> .gitattributes"
    if is_well:
        yield "sealed files are diffed and merged by gitseal, and changed by nothing", ""


def _merged_by_lines(workspace: Workspace) -> list[str]:
    project = workspace.project
    paths = map(project.relative, (project.policy_path, project.manifest_path))
    attributes = project.git().attributes
    return [path for path in paths if attributes(path, ("merge",)).get("merge") != _DRIVERS["merge"]]


def _ignored(workspace: Workspace) -> _Answer:
    repository = workspace.project.git()
    local = workspace.project.folder / "any.local.yaml"
    missing = [
        line
        for line, path in ((".env", workspace.project.root / ".env"), (".secrets/*.local.yaml", local))
        if repository.would_add(path)
    ]
    for line in missing:
        yield f"Git would add {line}", f"echo '{line}' >> .gitignore"
    if not missing:
        yield ".env and this machine's overrides are ignored", ""


def _approvals(workspace: Workspace) -> _Answer:
    """Nothing, if the policy asks for none."""
    if not asks_approvals(workspace.project.policy):
        return
    remotes = arm_clone.unfetched(workspace.project.git())
    if remotes:
        yield f"git fetch does not bring those of {', '.join(remotes)}", "gitseal init"
    else:
        yield "git fetch brings them", ""


def _trusted(workspace: Workspace) -> _Answer:
    repository = workspace.project.git()
    ref = trusted_ref(repository)
    if ref and refs.commit(repository, ref) is None:
        yield f"{ref}, which is not here", way_back(repository, ref) or "git fetch"
    elif ref:
        yield ref, ""
    elif git(repository.top, "config", "--get", "remote.origin.url") is None:
        yield "none: there is no remote origin", ""
    else:
        yield "none: Git does not know the default branch of origin", "git remote set-head origin --auto"


def _history(workspace: Workspace) -> _Answer:
    if workspace.project.git().is_shallow():
        yield "shallow: who could ever open a value is not known", "git fetch --unshallow"
    else:
        yield "whole", ""


def _known(workspace: Workspace) -> _Answer:
    import os
    import stat

    folder = workspace.project.git().common_dir() / "gitseal"
    if not folder.is_dir():
        yield f"there is no {folder} yet", "gitseal init"
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield f"{folder} cannot be written", f"ls -ld '{folder}'"
    elif stat.S_IMODE(folder.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
        yield f"others may write in {folder}, and so decide what this clone believes", f"chmod go-w '{folder}'"
    else:
        yield str(folder), ""


_CHECKS: dict[str, Callable[[Workspace], _Answer]] = {
    "git": _git,
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
