"""A folder as one commit or the index has it, by the `git` binary: two commands, in any kind of repository.

`objects.py` reads commits too, by pygit2: it serves one process that reads many files of one commit. Here nothing is
imported, the index can be read as well, and blobs that several states share are read once.
"""

import os
from collections.abc import Sequence

from gitseal.errors import Error
from gitseal.git import ahead
from gitseal.git.object_types import SUBMODULE, TreeEntry, parse_tree
from gitseal.git.repository import LITERAL, Repository

_TOGETHER = b".secrets"
_ALONE = 2


class Snapshot:
    """Files below one folder in one state. Paths are Git's bytes, relative to the repository's top."""

    def __init__(self, repository: Repository, places: dict[bytes, TreeEntry], known: dict[str, bytes]) -> None:
        self._repository = repository
        self._known = known
        self.places = places
        self._asked: dict[bytes, int] = {}

    def names(self, folder: bytes) -> list[bytes]:
        """The names in a folder, of files and folders."""
        start = folder.rstrip(b"/") + b"/"
        found = (path[len(start) :].partition(b"/")[0] for path in self.places if path.startswith(start))
        return list(dict.fromkeys(found))

    def read(self, path: bytes) -> bytes | None:
        """A regular file's bytes, None where nothing is. Raises Error for a symlink and a submodule."""
        place = self.places.get(path)
        if place is None:
            return None
        if not place.is_file:
            kind = "submodule" if place.mode == SUBMODULE else "symbolic link"
            name = path.decode("utf-8", "replace")
            raise Error(f'"{name}" is a {kind}, which could lead anywhere', f"replace it with the file itself: {name}")
        if place.object_id not in self._known:
            self._fetch(path)
        return self._known[place.object_id]

    def _fetch(self, asked: bytes) -> None:
        """With a third file of a folder all others: whoever reads so many reads the rest.

        Most hooks read a policy and a list of allowances, and none of the environments beside them.
        """
        folder = asked.rpartition(b"/")[0]
        self._asked[folder] = self._asked.get(folder, 0) + 1
        together = folder.rpartition(b"/")[2] == _TOGETHER and self._asked[folder] > _ALONE
        wanted = {
            place.object_id: None
            for path, place in self.places.items()
            if path == asked or (together and path.rpartition(b"/")[0] == folder)
            if place.is_file and place.object_id not in self._known
        }
        self._known.update(zip(wanted, self._repository.blobs(wanted), strict=True))


def of_commit(repository: Repository, commit: str, folder: str = "", known: dict[str, bytes] | None = None) -> Snapshot:
    """A folder of a commit, which is given by its full id; without a folder, all. `known` holds blobs by id, and is added to.

    Raises Error where Git cannot show the commit.
    """
    below = ("--", f"{folder}/") if folder else ()
    listed = repository.git(LITERAL, "ls-tree", "-r", "-z", "--full-tree", commit, *below)
    if listed is None:
        raise Error(f'Git cannot show the files of the commit "{commit}"', "see what is missing with: git fsck")
    places: dict[bytes, TreeEntry] = {}
    for line in listed.split(b"\0")[:-1]:
        entry, _, path = line.partition(b"\t")
        mode, _kind, object_id = entry.decode().split(" ")
        places[path] = TreeEntry(int(mode, 8), object_id)
    return Snapshot(repository, places, {} if known is None else known)


def of_commits(repository: Repository, asked: Sequence[tuple[str, str]], known: dict[str, bytes]) -> list[Snapshot]:
    """For each commit, by its full id, one of its folders, all by two processes. What lies deeper is not listed.

    The files are read at once into `known`. Raises Error where Git cannot show one.
    """
    found: list[Snapshot] = []
    trees = repository.objects.find_all(f"{commit}:{folder}" for commit, folder in asked)
    for (commit, folder), tree in zip(asked, trees, strict=True):
        if tree is None:
            # Not there, or lost: asked for alone it is told which.
            found.append(of_commit(repository, commit, folder, known))
            continue
        start = os.fsencode(folder) + b"/"
        entries = parse_tree(tree) if tree.kind == "tree" else {}
        found.append(Snapshot(repository, {start + name: entry for name, entry in entries.items()}, known))
    files = (entry for each in found for entry in each.places.values() if entry.is_file)
    wanted = dict.fromkeys(entry.object_id for entry in files if entry.object_id not in known)
    known.update(zip(wanted, repository.blobs(wanted), strict=True))
    return found


def of_index(repository: Repository, *patterns: str) -> Snapshot:
    """The files of the index that match pathspecs such as `:(top,glob)**/.env`, which are no words from a repository.

    Of a file in conflict our own side counts. Raises Error where Git cannot read the index.
    """
    listed = repository.git(*ahead.of_index(*patterns))
    if listed is None:
        raise Error("Git cannot read the index", "look at: git status")
    places: dict[bytes, TreeEntry] = {}
    for line in listed.split(b"\0")[:-1]:
        entry, _, path = line.partition(b"\t")
        mode, object_id, stage = entry.decode().split(" ")
        if stage in {"0", "2"}:
            places[path] = TreeEntry(int(mode, 8), object_id)
    return Snapshot(repository, places, {})
