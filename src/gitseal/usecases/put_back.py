"""Undo: files of `.secrets` put back as they were before a change that is not committed yet."""

from collections.abc import Mapping

from gitseal.errors import Error
from gitseal.project import journal
from gitseal.project.project import Project
from gitseal.project.seen import NotAsSeen
from gitseal.records import NamedTuple
from gitseal.sealing.writing import writing


class UndoStep(NamedTuple):
    """One change that was written: the sealed bytes before and after, by environment or `policy`; None means no file."""

    words: str
    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes | None]

    def __repr__(self) -> str:
        return f"UndoStep({self.words!r}, …)"


def put_back(project: Project, step: UndoStep) -> None:
    """Undoes a change. Sealed bytes come back as they were, so nothing is opened or sealed.

    Raises NotAsSeen, with nothing written, if a file is no longer what the change made of it, and Error if it is committed.
    """
    with writing(project):
        for stem, after in step.after.items():
            path = journal.place(project, stem)
            name = project.relative(path)
            try:
                now: bytes | None = project.source.read(str(path))
            except FileNotFoundError:
                now = None
            if now != after:
                raise NotAsSeen(f'"{name}" was changed after that, so it is not put back', "see: git diff .secrets")
            if after is not None and project.git().file("HEAD", name) == after:
                raise Error(f'"{name}" is committed as it is, so there is nothing to undo', "see: gitseal log")
        journal.replace(project, step.after, step.before)
    project.refresh()
