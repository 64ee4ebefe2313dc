"""Undo: files of `.secrets` put back as they were before a change that is not committed yet."""

from collections.abc import Mapping

from gitseal.errors import Error
from gitseal.project import journal
from gitseal.project.project import Project
from gitseal.project.seen import NotAsSeen
from gitseal.records import NamedTuple
from gitseal.sealing.writing import writing


class UndoStep(NamedTuple):
    """One change that was written: the sealed bytes before and after, by environment or `policy`; None means no file.

    `head` is the commit that HEAD was then, None if there was none. `id` tells the step from others with the same words.
    """

    words: str
    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes | None]
    head: str | None
    id: str = ""

    def __repr__(self) -> str:
        return f"UndoStep({self.words!r}, …)"


def obstacle(project: Project, step: UndoStep) -> Error | None:
    """Why a change cannot be put back any more: NotAsSeen if a file is another by now, Error if it is committed; else None."""
    repository = project.git()
    head = repository.commit("HEAD")
    for stem, after in step.after.items():
        path = journal.place(project, stem)
        name = project.relative(path)
        try:
            now: bytes | None = project.source.read(path)
        except FileNotFoundError:
            now = None
        if now != after:
            return NotAsSeen(f'"{name}" was changed after that, so it is not put back', "see: git diff .secrets")
        # A change may lead back to what HEAD has, such as a name that was added and removed. Only a later commit takes it.
        if head not in {step.head, None} and repository.file("HEAD", name) == after != _then(project, step, name):
            return Error(f'"{name}" was committed after that, so it is not put back', "see: gitseal log")
    return None


def put_back(project: Project, step: UndoStep) -> None:
    """Undoes a change. Sealed bytes come back as they were, so nothing is opened or sealed.

    Raises what `obstacle` gives, with nothing written.
    """
    with writing(project):
        refusal = obstacle(project, step)
        if refusal is not None:
            raise refusal
        journal.replace(project, step.after, step.before)
    project.refresh()


def _then(project: Project, step: UndoStep, name: str) -> bytes | None:
    """The file in the commit that HEAD was when the change was made."""
    return project.git().file(step.head, name) if step.head is not None else None
