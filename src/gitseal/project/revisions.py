"""An environment as a commit has it: what a person names by a revision."""

from gitseal.document.document import Document
from gitseal.errors import Error, shell_quoted
from gitseal.git import refs
from gitseal.project.project import Project
from gitseal.report.hints import pathspec


def document_at(project: Project, revision: str, environment: str) -> Document:
    """An environment's document in a revision. Raises Error if there is no such commit, or no such file in it."""
    path = project.relative(project.file(environment))
    commit = refs.commit(project.git(), revision)
    if commit is None:
        raise Error(f'there is no commit "{revision}"', "see them with: git log --oneline -- .secrets")
    data = project.git().file(commit, path)
    if data is None:
        raise Error(
            f'there is no environment "{environment}" in {revision}',
            f"see where it was: git log --oneline -- {shell_quoted(pathspec(path))}",
        )
    return project.parse(environment, data)
