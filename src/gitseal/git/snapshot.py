"""The files of one state, a commit or the index, by the `git` binary: no library is imported, any kind of repository is read.

`objects.py` reads commits too, by pygit2: it serves a process that reads many files of one commit.
"""

import os
from collections.abc import Mapping, Sequence

from gitseal.errors import Error
from gitseal.git import index, trees
from gitseal.git.object_types import SUBMODULE, TreeEntry, parse_tree
from gitseal.git.repository import Repository


class Snapshot:
    """Files below one folder in one state. Paths are Git's bytes, relative to the repository's top."""

    def __init__(self, repository: Repository, places: Mapping[bytes, TreeEntry]) -> None:
        self._repository = repository
        self.places = places

    def names(self, folder: bytes) -> list[bytes]:
        """The names in a folder, of files and folders."""
        start = folder.rstrip(b"/") + b"/"
        inner = (path[len(start) :].partition(b"/")[0] for path in self.places if path.startswith(start))
        return list(dict.fromkeys(inner))

    def read(self, path: bytes) -> bytes | None:
        """A regular file's bytes, None if nothing is there. Raises Error for a symlink and a submodule."""
        place = self.places.get(path)
        if place is None:
            return None
        if not place.is_file:
            kind = "submodule" if place.mode == SUBMODULE else "symbolic link"
            name = path.decode("utf-8", "replace")
            raise Error(f'"{name}" is a {kind}, which could lead anywhere', f"replace it with the file itself: {name}")
        return next(self._repository.blobs([place.object_id]))

    def prefetch(self, folder: bytes) -> None:
        """Reads the files that lie directly in a folder, all at once, for those who are going to ask for one after the other."""
        places = (place for path, place in self.places.items() if path.rpartition(b"/")[0] == folder)
        for _content in self._repository.blobs(place.object_id for place in places if place.is_file):
            pass  # the reader keeps it


def of_commit(repository: Repository, commit: str, folder: str = "") -> Snapshot:
    """A folder of a commit, which is given by its full id; without a folder, all of it.

    Raises Error if Git cannot show the commit.
    """
    places = trees.files_below(repository, commit, folder) if folder else trees.files(repository, commit)
    return Snapshot(repository, places)


def of_commits(repository: Repository, asked: Sequence[tuple[str, str]]) -> list[Snapshot]:
    """For each commit, by its full id, one of its folders. What lies deeper is not listed.

    All trees are asked for at once, and then all files. Raises Error if Git cannot show one.
    """
    snapshots: list[Snapshot] = []
    folders = repository.objects.find_all(f"{commit}:{folder}" for commit, folder in asked)
    for (commit, folder), tree in zip(asked, folders, strict=True):
        if tree is None:
            # Not there, or lost: the question for it alone tells which.
            snapshots.append(of_commit(repository, commit, folder))
            continue
        start = os.fsencode(folder) + b"/"
        entries = parse_tree(tree) if tree.kind == "tree" else {}
        snapshots.append(Snapshot(repository, {start + name: entry for name, entry in entries.items()}))
    files = (entry.object_id for snapshot in snapshots for entry in snapshot.places.values() if entry.is_file)
    for _content in repository.blobs(dict.fromkeys(files)):
        pass  # the reader keeps it
    return snapshots


def of_index(repository: Repository, *patterns: str) -> Snapshot:
    """The files of the index that match pathspecs such as `:(top,glob)**/.env`, which are no words from a repository.

    Of a file in conflict our own side counts. Raises Error if Git cannot read the index.
    """
    ours = (entry for entry in index.entries(repository, *patterns) if entry.stage in {index.MERGED, index.OURS})
    return Snapshot(repository, {entry.path: TreeEntry(entry.mode, entry.object_id) for entry in ours})
