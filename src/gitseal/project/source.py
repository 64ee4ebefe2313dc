"""The sources of the files of a `.secrets` folder: the working tree here, a commit or the index in `states.py`."""

import os
from collections.abc import Iterable

from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository
from gitseal.records import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    StrPath = str | os.PathLike[str]


class FileSource(Protocol):
    """One state of a repository's files. Paths are absolute, as the working tree has them."""

    is_working_tree: bool

    def name(self, relative: str) -> str:
        """The name of a file of this state in messages, given its path relative to the repository's top."""

    def names(self, folder: "StrPath") -> list[str]:
        """The names in a folder."""

    def read(self, path: "StrPath") -> bytes:
        """A regular file's bytes. Raises FileNotFoundError if nothing is there, Error for anything but a regular file."""

    def is_tracked(self, path: "StrPath") -> bool:
        """True if Git has the file in this state."""

    def attributes(self, path: str, names: tuple[str, ...]) -> dict[str, str] | None:
        """The effective Git attributes of a path relative to the top; None if Git does not say."""


class WorkingTree:
    """The files as they lie on the disk: of a clone, or of a plain folder with no Git at all."""

    is_working_tree = True

    def __init__(self, repository: Repository | None) -> None:
        self.repository = repository

    def name(self, relative: str) -> str:
        """The path itself."""
        return relative

    def names(self, folder: "StrPath") -> list[str]:
        """The names in a folder."""
        return [entry.name for entry in os.scandir(folder)]

    def read(self, path: "StrPath") -> bytes:
        """A regular file's bytes."""
        return read_regular(path)

    def is_tracked(self, path: "StrPath") -> bool:
        """True if the index has it."""
        if self.repository is None:
            return False
        from gitseal.git.index import is_tracked  # `get` asks only if there are overrides of this machine

        return is_tracked(self.repository, path)

    def attributes(self, path: str, names: tuple[str, ...]) -> dict[str, str] | None:
        """By `git check-attr`; None in a plain folder and without Git."""
        return self.attributes_of([path], names).get(path)

    def attributes_of(self, paths: Iterable[str], names: tuple[str, ...]) -> dict[str, dict[str, str]]:
        """The same for many paths, by path; those that Git does not tell are left out."""
        if self.repository is None or not os.path.exists(os.path.join(self.repository.folder, ".git")):
            return {}
        try:
            return self.repository.attributes_of(paths, names)
        except Error:
            return {}
