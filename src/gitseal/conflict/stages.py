"""The three states that Git keeps of a file in conflict, and a test if Git alone wrote the markers in it."""

from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import Hunk
from gitseal.git import conflicts
from gitseal.git.conflicts import Stages
from gitseal.project.project import Project

Sides = tuple[bytes, bytes, bytes]


def contents(project: Project, path: str) -> Sides:
    """The base, ours and theirs of a file, by its path from the top; empty for a side that has none."""
    ids = conflicts.unmerged(project.git(), project.folder).get(path) or Stages("", "", "")
    there = [object_id for object_id in ids if object_id]
    known = dict(zip(there, project.git().blobs(there), strict=True)) if there else {}
    return known.get(ids.base, b""), known.get(ids.ours, b""), known.get(ids.theirs, b"")


def is_by_lines(written: bytes, sides: Sides) -> bool:
    """True if a text is what Git's own merge of the lines makes of these sides: no driver ran, and nobody has edited it."""
    from gitseal.git.merging import merge_lines

    base, ours, theirs = sides
    merged = merge_lines(ours, base, theirs, ("", "", ""), conflict.SIZE)
    return merged is not None and conflict.split(merged[0]) == _unlabelled(written)


def _unlabelled(data: bytes) -> list[bytes | Hunk]:
    return [part._replace(labels=("", "")) if isinstance(part, Hunk) else part for part in conflict.split(data)]
