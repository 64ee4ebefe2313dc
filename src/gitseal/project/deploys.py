"""From which commit an environment was deployed last: a ref of its own, which can be pushed."""

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.project.project import Project

_REFS = "refs/gitseal/deployed"


def ref_of(environment: str) -> str:
    """The ref that records an environment's last deploy."""
    return f"{_REFS}/{environment}"


def last_deploy(project: Project, environment: str) -> str | None:
    """The commit of the last recorded deploy, or None. Raises Error where there is no repository."""
    return refs.target(repository_of(project), ref_of(environment))


def repository_of(project: Project) -> Repository:
    """The repository that keeps the record. Raises Error if there is none."""
    if project.repository is None:
        raise Error(f'"{project.root}" is in no Git repository, which would keep the record', "run: git init")
    return project.repository
