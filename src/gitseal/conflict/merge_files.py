"""The work of Git's merge driver: three files, of which the second becomes the merge (gitattributes(5)).

A rebase runs it for every commit, so it imports little: no pathlib, and nothing that opens values.
"""

import os

from gitseal.document.merging import conflict
from gitseal.document.merging import three_way as merge
from gitseal.document.merging.conflict import Merged, MergedLines
from gitseal.git import merging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitseal.document.merging.conflict import How, LineMerge
    from gitseal.git.child import Running

# The files of `.secrets` that are merged by structure.
STRUCTURED = ("policy.yaml", "manifest.yaml")


def three_way(base: bytes, ours: bytes, theirs: bytes, how: "How", place: str = "") -> Merged:
    """The merge of three texts of the file at `place`, its lines merged by Git. Raises Error if there is no `git`.

    A policy or manifest of a `.secrets` is merged by structure, every other file by name.
    """
    return _three_way(base, ours, theirs, _by_git(how), how, place)


def is_structured(place: str) -> bool:
    """True for a file that is merged by structure, and whose conflicts are resolved in an editor."""
    folder, name = os.path.split(place)
    return name in STRUCTURED and os.path.basename(folder) == ".secrets"


def _three_way(base: bytes, ours: bytes, theirs: bytes, lines: "LineMerge", how: "How", place: str) -> Merged:
    if is_structured(place):
        from gitseal.policy.merging import three_way as by_structure  # a rebase of sealed files needs none of it

        kind = by_structure.kind_of(os.path.basename(place))
        if kind is not None:
            return by_structure.three_way(kind, base, ours, theirs, lines, how)
    return merge.three_way(base, ours, theirs, lines, how)


def _by_git(how: "How") -> "LineMerge":
    def lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
        merged = merging.merge_lines(ours, base, theirs, how.labels, how.size, with_base=with_base)
        return MergedLines(*merged) if merged is not None else None

    return lines


def merge_files(files: "Sequence[str]", how: "How", begun: "Running | None" = None, place: str = "") -> tuple[str, ...]:
    """Writes the merge of three files, base, ours and theirs, over ours, and gives the names in conflict; none if it is clean.

    `place` is the path of what is merged, from the repository's top. `begun` is Git's merge of the lines of these very files,
    if it was started already. Whatever fails on the way, both sides stand in ours in the end, as a conflict. Raises OSError
    if not even that can be written; then ours is as it was.
    """
    before, ours, theirs = files
    here, there = _read(ours), _read(theirs)
    try:
        merged = _merge((_read(before), here, there), how, begun, place)
    except Exception:  # noqa: BLE001 - Git would take any other end for a conflict, with ours in place as if it were good
        merged = Merged(conflict.whole(here, there, how), ("",))
    finally:
        if begun is not None:
            begun.end()
    _write(ours, merged.data)
    return merged.conflicts


def _merge(texts: tuple[bytes, bytes, bytes], how: "How", begun: "Running | None", place: str) -> Merged:
    base, ours, theirs = texts
    by_git = _by_git(how)

    def lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
        # The first question is for the files as they are; later ones are for texts made of them.
        if begun is None or with_base or (base, ours, theirs) != texts:
            return by_git(ours, base, theirs, with_base=with_base)
        merged = merging.result(begun)
        return MergedLines(*merged) if merged is not None else None

    merged = _three_way(base, ours, theirs, lines, how, place)
    if merged.conflicts and merging.conflict_style(os.curdir) in {"diff3", "zdiff3"}:
        return three_way(base, ours, theirs, how._replace(with_base=True), place)
    return merged


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _write(path: str, data: bytes) -> None:
    # Beside it and then renamed: a kill in between must leave ours for Git's own merge.
    beside = f"{path}.merged"
    try:
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except BaseException:
        try:  # noqa: SIM105 - a rebase runs this for every commit: no contextlib
            os.unlink(beside)
        except OSError:
            pass
        raise
