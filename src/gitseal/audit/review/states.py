"""Every `.secrets` folder at both ends of a range, as far as each can be read, for `review`."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git import index, snapshot
from gitseal.git.object_types import TreeEntry
from gitseal.git.repository import Repository
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.policy.parser import is_environment_name
from gitseal.policy.policy import Policy
from gitseal.project import states
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
from gitseal.project.states import SparseTree
from gitseal.review.entries.entry import ABSENT, PathState
from gitseal.review.policy.changes import NO_POLICY
from gitseal.review.state import EnvironmentFile

_SUFFIX = ".yaml"
_ALLOW = "allow.yaml"


class FolderState:
    """One `.secrets` folder in one state. What is not there or cannot be read is empty: `check` says what is wrong with it."""

    def __init__(self, project: Project | None) -> None:
        self.project = project
        self._states: dict[str, EnvironmentFile] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the folder."""
        if self.project is None:
            return ()
        try:
            return tuple(sorted(self.project.source.names(self.project.folder)))
        except OSError:
            return ()

    @property
    def environments(self) -> set[str]:
        """The environments that have a file."""
        stems = (name.removesuffix(_SUFFIX) for name in self.names if name.endswith(_SUFFIX))
        return set(filter(is_environment_name, stems))

    def read(self, name: str) -> bytes | None:
        """A file's bytes."""
        if self.project is None:
            return None
        try:
            return self.project.source.read(self.project.folder / name)
        except (OSError, Error):
            return None

    def state(self, environment: str) -> EnvironmentFile:
        """An environment's file."""
        if environment not in self._states:
            self._states[environment] = EnvironmentFile(self.read(f"{environment}{_SUFFIX}"))
        return self._states[environment]

    @cached_property
    def policy(self) -> Policy:
        """The policy."""
        try:
            return self.project.policy if self.project is not None else NO_POLICY
        except Error:
            return NO_POLICY

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest."""
        try:
            return self.project.manifest if self.project is not None else EMPTY
        except Error:
            return EMPTY

    @property
    def allow(self) -> bytes | None:
        """The list of what the hook lets pass."""
        return self.read(_ALLOW)


NOTHING = FolderState(None)


def at_commit(repository: Repository, commit: str) -> dict[str, FolderState]:
    """The folders of a commit, by the path of what holds them, `""` for the top."""
    files = snapshot.of_commit(repository, commit)
    folders: dict[str, FolderState] = {}
    for root in _sorted_roots(files.places):
        project = states.of_files(repository, repository.top / root, files, cached=False)
        folders[root] = FolderState(project)
    return folders


class IndexState(NamedTuple):
    """What the index has of covered files that working tree or HEAD have otherwise.

    `left_out` are files that a sparse checkout leaves out of the working tree. `alone` are those whose content is neither HEAD's
    nor the working tree's to lose: a commit brings it, and the working tree does not show it.
    """

    left_out: Mapping[bytes, TreeEntry]
    alone: Mapping[str, PathState]


NO_INDEX = IndexState({}, {})


def of_index(repository: Repository, head: str, heads: Mapping[str, FolderState]) -> IndexState:
    """The index beside HEAD, by its full id, and the working tree. Git is asked once."""
    patterns = (f":(top,glob)**/{FOLDER}/**", ":(top,glob)**/.gitattributes")
    merged = [(one, entry) for one, entry in index.flagged_at(repository, *patterns) if entry.stage == index.MERGED]
    left_out, alone = {}, {}
    for letter, entry in merged:
        path = os.fsdecode(entry.path)
        place = repository.top / path
        if letter.upper() == "S" and not os.path.lexists(place):
            left_out[entry.path] = TreeEntry(entry.mode, entry.object_id)
            continue
        committed = repository.objects.entry(head, path)
        if not entry.is_file or (committed is not None and committed.object_id == entry.object_id):
            continue
        data = next(repository.blobs([entry.object_id]))
        if data and data != _content(place):
            alone[path] = PathState(f"{entry.mode:06o}", data)
    known = {os.fsdecode(entry.path) for _letter, entry in merged}
    for root, side in heads.items():
        for name in side.names:
            path = within(root, name)
            # `git rm --cached`: the next commit takes away what still lies here.
            if path not in known and (repository.top / path).is_file():
                alone[path] = ABSENT
    return IndexState(left_out, alone)


def _content(place: Path) -> bytes | None:
    try:
        return read_regular(place)
    except (OSError, Error):
        return None


def in_working_tree(repository: Repository, left_out: Mapping[bytes, TreeEntry]) -> dict[str, FolderState]:
    """The folders of the working tree, of those files that Git has or would take; the index's, if a file is `left_out`."""
    paths = index.offered_files(repository.top, f":(top,glob)**/{FOLDER}/*")
    if paths is None:
        raise Error("Git cannot list the working tree", "look at: git status")
    there = [path for path in paths if path in left_out or (repository.top / os.fsdecode(path)).parent.is_dir()]
    source = SparseTree(repository, left_out) if left_out else None
    return {
        root: FolderState(Project(repository.top / root, repository, source=source)) for root in _sorted_roots(there)
    }


def _sorted_roots(paths: Iterable[bytes]) -> list[str]:
    return sorted(os.fsdecode(root.rstrip(b"/")) for root in roots_of(paths))


def within(root: str, *names: str) -> str:
    """The path of a file in the `.secrets` of a root, relative to the top."""
    return Path(root, FOLDER, *names).as_posix()


def pairs(
    old: Mapping[str, FolderState], new: Mapping[str, FolderState], between: Iterable[str] = ()
) -> Iterator[tuple[str, FolderState, FolderState]]:
    """Both sides of every folder that either has, or that was there between."""
    for root in sorted({*old, *new, *between}):
        yield root, old.get(root, NOTHING), new.get(root, NOTHING)
