"""Finds the `.secrets` in force on the disk. It starts no program."""

import os

from gitseal.errors import Error
from gitseal.git.repository import Repository, top_of, upward
from gitseal.project.project import FOLDER, Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    StrPath = str | os.PathLike[str]


def find(start: "StrPath") -> Project:
    """The project of a folder: the nearest `.secrets` from it upward, as far as the repository's top.

    Raises Error if there is none, or if it is a symlink.
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
        raise Error(f'there is no .secrets folder in "{here}" or above it', "make one with: gitseal init")
    secrets, *shadowed = (os.path.join(folder, FOLDER) for folder in marks)
    if os.path.islink(secrets):
        raise Error(f'"{secrets}" is a symbolic link, which could point anywhere', "replace it with a folder")
    return Project(marks[0], Repository(top) if top else None, tuple(shadowed))
