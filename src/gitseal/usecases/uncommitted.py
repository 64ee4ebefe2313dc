"""What of `.secrets` is in the working tree and in no commit, by file and by name, and how it is committed."""

from gitseal.document.changes import EntryChange, changes
from gitseal.errors import Error, UsageError
from gitseal.git.committing import commit, uncommitted_paths
from gitseal.project.project import Project
from gitseal.records import NamedTuple


class ChangedFileNames(NamedTuple):
    """One file that differs from HEAD, with what changed in it by name: nothing for policy and manifest."""

    path: str
    environment: str
    changes: tuple[EntryChange, ...]


def uncommitted(project: Project) -> list[ChangedFileNames]:
    """The files of `.secrets` that differ from HEAD. No identity is needed."""
    repository = project.git()
    environments = {project.relative(project.file(name)): name for name in project.policy.environments}
    told = []
    for path in uncommitted_paths(repository, project.relative(project.folder)):
        environment = environments.get(path, "")
        names: tuple[EntryChange, ...] = ()
        if environment:
            names = tuple(changes(repository.file("HEAD", path), _now(project, environment)))
        told.append(ChangedFileNames(path, environment, names))
    return told


def commit_secrets(project: Project, message: str, branch: str = "") -> str:
    """Commits what `uncommitted` tells and nothing else; gives the commit's id. Raises Error if a hook or Git refuses."""
    if not message.strip():
        raise UsageError("a commit needs a message", "say in a line what changed and why")
    paths = [file.path for file in uncommitted(project)]
    if not paths:
        raise Error("nothing of .secrets is to be committed", "see: git status")
    return commit(project.git(), paths, message, branch)


def _now(project: Project, environment: str) -> bytes | None:
    try:
        return project.source.read(project.file(environment))
    except FileNotFoundError:
        return None
