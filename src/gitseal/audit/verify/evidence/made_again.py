"""A merge made again: a file that is just what a merge of the two sides' contents gives, nobody has chosen.

A forge makes such merges, signed by itself or by nobody. The contents are merged here, by our own code: what is configured on
this machine, such as a merge driver, has no say in what is judged.
"""

from collections.abc import Sequence

from gitseal.document.merging.conflict import SIZE, Merged, MergedLines
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
    """True if a merge commit has at a path just what a merge of its two parents since `base` gives.

    `changes` are what the merge has differently from each parent, None if nothing. Only regular files are merged.
    """
    modes = {side.split(" ")[0] for change in changes if change is not None for side in (change.old, change.new)}
    if len(modes) != 1 or not all(mode.startswith(_FILE) for mode in modes):
        return False
    before, ours, theirs = (repository.file(commit, path) for commit in (base, *parents))
    change = next(side for side in changes if side is not None)
    result = next(repository.blobs([change.new.split(" ")[1]]))
    if ours is None or theirs is None or max(map(len, (before or b"", ours, theirs))) > _LIMIT:
        return False
    merged = merge(path, before or b"", ours, theirs)
    return not merged.conflicts and merged.data == result


def merge(path: str, base: bytes, ours: bytes, theirs: bytes, known: MergedLines | None = None) -> Merged:
    """The merge of three texts of a file, as gitseal's driver makes it for a sealed file, a policy and a manifest.

    Any other file is merged by its lines; in conflict it has no text. `known` is what `lines` gave for these texts, if it was
    asked already.
    """
    texts = (ours, base, theirs)

    def by_lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
        is_known = known is not None and not with_base and (ours, base, theirs) == texts
        return known if is_known else lines(ours, base, theirs, with_base=with_base)

    inside = path.split("/")
    kind = by_structure.kind_of(inside[-1]) if inside[-2:-1] == [FOLDER] else None
    if kind is not None:
        # The sum of two policies may open what neither opened: that is a conflict of this merge.
        return by_structure.three_way(kind, base, ours, theirs, by_lines)
    if _is_sealed(inside):
        return three_way(base, ours, theirs, by_lines)
    text = by_lines(ours, base, theirs)
    return Merged(text.data, ()) if text is not None and text.is_clean else Merged(b"", ("",))


def _is_sealed(path: Sequence[str]) -> bool:
    stem = path[-1].removesuffix(".yaml")
    return path[-2:-1] == [FOLDER] and stem != path[-1] and is_environment_name(stem)


def lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
    """The lines of three texts, merged as Git does without a driver; None if it cannot."""
    merged = merging.merge_lines(ours, base, theirs, _LABELS, SIZE, with_base=with_base)
    return MergedLines(*merged) if merged is not None else None
