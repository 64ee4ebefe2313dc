"""From which commit an environment was deployed last: a ref of its own, which can be pushed."""

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.project.project import Project

_REFS = "refs/gitseal/deployed"


def ref_of(environment: str) -> str:
    """The ref that records an environment's last deploy."""
    return f"{_REFS}/{environment}"


def last_deploys(project: Project) -> dict[str, str]:
    """The commit of the last recorded deploy of each environment that has one. Raises Error if there is no repository."""
    repository = repository_of(project)
    recorded = refs.below(repository, _REFS)
    # A deploy of everything records one commit for all environments.
    commits = {target: repository.commit(target) for target in set(recorded.values())}
    deploys = ((ref.removeprefix(f"{_REFS}/"), commits[target]) for ref, target in recorded.items())
    return {environment: commit for environment, commit in deploys if commit is not None}


def repository_of(project: Project) -> Repository:
    """The repository that keeps the record. Raises Error if there is none."""
    if project.repository is None:
        raise Error(f'"{project.root}" is in no Git repository, which would keep the record', "run: git init")
    return project.repository
