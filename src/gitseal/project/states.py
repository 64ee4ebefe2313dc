"""A project as a commit or the index has it: whatever reads a project reads these states by the same code."""

import os

from gitseal.errors import Error, shell_quoted
from gitseal.git import snapshot
from gitseal.git.repository import Repository, find_top, top_of
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
from gitseal.project.source import WorkingTree

TYPE_CHECKING = False
if TYPE_CHECKING:  # costs the import of what it reads with
    from collections.abc import Mapping
    from pathlib import Path

    from gitseal.git.object_types import TreeEntry
    from gitseal.git.objects import CommitTree

    StrPath = str | os.PathLike[str]

# Whoever reads so many files of a `.secrets` reads the rest. Most hooks read a policy and none of the environments beside it.
_SEVERAL = 3


class SnapshotFiles:
    """Files by the `git` binary, of the index or of a commit. `cached`: Git's attributes are those of the index."""

    is_working_tree = False

    def __init__(self, repository: Repository, files: snapshot.Snapshot, *, cached: bool) -> None:
        self._repository = repository
        self._files = files
        self._cached = cached
        self._reads: dict[bytes, int] = {}
        self._attributes: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}

    def name(self, relative: str) -> str:
        """The path itself: whoever reports on a commit says which."""
        return relative

    def names(self, folder: "StrPath") -> list[str]:
        """The names in a folder."""
        return [os.fsdecode(name) for name in self._files.names(self._within(folder))]

    def read(self, path: "StrPath") -> bytes:
        """A regular file's bytes."""
        place = self._within(path)
        folder = place.rpartition(b"/")[0]
        self._reads[folder] = self._reads.get(folder, 0) + 1
        if self._reads[folder] == _SEVERAL and folder.rpartition(b"/")[2] == FOLDER.encode():
            self._files.prefetch(folder)
        content = self._files.read(place)
        if content is None:
            raise FileNotFoundError(path)
        return content

    def is_tracked(self, path: "StrPath") -> bool:
        """True if the state has it."""
        return self._within(path) in self._files.places

    def attributes(self, path: str, names: tuple[str, ...]) -> dict[str, str] | None:
        """Those of the index; None for a commit, whose `.gitattributes` no command of older Gits asks."""
        if not self._cached:
            return None
        if (path, names) not in self._attributes:
            folder = os.fsencode(path).rpartition(b"/")[0]
            # Git is asked once for a whole folder: a question costs a process, and the neighbours come next.
            beside = (os.fsdecode(place) for place in self._files.places if place.rpartition(b"/")[0] == folder)
            paths = {path, *beside}
            told = self._repository.attributes_of(paths, names, cached=True)
            self._attributes |= {(path, names): told.get(path, {}) for path in paths}
        return self._attributes[path, names]

    def _within(self, path: "StrPath") -> bytes:
        return os.fsencode(os.path.relpath(path, self._repository.folder))


class SparseTree(WorkingTree):
    """The working tree, with the index's files for those that a sparse checkout leaves out: nobody can have changed them here."""

    def __init__(self, repository: Repository, left_out: "Mapping[bytes, TreeEntry]") -> None:
        super().__init__(repository)
        self._left_out = snapshot.Snapshot(repository, left_out)
        self._top = repository.folder

    def names(self, folder: "StrPath") -> list[str]:
        """The names in a folder."""
        left_out = map(os.fsdecode, self._left_out.names(self._within(folder)))
        return list(dict.fromkeys([*(super().names(folder) if os.path.isdir(folder) else ()), *left_out]))

    def read(self, path: "StrPath") -> bytes:
        """A regular file's bytes."""
        try:
            return super().read(path)
        except FileNotFoundError:
            content = self._left_out.read(self._within(path))
            if content is None:
                raise
            return content

    def _within(self, path: "StrPath") -> bytes:
        return os.fsencode(os.path.relpath(path, self._top))


