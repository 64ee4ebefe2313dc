"""`deployed`: from which commit an environment was deployed last, kept in a ref that can be pushed."""

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.project import overrides
from gitseal.project.deploys import ref_of, repository_of
from gitseal.project.project import Project


def record(project: Project, environment: str, revision: str = "HEAD") -> str:
    """Records that an environment was deployed from a revision; gives the commit.

    Raises Error if there is no such commit, or if it has no such environment.
    """
    repository = repository_of(project)
    commit = refs.commit(repository, revision)
    if commit is None:
        raise Error(f'there is no commit "{revision}"', "see them with: git log --oneline -- .secrets")
    if repository.file(commit, project.relative(project.file(environment))) is None:
        raise Error(f"{environment} is not in {commit[:12]}", f"see where it came: gitseal log -e {environment}")
    if not refs.write(repository, ref_of(environment), commit, f"gitseal: {environment} was deployed"):
        raise Error(
            f'Git refuses the ref "{ref_of(environment)}"', f"see why: git update-ref {ref_of(environment)} {commit}"
        )
    return commit


def check_committed(project: Project, environment: str) -> None:
    """Raises Error if what is rendered now, is in no commit."""
    repository = repository_of(project)
    files = [
        *(project.path(name) for name in project.policy.chain(environment)),
        project.policy_path,
        project.manifest_path,
    ]
    if any(overrides.exist(project, name) for name in project.policy.chain(environment)):
        raise Error(f"this machine's overrides of {environment} are in no commit", "leave them out: --no-local")
    for path in files:
        try:
            now = project.source.read(path)
        except FileNotFoundError:
            now = None
        if now != repository.file("HEAD", project.relative(path)):
            raise Error(
                f'"{project.relative(path)}" has changes that are not committed, so no commit is what goes out',
                "commit it first, or leave out --record",
            )
