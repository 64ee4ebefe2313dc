"""The files of one commit, read in this process by pygit2.

Where pygit2 does not serve, the binary does: it alone reads SHA-256 and reftable repositories, and fetches what a partial
clone left out. Both ways hand out regular files only: a symlink's blob is the path it leads to, and a submodule is no file.
"""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gitseal.errors import Error, shell_quoted
from gitseal.git import refs
from gitseal.git.object_types import FILE, FOLDER, KIND, SUBMODULE, SYMLINK
from gitseal.git.repository import Repository

if TYPE_CHECKING:  # 90 ms, paid by `open_commit`
    import pygit2

_LIMIT = 64 * 1024 * 1024


class _Entry(NamedTuple):
    """An entry of a tree; `size` is that of a file, in bytes."""

    mode: int
    object_id: str
    size: int


class _Way(Protocol):
    """One way to a commit. Paths are relative to the repository's top, parts apart by `/`."""

    commit: str

    def entry(self, path: str) -> _Entry | None:
        """The entry at a path."""

    def names(self, folder: str) -> list[str]:
        """The names in a folder."""

    def content(self, entry: _Entry) -> bytes:
        """A file's bytes."""


class CommitTree:
    """The files of one commit; `id` is its full name. Paths are relative to the repository's top."""

    def __init__(self, way: _Way, revision: str) -> None:
        self.id = way.commit
        self._way = way
        self._revision = revision

    def has_folder(self, path: str) -> bool:
        """True if a folder stands at a path. Raises Error for a symlink or a submodule, which could lead anywhere."""
        entry = self._entry(path)
        return entry is not None and entry.mode & KIND == FOLDER

    def names(self, folder: str) -> list[str]:
        """The names in a folder that is there."""
        return self._way.names(folder)

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes, None if nothing is there. Raises Error for anything else, and above 64 MiB."""
        entry = self._entry(path)
        if entry is None:
            return None
        if entry.mode & KIND != FILE:
            raise Error(f'"{path}" is not a regular file in {self._revision}', self._look(path))
        if entry.size > _LIMIT:
            raise Error(f'"{path}" is larger than {_LIMIT // 2**20} MiB in {self._revision}', self._look(path))
        return self._way.content(entry)

    def _entry(self, path: str) -> _Entry | None:
        entry = self._way.entry(path)
        if entry is not None and entry.mode & KIND in {SYMLINK, SUBMODULE}:
            kind = "symbolic link" if entry.mode & KIND == SYMLINK else "submodule"
            raise Error(f'"{path}" is a {kind} in {self._revision}, which could lead anywhere', self._look(path))
        return entry

    def _look(self, path: str) -> str:
        return f"look at: git ls-tree -l {shell_quoted(self._revision)} -- {shell_quoted(path)}"


def open_commit(top: Path, revision: str) -> CommitTree:
    """The commit that a revision names in the repository at `top`. Raises Error if there is none."""
    if not revision or "\0" in revision or not _is_text(revision):
        raise _no_commit(revision)
    # libgit2 takes short names as Git does, tags first. A machine without the binary has to be given ids or full names.
    resolved = refs.resolve(Repository(top), revision) if shutil.which("git") else revision
    if not resolved:
        raise _no_commit(revision)
    return CommitTree(_library(top, resolved) or _Binary(top, resolved), revision)


def _is_text(words: str) -> bool:
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_commit(revision: str) -> Error:
    return Error(f'there is no commit "{revision}"', "see them with: git log --oneline -- .secrets")


def library_repository(top: Path) -> "pygit2.Repository | None":
    """The repository as pygit2 opens it; None if it does not, or could not read all of its objects."""
    try:
        import pygit2
    except ImportError:
        return None
    try:
        repository = pygit2.Repository(str(top))
    except pygit2.GitError:
        return None
    # In a partial clone an object that is not here looks like one that does not exist; the binary fetches it.
    if any(entry.name.endswith((".promisor", ".partialclone")) for entry in repository.config):
        return None
    return repository


def _library(top: Path, revision: str) -> "_Library | None":
    """The way by pygit2, or None if it does not open the repository. Raises Error if there is no such commit."""
    repository = library_repository(top)
    if repository is None:
        return None
    import pygit2

    try:
        return _Library(repository, repository.revparse_single(revision).peel(pygit2.Commit))
    except (pygit2.GitError, KeyError, ValueError):
        pass
    raise _no_commit(revision)


class _Library:
    """By pygit2, which knows no replace refs: what was committed is what is read."""

    def __init__(self, repository: "pygit2.Repository", commit: "pygit2.Commit") -> None:
        self.commit = str(commit.id)
        self._repository = repository
        self._tree = commit.tree

    def entry(self, path: str) -> _Entry | None:
        try:
            entry = self._tree[path]
        except KeyError:
            return None
        mode = int(entry.filemode)
        # Nothing but the mode is asked of a submodule: its commit is not in this repository.
        return _Entry(mode, str(entry.id), self._blob(str(entry.id)).size if mode & KIND == FILE else 0)

    def names(self, folder: str) -> list[str]:
        tree = self._tree[folder].peel(type(self._tree))
        return [os.fsdecode(entry.raw_name or b"") for entry in tree]

    def content(self, entry: _Entry) -> bytes:
        return self._blob(entry.object_id).data

    def _blob(self, object_id: str) -> "pygit2.Blob":
        import pygit2

        try:
            return self._repository[object_id].peel(pygit2.Blob)
        except (pygit2.GitError, KeyError):
            pass
        raise Error(f"the repository has lost {object_id}", "see what is missing with: git fsck")


class _Binary:
    """By the `git` binary."""

    def __init__(self, top: Path, revision: str) -> None:
        self._repository = Repository(top)
        commit = self._repository.commit(revision)
        if commit is None:
            raise _no_commit(revision)
        self.commit = commit

    def entry(self, path: str) -> _Entry | None:
        entry = self._repository.objects.entry(self.commit, path)
        if entry is None:
            return None
        # A blob that is lost has no size; asking for its content says so.
        size = self._repository.git("cat-file", "-s", entry.object_id) if entry.is_file else None
        return _Entry(entry.mode, entry.object_id, int(size or 0))

    def names(self, folder: str) -> list[str]:
        place = self._repository.objects.entry(self.commit, folder)
        tree = self._repository.objects.tree(place.object_id) if place is not None and place.is_folder else {}
        return [os.fsdecode(name) for name in tree]

    def content(self, entry: _Entry) -> bytes:
        return next(self._repository.blobs([entry.object_id]))
