"""History through moves: a file that a commit moved unchanged to another folder has its past under the old path."""

import os
from collections.abc import Callable, Iterator

from gitseal.git.log import ChangedFile, LoggedCommit, LogQuery, history
from gitseal.git.repository import Repository

# Bytes for bytes alone: a file that was changed while it was moved is another file, and says so.
_DIFF = ("diff-tree", "-r", "-z", "--root", "--no-commit-id", "--find-renames=100%", "--diff-filter=R", "--name-status")


IsFollowed = Callable[[str], bool]


def follow(
    repository: Repository, wanted: LogQuery, is_followed: IsFollowed, revisions: tuple[str, ...] = ("HEAD",)
) -> Iterator[LoggedCommit]:
    """`history`, and after it that of files which a commit moved, unchanged and under the same name, to these paths.

    `is_followed` tells of a path whether moves from it and to it count.
    Such a move is no change: neither side of it is among the commit's files.
    """
    seen: set[tuple[str, str]] = set()
    paths: tuple[str, ...] = tuple(wanted.paths)
    while paths:
        moved: dict[str, tuple[str, ...]] = {}
        for commit in history(repository, wanted._replace(paths=paths), revisions):
            stays = _settled(repository, commit, moved, is_followed)
            files = tuple(file for file in stays if (commit.id, file.path) not in seen)
            seen.update((commit.id, file.path) for file in files)
            if files:
                yield commit if len(files) == len(commit.files) else commit._replace(files=files)
        paths = tuple(moved)
        revisions = tuple(dict.fromkeys(parent for parents in moved.values() for parent in parents))


def _settled(
    repository: Repository, commit: LoggedCommit, moved: dict[str, tuple[str, ...]], is_followed: IsFollowed
) -> tuple[ChangedFile, ...]:
    """The commit's files without those that it moved; where they came from is added to `moved`, with the parents."""
    comes_or_goes = any((file.is_new or file.after is None) and is_followed(file.path) for file in commit.files)
    if not comes_or_goes or len(commit.parents) != 1:
        return commit.files
    moves = _moves(repository, commit.id, is_followed)
    for file in commit.files:
        if file.path in moves:
            old = moves[file.path]
            moved[old] = (*moved.get(old, ()), *commit.parents)
    either = {*moves, *moves.values()}
    return tuple(file for file in commit.files if file.path not in either)


def _moves(repository: Repository, commit: str, is_followed: IsFollowed) -> dict[str, str]:
    """The old path of each file that a commit moved, by the new one."""
    listed = repository.git(*_DIFF, commit) or b""
    fields = iter(listed.split(b"\0")[:-1])
    pairs = [(os.fsdecode(next(fields)), os.fsdecode(next(fields))) for _status in fields]
    return {new: old for old, new in pairs if is_followed(old) and is_followed(new) and _name(old) == _name(new)}


def _name(path: str) -> str:
    return path.rpartition("/")[2]
