"""A policy or manifest with a conflict in it: what is in conflict, for a person who decides it in an editor."""

import os
from typing import NamedTuple

from gitseal.conflict import stages
from gitseal.conflict.merge_files import STRUCTURED, three_way
from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import How
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.project.project import FOLDER, Project


class ConflictedText(NamedTuple):
    """A file in conflict, by its path from the top; the first line of each conflict, from 1; what is in conflict, in words."""

    path: str
    lines: tuple[int, ...]
    entries: tuple[str, ...]


def in_conflict(project: Project) -> list[str]:
    """The names of those files of `.secrets` that are merged by structure and show a conflict."""
    return [name for name in STRUCTURED if conflict.sides(_written(project, name)) is not None]


def load(project: Project, name: str) -> ConflictedText | bytes | None:
    """The conflict of a file; its bytes if a merge by structure has none; None if the file shows no conflict."""
    written = _written(project, name)
    if conflict.sides(written) is None:
        return None
    path = project.relative(project.folder / name)
    base, ours, theirs = sides = stages.contents(project, path)
    entries: tuple[str, ...] = ()
    if ours and theirs:
        merged = three_way(base, ours, theirs, How(), f"{FOLDER}/{name}")
        if not merged.conflicts and stages.is_by_lines(written, sides):
            return merged.data
        entries = tuple(entry for entry in merged.conflicts if entry)
    return ConflictedText(path, _first_lines(written), entries)


def write_merged(project: Project, name: str, data: bytes) -> None:
    """Writes a merge that has no conflict by structure, in place of Git's own that had one."""
    atomic.write(project.folder / name, data)


def _written(project: Project, name: str) -> bytes:
    path = os.path.join(project.folder, name)
    return read_regular(path) if os.path.lexists(path) else b""


def _first_lines(written: bytes) -> tuple[int, ...]:
    start = b"<" * conflict.SIZE
    return tuple(number for number, line in enumerate(written.split(b"\n"), 1) if line.startswith(start))
