"""The one way by which environments are written: under the lock, from what was read, all or none."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gitseal.files.lock import locked
from gitseal.project import journal
from gitseal.project.project import Project
from gitseal.project.trust import Trust


@contextmanager
def writing(project: Project) -> Iterator[None]:
    """Holds the project's lock, after what an earlier crash left was brought to its end. Read inside the block, not before."""
    project.git()
    with locked(project.folder):
        journal.finish(project)
        yield


def commit(project: Project, trust: Trust, old: Mapping[str, bytes | None], new: Mapping[str, bytes]) -> None:
    """Writes the environments whose bytes changed, then what was met on the way. Call it inside `writing`.

    Raises Unconfirmed before anything is written where a question is still open.
    """
    trust.settle()
    changed = {environment: data for environment, data in new.items() if data != old[environment]}
    journal.replace(project, old, changed)
    trust.remember()
