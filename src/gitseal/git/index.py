"""The index: the one place that runs `git ls-files` and takes apart what it prints."""

import os

from gitseal.errors import Error
from gitseal.git import ahead
from gitseal.git.object_types import is_file_mode
from gitseal.git.repository import LITERAL, Repository
from gitseal.git.run import git
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

MERGED, BASE, OURS, THEIRS = "0", "1", "2", "3"
_IGNORED = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--")
_OFFERED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")


class IndexEntry(NamedTuple):
    """One file of the index: its mode, the id of its blob, its stage, and its path in Git's bytes, from the top.

    A file in conflict has an entry for each of the stages BASE, OURS and THEIRS that it has; any other is MERGED.
    """

    mode: int
    object_id: str
    stage: str
    path: bytes

    @property
    def is_file(self) -> bool:
        """True if it is a regular file, and no symlink or submodule."""
        return is_file_mode(self.mode)


def entries(repository: Repository, *patterns: str) -> list[IndexEntry]:
    """The entries that match pathspecs, which are no words from a repository; without any, all. In Git's order.

    Raises Error if Git cannot read the index.
    """
    return _entries(repository.git(*ahead.of_index(*patterns)))


def entries_at(repository: Repository, path: str) -> list[IndexEntry]:
    """The entries at a path and below it. Raises Error if Git cannot read the index."""
    return _entries(repository.git(LITERAL, *ahead.of_index(path)))


def flagged_at(repository: Repository, *patterns: str) -> list[tuple[str, IndexEntry]]:
    """As `entries`, each with the letter of git-ls-files(1), `-v`: S for skip-worktree, a small one for assume-unchanged.

    Raises Error if Git cannot read the index.
    """
    listed = repository.git("ls-files", "-v", "--stage", "-z", "--", *patterns)
    if listed is None:
        raise _unreadable()
    lines = listed.split(b"\0")[:-1]
    stripped = b"".join(line[2:] + b"\0" for line in lines)
    return list(zip((line[:1].decode() for line in lines), _entries(stripped), strict=True))


def is_tracked(repository: Repository, path: "str | os.PathLike[str]") -> bool:
    """True if the index has a file, or files below a folder."""
    return bool(entries_at(repository, os.fspath(path)))


def submodule_above(repository: Repository, path: str) -> str:
    """The submodule in which a path lies, by its path from the top: of the index, or checked out there; nothing if in none.

    `ls-files` shows nothing below one, so a file there looks as if Git had never heard of it.
    """
    folder = os.path.relpath(os.path.dirname(path), repository.folder)
    while folder not in {"", os.curdir} and not folder.startswith(os.pardir):
        # A folder is in no index by itself, so what answers is a submodule or a file.
        is_entry = repository.git("rev-parse", "--verify", "--quiet", f":0:{folder}") is not None
        if is_entry or os.path.lexists(os.path.join(repository.folder, folder, ".git")):
            return folder
        folder = os.path.dirname(folder)
    return ""


def _entries(listed: bytes | None) -> list[IndexEntry]:
    if listed is None:
        raise _unreadable()
    entries = []
    for line in listed.split(b"\0")[:-1]:
        entry, _, path = line.partition(b"\t")
        mode, object_id, stage = entry.decode().split(" ")
        entries.append(IndexEntry(int(mode, 8), object_id, stage, path))
    return entries


def _unreadable() -> Error:
    return Error("Git cannot read the index", "look at: git status")


def offered_files(top: "Path", *patterns: str) -> list[bytes] | None:
    """Files of a working tree that are tracked, or that nothing ignores: paths from the top, each once, sorted.

    `patterns` are pathspecs, without any all. Some files may be gone, and a submodule is listed as one. None if Git refuses.
    """
    return _offered(git(top, *_OFFERED, *patterns))


def offered_below(top: "Path", folder: str) -> list[bytes] | None:
    """The same for a folder, which is given by its path from the top: paths relative to the folder.

    Git is asked at the top: a folder of the tree may look like a repository, and Git would do what its configuration says.
    """
    return _below(top, folder, _OFFERED)


def ignored_below(top: "Path", folder: str) -> list[bytes] | None:
    """The files of a folder that a rule ignores and Git does not track, relative to it; None if Git refuses.

    What lies in a folder that is itself ignored is not among them.
    """
    listed = _below(top, folder, _IGNORED)
    return [path for path in listed if path[-1:] != b"/"] if listed is not None else None


def _below(top: "Path", folder: str, command: tuple[str, ...]) -> list[bytes] | None:
    start = os.fsencode(folder).rstrip(b"/") + b"/" if folder not in {"", os.curdir} else b""
    listed = _offered(git(top, LITERAL, *command, *([os.fsdecode(start)] if start else [])))
    return [path.removeprefix(start) for path in listed] if listed is not None else None


def _offered(listed: bytes | None) -> list[bytes] | None:
    return sorted(set(listed.split(b"\0")[:-1])) if listed is not None else None
