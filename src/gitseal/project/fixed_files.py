"""The working tree for commands that change nothing."""

import os
from typing import TYPE_CHECKING

from gitseal.git.index import entries_at
from gitseal.project.source import WorkingTree

if TYPE_CHECKING:
    StrPath = str | os.PathLike[str]


class FixedWorkingTree:
    """A `FileSource`: each file is read once, and Git is asked once for a whole folder."""

    is_working_tree = True

    def __init__(self, files: WorkingTree) -> None:
        self._files = files
        self._names: dict[str, list[str]] = {}
        self._contents: dict[str, bytes] = {}
        self._tracked: dict[str, frozenset[bytes]] = {}
        self._attributes: dict[tuple[str, tuple[str, ...]], dict[str, str] | None] = {}

    def name(self, relative: str) -> str:
        """The path itself."""
        return relative

    def names(self, folder: "StrPath") -> list[str]:
        """The names in a folder."""
        place = os.fspath(folder)
        if place not in self._names:
            self._names[place] = self._files.names(place)
        return self._names[place]

    def read(self, path: "StrPath") -> bytes:
        """A regular file's bytes."""
        place = os.fspath(path)
        if place not in self._contents:
            self._contents[place] = self._files.read(place)
        return self._contents[place]

    def is_tracked(self, path: "StrPath") -> bool:
        """True if the index has it."""
        repository, place = self._files.repository, os.fspath(path)
        if repository is None:
            return False
        folder = os.path.dirname(place)
        if folder not in self._tracked:
            self._tracked[folder] = frozenset(entry.path for entry in entries_at(repository, folder))
        return os.fsencode(os.path.relpath(place, repository.folder)) in self._tracked[folder]

    def attributes(self, path: str, names: tuple[str, ...]) -> dict[str, str] | None:
        """Git's attributes of a path relative to the top; None if Git does not say."""
        if (path, names) not in self._attributes:
            paths = {path, *self._beside(path)}
            told = self._files.attributes_of(paths, names)
            self._attributes |= {(path, names): told.get(path) for path in paths}
        return self._attributes[path, names]

    def _beside(self, path: str) -> list[str]:
        """The files of the same folder: whoever asks for one of them asks for the others."""
        repository = self._files.repository
        folder = path.rpartition("/")[0]
        if repository is None or not folder:
            return []
        try:
            return [f"{folder}/{name}" for name in self.names(os.path.join(repository.folder, folder))]
        except OSError:
            return []
