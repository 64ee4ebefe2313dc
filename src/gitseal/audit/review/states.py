"""Every `.secrets` folder at both ends of a range, as far as each can be read, for `review`."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from gitseal.errors import Error
from gitseal.git import index, snapshot
from gitseal.git.repository import Repository
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.policy.parser import is_environment_name
from gitseal.policy.policy import Policy
from gitseal.project import states
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
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


def in_working_tree(repository: Repository) -> dict[str, FolderState]:
    """The folders of the working tree, of those files that Git has or would take."""
    paths = index.offered_files(repository.top, f":(top,glob)**/{FOLDER}/*")
    if paths is None:
        raise Error("Git cannot list the working tree", "look at: git status")
    there = (root for root in _sorted_roots(paths) if (repository.top / root / FOLDER).is_dir())
    return {root: FolderState(Project(repository.top / root, repository)) for root in there}


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
