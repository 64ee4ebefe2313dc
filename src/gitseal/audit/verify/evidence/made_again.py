"""A merge made again: a file that is just what a merge of the two sides' contents gives, nobody has chosen.

A forge makes such merges, signed by itself or by nobody. The contents are merged here, by our own code: what is configured on
this machine, such as a merge driver, has no say in what is judged.
"""

from collections.abc import Sequence

from gitseal.document.merging.conflict import SIZE, MergedLines
from gitseal.document.merging.three_way import three_way
from gitseal.git import merging
from gitseal.git.ranges import PathChange
from gitseal.git.repository import Repository
from gitseal.policy.merging import three_way as by_structure
from gitseal.policy.parser import is_environment_name
from gitseal.project.project import FOLDER

_LIMIT = 64 * 2**20
_FILE = "100"
_LABELS = ("ours", "base", "theirs")


def is_merge(
    repository: Repository, base: str, parents: Sequence[str], path: str, changes: Sequence[PathChange | None]
) -> bool:
    """Whether a merge commit has at a path just what a merge of its two parents since `base` gives.

    `changes` are what the merge has differently from each parent, None if nothing. Only regular files are merged.
    """
    inside = path.split("/")
    modes = {side.split(" ")[0] for change in changes if change is not None for side in (change.old, change.new)}
    if len(modes) != 1 or not all(mode.startswith(_FILE) for mode in modes):
        return False
    before, ours, theirs = (repository.file(commit, path) for commit in (base, *parents))
    change = next(side for side in changes if side is not None)
    result = next(repository.blobs([change.new.split(" ")[1]]))
    if ours is None or theirs is None or max(map(len, (before or b"", ours, theirs))) > _LIMIT:
        return False
    kind = by_structure.kind_of(inside[-1]) if inside[-2:-1] == [FOLDER] else None
    if kind is not None:
        # The sum of two policies may open what neither opened: that is a conflict of this merge.
        merged = by_structure.three_way(kind, before or b"", ours, theirs, _lines)
        return not merged.conflicts and merged.data == result
    if _is_sealed(inside):
        merged = three_way(before or b"", ours, theirs, _lines)
        return not merged.conflicts and merged.data == result
    lines = _lines(ours, before or b"", theirs)
    return lines is not None and lines.is_clean and lines.data == result


def _is_sealed(path: Sequence[str]) -> bool:
    stem = path[-1].removesuffix(".yaml")
    return path[-2:-1] == [FOLDER] and stem != path[-1] and is_environment_name(stem)


def _lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
    merged = merging.merge_lines(ours, base, theirs, _LABELS, SIZE, with_base=with_base)
    return MergedLines(*merged) if merged is not None else None
