"""What Git's merge driver does: three files of which the second becomes the merge (gitattributes(5))."""

from pathlib import Path

from gitseal.document.merging import conflict
from gitseal.document.merging import three_way as merge
from gitseal.document.merging.conflict import How
from gitseal.document.merging.three_way import Merged, MergedLines
from gitseal.git.merging import conflict_style, merge_lines


def three_way(base: bytes, ours: bytes, theirs: bytes, how: How) -> Merged:
    """The merge by name of three texts, its lines merged by Git. Raises Error where there is no `git`."""

    def lines(one: bytes, before: bytes, other: bytes) -> MergedLines | None:
        found = merge_lines(one, before, other, (how.labels.ours, how.labels.base, how.labels.theirs), how.size)
        return MergedLines(*found) if found is not None else None

    return merge.three_way(base, ours, theirs, lines, how)


def merge_files(base: Path, ours: Path, theirs: Path, how: How) -> tuple[str, ...]:
    """Writes the merge over `ours`, and gives the names in conflict; none where it is clean.

    Whatever fails on the way, both sides stand in `ours` in the end, as a conflict. Raises OSError where not even that can
    be written; then `ours` is as it was.
    """
    here, there = ours.read_bytes(), theirs.read_bytes()
    try:
        merged = three_way(base.read_bytes(), here, there, how)
        if merged.conflicts and conflict_style(Path.cwd()) in {"diff3", "zdiff3"}:
            merged = three_way(base.read_bytes(), here, there, how._replace(with_base=True))
    except Exception:  # noqa: BLE001 - Git would take any other end for a conflict, with ours in place as if it were good
        merged = Merged(conflict.whole(here, there, how), ("",))
    _write(ours, merged.data)
    return merged.conflicts


def _write(path: Path, data: bytes) -> None:
    # Beside it and then renamed: a kill in between must leave ours for Git's own merge.
    beside = path.with_name(f"{path.name}.merged")
    beside.write_bytes(data)
    beside.replace(path)
