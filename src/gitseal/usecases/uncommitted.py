"""What of `.secrets` is in the working tree and in no commit, by file and by name, and how it is committed."""

import os
import stat

from gitseal.crypto.digest import sha256_hex
from gitseal.document.changes import EntryChange, changes
from gitseal.errors import Error, UsageError
from gitseal.exchange.backup import FILES
from gitseal.git.committing import ChangedPath, commit, head_now, uncommitted_paths
from gitseal.project.comparison import is_environment_file
from gitseal.project.project import Project
from gitseal.project.seen import NotAsSeen
from gitseal.records import NamedTuple


class ChangedFileNames(NamedTuple):
    """One file that differs from HEAD, with what changed in it by name: nothing for policy and manifest."""

    path: str
    environment: str
    changes: tuple[EntryChange, ...]


class Uncommitted(NamedTuple):
    """What a commit would take, and the other paths that lie there, which it leaves out.

    `shown` is another text as soon as HEAD, its branch or one of the files is another.
    """

    files: tuple[ChangedFileNames, ...]
    left_out: tuple[str, ...]
    shown: str


def uncommitted(project: Project) -> Uncommitted:
    """The files of `.secrets` that differ from HEAD. No identity is needed."""
    repository = project.git()
    environments = {project.relative(project.file(name)): name for name in project.policy.environments}
    told, others, parts = [], [], [head_now(repository)]
    for changed in uncommitted_paths(repository, project.relative(project.folder)):
        path = changed.path
        if not _is_ours(project, changed, path in environments):
            others.append(path)
            continue
        now = _now(project, path)
        parts += [path, "gone" if now is None else sha256_hex(now)]
        environment = environments.get(path, "")
        names: tuple[EntryChange, ...] = ()
        if environment:
            names = tuple(changes(repository.file("HEAD", path), now))
        told.append(ChangedFileNames(path, environment, names))
    digest = sha256_hex("\0".join(parts).encode("utf-8", "surrogateescape"))
    return Uncommitted(tuple(told), tuple(others), digest)


def commit_secrets(project: Project, message: str, branch: str, shown: str) -> str:
    """Commits what `uncommitted` tells and nothing else; gives the commit's id.

    Raises NotAsSeen if it tells something else than it did when `shown` was, and Error if a hook or Git refuses.
    """
    if not message.strip():
        raise UsageError("a commit needs a message", "say in a line what changed and why")
    now = uncommitted(project)
    if not now.files:
        raise Error("nothing of .secrets is to be committed", "see: git status")
    if now.shown != shown:
        raise NotAsSeen(
            "the files or the branch are others than this page showed, and nothing was committed",
            "look at them again: git status .secrets",
        )
    return commit(project.git(), [file.path for file in now.files], message, branch)


def _is_ours(project: Project, changed: ChangedPath, is_of_policy: bool) -> bool:  # noqa: FBT001 - one private caller
    """True for what gitseal itself keeps in `.secrets`: no note, no link, no repository that lies there as well."""
    inside = _inside(project, changed.path)
    try:
        if not stat.S_ISREG(os.lstat(project.folder / inside).st_mode):
            return False
    except OSError:
        pass
    # An environment that was taken out of the policy goes with it.
    is_former = not changed.is_new and "/" not in inside and is_environment_file(changed.path)
    return inside in FILES or is_of_policy or is_former


def _inside(project: Project, path: str) -> str:
    """A path below the top as one below `.secrets`."""
    return path.removeprefix(f"{project.relative(project.folder)}/")


def _now(project: Project, path: str) -> bytes | None:
    try:
        return project.source.read(str(project.folder / _inside(project, path)))
    except FileNotFoundError:
        return None
