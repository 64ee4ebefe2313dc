"""Finds the `.secrets` in force. It starts no program, unless there is none on the disk."""

import os

from gitseal.errors import Error
from gitseal.git.repository import Repository, is_bare_folder, top_of, upward
from gitseal.project.project import FOLDER, Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    StrPath = str | os.PathLike[str]


def find(start: "StrPath") -> Project:
    """The project of a folder: the nearest `.secrets` from it upward, as far as the repository's top.

    In a bare repository's own folder that of HEAD: there are no files. Raises Error if there is none, NotShown if the repository
    has one that the working tree does not show, and Error if it is a symlink.
    """
    here = os.fspath(start)
    top = top_of(here)
    marks: list[str] = []
    for folder in upward(here):
        if os.path.isdir(os.path.join(folder, FOLDER)):
            marks.append(folder)
        if folder == top:
            break
    if not marks:
        if top is None and is_bare_folder(here):
            from gitseal.project.states import of_bare

            return of_bare(Repository(here))
        from gitseal.project.unseen import nowhere

        raise nowhere(here, top)
    if top is not None and marks[0] != here:
        _refuse_hidden(here, marks[0], top)
    secrets, *shadowed = (os.path.join(folder, FOLDER) for folder in marks)
    if os.path.islink(secrets):
        raise Error(f'"{secrets}" is a symbolic link, which could point anywhere', "replace it with a folder")
    project = Project(marks[0], Repository(top) if top else None, tuple(shadowed))
    project.explain = _explain
    return project


def _refuse_hidden(here: str, root: str, top: str) -> None:
    """Raises NotShown if the repository has a nearer `.secrets` that the working tree does not show: that one would win."""
    from gitseal.git.index_file import IndexFile

    index = IndexFile(Repository(top))
    for folder in upward(here):
        if folder == root:
            break
        if not index.surely_lacks(os.path.relpath(os.path.join(folder, FOLDER, "policy.yaml"), top)):
            from gitseal.project.unseen import refuse_unshown

            refuse_unshown(folder, top)


def _explain(project: Project, path: "StrPath") -> Error | None:
    from gitseal.project.unseen import missing  # most files are there

    return missing(project, path)
