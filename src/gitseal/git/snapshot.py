"""A folder as one commit or the index has it, by the `git` binary: two commands, in any kind of repository.

`objects.py` reads commits too, by pygit2: it serves one process that reads many files of one commit. Here nothing is
imported, the index can be read as well, and blobs that several states share are read once.
"""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git.repository import LITERAL, Repository

_KIND = 0o170000
_FILE, _SUBMODULE = 0o100000, 0o160000
_TOGETHER = b".secrets"


class TreeEntry(NamedTuple):
    """What stands at a path: its mode and the id of its object."""

    mode: int
    object_id: str


def is_file(place: TreeEntry) -> bool:
    """Whether it is a regular file: a symlink's blob is where it leads, a submodule has none."""
    return place.mode & _KIND == _FILE


class Snapshot:
    """Files below one folder in one state. Paths are Git's bytes, relative to the repository's top."""

    def __init__(self, repository: Repository, places: dict[bytes, TreeEntry], known: dict[str, bytes]) -> None:
        self._repository = repository
        self._known = known
        self.places = places

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
        if not is_file(place):
            kind = "submodule" if place.mode & _KIND == _SUBMODULE else "symbolic link"
            name = path.decode("utf-8", "replace")
            raise Error(f'"{name}" is a {kind}, which could lead anywhere', f"replace it with the file itself: {name}")
        if place.object_id not in self._known:
            self._fetch(path)
        return self._known[place.object_id]

    def _fetch(self, asked: bytes) -> None:
        """With a policy its environments: whoever reads one reads the others."""
        folder = asked.rpartition(b"/")[0]
        together = folder.rpartition(b"/")[2] == _TOGETHER
        wanted = {
            place.object_id: None
            for path, place in self.places.items()
            if path == asked or (together and path.rpartition(b"/")[0] == folder)
            if is_file(place) and place.object_id not in self._known
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
    for (commit, folder), tree in zip(asked, _trees(repository, asked), strict=True):
        if tree is None:
            # Not there, or lost, or with a name that cannot be asked for in a line: asked for alone it is told which.
            found.append(of_commit(repository, commit, folder, known))
            continue
        start = os.fsencode(folder) + b"/"
        places = {start + name: place for name, place in _entries(tree, len(commit) // 2)}
        found.append(Snapshot(repository, places, known))
    files = (place for each in found for place in each.places.values() if is_file(place))
    wanted = dict.fromkeys(place.object_id for place in files if place.object_id not in known)
    known.update(zip(wanted, repository.blobs(wanted), strict=True))
    return found


def _trees(repository: Repository, asked: Sequence[tuple[str, str]]) -> Iterator[bytes | None]:
    """The content of the tree at a folder of each commit, None for what cannot be given by `cat-file --batch`."""
    lines = [os.fsencode(f"{commit}:{folder}") if "\n" not in folder else b"" for commit, folder in asked]
    answer = repository.git("cat-file", "--batch", stdin=b"".join(line + b"\n" for line in lines if line)) or b""
    at = 0
    for line in lines:
        end = answer.find(b"\n", at)
        head = answer[at:end].split(b" ")
        if not line:
            yield None
        elif answer.startswith(line + b" missing\n", at):
            at += len(line) + len(b" missing\n")
            yield None
        elif end >= 0 and len(head) == 3:  # noqa: PLR2004 - id, kind, size
            at = end + 1 + int(head[2])
            yield answer[end + 1 : at] if head[1] == b"tree" else b""
            at += 1
        else:
            raise Error("Git cannot show the sealed files of every commit", "see what is missing with: git fsck")


def _entries(tree: bytes, id_length: int) -> Iterator[tuple[bytes, TreeEntry]]:
    """A tree's entries: `MODE NAME`, NUL, the id's bytes."""
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 1 + id_length
        yield name, TreeEntry(int(mode, 8), tree[end + 1 : at].hex())


def of_index(repository: Repository, *patterns: str) -> Snapshot:
    """The files of the index that match pathspecs such as `:(top,glob)**/.env`, which are no words from a repository.

    Of a file in conflict our own side counts. Raises Error where Git cannot read the index.
    """
    listed = repository.git("ls-files", "--stage", "-z", "--", *patterns)
    if listed is None:
        raise Error("Git cannot read the index", "look at: git status")
    places: dict[bytes, TreeEntry] = {}
    for line in listed.split(b"\0")[:-1]:
        entry, _, path = line.partition(b"\t")
        mode, object_id, stage = entry.decode().split(" ")
        if stage in {"0", "2"}:
            places[path] = TreeEntry(int(mode, 8), object_id)
    return Snapshot(repository, places, {})
