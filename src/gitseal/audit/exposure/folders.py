"""The folders in which a project's `.secrets` lay, on any ref: one that was moved or copied is followed as a whole.

A folder is the project's if, where files came into a known one or left it, a sealed file of both has the same id, or if its
policy moved. Only such commits are looked at in full: to look for `.secrets` in each folder of each commit takes twenty times
as long in a large repository.
"""

import os
from collections.abc import Container, Iterator

from gitseal.audit.history.log import environment_of
from gitseal.errors import Error
from gitseal.git import index, trees
from gitseal.git.log import ChangedFile, LoggedCommit
from gitseal.git.log_walk import LogEntry, walk
from gitseal.git.prefetch import unreadable
from gitseal.git.repository import Repository
from gitseal.project.belief.facts import headers
from gitseal.project.project import FOLDER, Project
from gitseal.records import NamedTuple

_POLICY = "policy.yaml"
_COMES, _GOES = 65, 68  # the letters A and D of git-diff-tree(1)

_Files = dict[str, dict[str, str]]
"""The blobs of the files of each `.secrets` at a commit, by folder and name."""


class Folders(NamedTuple):
    """The folders by paths from the top, the project's own first.

    `beside` are copies that live on in the index, each with a policy of its own by now: they are not among the folders.
    """

    repository: Repository
    folders: tuple[str, ...]
    beside: tuple[str, ...]

    def before(self, commit: LoggedCommit, file: ChangedFile) -> tuple[bytes | None, ...] | None:
        """What a file was in each parent, if need be in another folder; None if it only went to another."""
        if len(self.folders) == 1:
            return file.before
        if file.after is None:
            return None if self.committed(commit.id, file.path) is not None else file.before
        parents = zip(file.before, commit.parents or ("",), strict=True)
        return tuple(
            self.committed(parent, file.path) if content is None and parent else content for content, parent in parents
        )

    def committed(self, revision: str, path: str) -> bytes | None:
        """The content of a file at a commit: at its path, or in the first of the other folders that has one of its name."""
        name = path.rpartition("/")[2]
        paths = dict.fromkeys((path, *(f"{folder}/{name}" for folder in self.folders)))
        contents = self.repository.files(revision, list(paths))
        return next((content for content in contents.values() if content is not None), None)


def folders_of(
    project: Project, revisions: tuple[str, ...], here: Container[str] | None
) -> tuple[Folders, list[list[LogEntry]]]:
    """The folders of a project, and all commits that changed a file in them, newest first.

    `here` are the ids of the objects that may be read, if not all of them.

    One walk by Git, and one more for each time that a move is found. Raises Error if Git cannot show all of it.
    """
    repository = project.git()
    search = _Search(repository, here)
    own = project.relative(project.folder)
    folders, beside = {own: None}, dict[str, None]()
    living = {os.fsdecode(entry.path).rpartition("/")[0] for entry in _policies(repository)}
    while True:
        portions = list(walk(repository, revisions, tuple(folders), unreadable()))
        others = search.related(folders, (entry for portion in portions for entry in portion), _files_here(project))
        beside |= {folder: None for folder in others if folder in living}
        more = [folder for folder in others if folder not in living]
        if not more:
            return Folders(repository, tuple(folders), tuple(sorted(beside))), portions
        folders |= dict.fromkeys(more)


class _Search:
    """Looks for folders beside those that are known. Each commit is listed once, and each file's id read once."""

    def __init__(self, repository: Repository, here: Container[str] | None) -> None:
        self._repository = repository
        self._here = here
        self._files: dict[str, _Files] = {}
        self._ids: dict[str, str] = {}

    def related(self, known: dict[str, None], entries: Iterator[LogEntry], here: dict[str, bytes]) -> dict[str, None]:
        """The folders that are the project's as well. `here` are the files of the working tree."""
        found: dict[str, None] = {}
        for entry in entries:
            if any(_COMES in raw.split(b" ")[-1] or _GOES in raw.split(b" ")[-1] for raw, _path in entry.entries):
                sides = [self._listed(commit) for commit in (*entry.parents, entry.id)]
                found |= self._matching(known, sides)
        head = self._repository.commit("HEAD")
        if head is not None and here and next(iter(known)) not in self._listed(head):
            ids = {file_id for content in here.values() for file_id in _ids_of(content)}
            found |= self._with_ids(self._listed(head), known, ids)
        return found

    def _matching(self, known: dict[str, None], sides: list[_Files]) -> dict[str, None]:
        if all(folder in known for side in sides for folder in side):
            return {}
        own = (side.get(folder, {}) for side in sides for folder in known)
        ids = {self._id(blob) for files in own for blob in _sealed(files)}
        *parents, commit = sides
        found: dict[str, None] = {}
        for side in sides:
            found |= self._with_ids(side, known, ids)
        for parent in parents:
            found |= _with_moved_policy(parent, commit, known) | _with_moved_policy(commit, parent, known)
        return found

    def _with_ids(self, files: _Files, known: dict[str, None], ids: set[str]) -> dict[str, None]:
        others = (folder for folder in files if folder not in known)
        return {folder: None for folder in others if not (ids - {""}).isdisjoint(map(self._id, _sealed(files[folder])))}

    def _listed(self, commit: str) -> _Files:
        if commit not in self._files:
            files: _Files = {}
            for path, entry in trees.files_in(self._repository, commit, FOLDER.encode()):
                folder, _, name = os.fsdecode(path).rpartition("/")
                if entry.is_file:
                    files.setdefault(folder, {})[name] = entry.object_id
            self._files[commit] = files
        return self._files[commit]

    def _id(self, blob: str) -> str:
        if blob not in self._ids:
            is_here = self._here is None or blob in self._here
            content = next(self._repository.blobs((blob,))) if is_here else b""
            self._ids[blob] = next(_ids_of(content), "")
        return self._ids[blob]


def _policies(repository: Repository) -> list[index.IndexEntry]:
    return index.entries(repository, f":(top,glob)**/{FOLDER}/{_POLICY}")


def _files_here(project: Project) -> dict[str, bytes]:
    return environment_files(project) if project.source.is_working_tree else {}


def environment_files(project: Project) -> dict[str, bytes]:
    """The content of each environment's file. What only has a name like one, such as a folder, is left out.

    Raises Error if it is an environment of the policy that cannot be read.
    """
    files = {}
    for name in project.environments:
        try:
            files[name] = project.source.read(project.file(name))
        except Error:
            if name in project.policy.environments:
                raise
    return files


def _ids_of(content: bytes) -> Iterator[str]:
    return (header.id for header in headers(content) if header.id)


def _sealed(files: dict[str, str]) -> Iterator[str]:
    return (blob for name, blob in files.items() if environment_of(f"{FOLDER}/{name}"))


def _with_moved_policy(one: _Files, other: _Files, known: dict[str, None]) -> dict[str, None]:
    """The folders whose policy went from `one`, and came to a known folder in `other` as it was."""
    came = {files[_POLICY] for folder, files in other.items() if folder in known and _is_new(folder, one, files)}
    return {
        folder: None
        for folder, files in one.items()
        if folder not in known and files.get(_POLICY) in came and _POLICY not in other.get(folder, {})
    }


def _is_new(folder: str, before: _Files, files: dict[str, str]) -> bool:
    return _POLICY in files and _POLICY not in before.get(folder, {})