class CommitFiles:
    """Files by pygit2, of one commit. Messages name them as Git does, `REVISION:PATH`."""

    is_working_tree = False

    def __init__(self, top: "Path", commit: "CommitTree", revision: str) -> None:
        self._top = top
        self._commit = commit
        self._revision = revision

    def name(self, relative: str) -> str:
        """The path with the revision before it."""
        return f"{self._revision}:{relative}"

    def names(self, folder: "StrPath") -> list[str]:
        """The names in a folder."""
        return self._commit.names(self._within(folder))

    def read(self, path: "StrPath") -> bytes:
        """A regular file's bytes."""
        content = self._commit.read(self._within(path))
        if content is None:
            raise FileNotFoundError(path)
        return content

    def is_tracked(self, path: "StrPath") -> bool:
        """True if the commit has it."""
        return os.path.basename(path) in self.names(os.path.dirname(path))

    def attributes(self, path: str, names: tuple[str, ...]) -> dict[str, str] | None:  # noqa: ARG002 - Source's words
        """None: what reads values by revision asks for none."""
        return None

    def _within(self, path: "StrPath") -> str:
        return os.path.relpath(path, self._top)


def find_at(start: "Path", revision: str) -> Project:
    """The project that a folder has in a revision: the nearest `.secrets` from it upward, as far as the repository's top.

    Raises Error if there is none, if it is a symlink or a submodule, and if there is no such revision.
    """
    from gitseal.git.objects import open_commit

    top = find_top(start)
    if top is None:
        raise Error(f'"{start}" is in no Git repository, so it has no revisions', "leave the revision out")
    commit = open_commit(top, revision)
    for root in (start, *start.parents):
        if commit.has_folder((root / FOLDER).relative_to(top).as_posix()):
            return Project(root, Repository(top), source=CommitFiles(top, commit, revision))
        if root == top:
            break
    raise Error(
        f'in {revision} there is no .secrets folder in "{start}" or above it', "see when it came: git log -- .secrets"
    )


def of_bare(repository: Repository) -> Project:
    """The project of a bare repository, as HEAD has it: the one at its top, else the only one. Raises Error if there is none."""
    head = repository.commit("HEAD")
    files = snapshot.of_commit(repository, head) if head is not None else None
    roots = sorted(os.fsdecode(root.rstrip(b"/")) for root in roots_of(files.places)) if files is not None else []
    if files is None or not roots:
        raise Error(
            f'the bare repository "{repository.folder}" has no .secrets in HEAD', "see its branches: git branch -v"
        )
    if "" not in roots and len(roots) > 1:
        raise Error(
            f"HEAD has several .secrets: in {', '.join(roots)}; a bare repository has no folders to choose one by",
            f"work in a clone: git clone {shell_quoted(repository.folder)}",
        )
    root = os.path.join(repository.folder, roots[0]).rstrip("/")
    return of_files(repository, root, files, cached=False)


def at_head(root: str) -> Project:
    """The project of a folder, by its absolute path, as HEAD has it. Raises Error if there is no commit yet."""
    top = top_of(root)
    repository = Repository(top or root)
    head = repository.commit("HEAD")
    if head is None:
        raise Error("there is no commit yet", "see what is in the index: git status")
    return at_commit(repository, root, head)


def of_files(repository: Repository, root: "StrPath", files: snapshot.Snapshot, *, cached: bool) -> Project:
    """The project of a folder in a state that was listed already."""
    return Project(root, repository, source=SnapshotFiles(repository, files, cached=cached))


def at_commit(repository: Repository, root: "StrPath", commit: str) -> Project:
    """The project of a folder as a commit has it, given by its full id."""
    folder = os.path.relpath(os.path.join(root, FOLDER), repository.folder)
    files = snapshot.of_commit(repository, commit, folder)
    return Project(root, repository, source=SnapshotFiles(repository, files, cached=False))
