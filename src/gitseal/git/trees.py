"""The files of a commit: the one place that runs `git ls-tree`, and only for whole commits."""

import os
from collections.abc import Iterator

from gitseal.errors import Error
from gitseal.git.object_types import TreeEntry
from gitseal.git.repository import Repository


def files(repository: Repository, commit: str) -> dict[bytes, TreeEntry]:
    """All files, links and submodules of a commit, by path from the top, in Git's order. Listed once for each commit.

    `commit` is a full id. Raises Error if Git cannot show it.
    """
    if commit not in repository.listed_commits:
        repository.listed_commits[commit] = dict(map(_entry, _lines(repository, commit)))
    return repository.listed_commits[commit]


def files_in(repository: Repository, commit: str, name: bytes) -> Iterator[tuple[bytes, TreeEntry]]:
    """Those that lie directly in a folder of this name, wherever that is. For many commits: nothing is kept.

    Raises Error if Git cannot show the commit.
    """
    marks = b"\t%b/" % name, b"/%b/" % name
    near = (line for line in _lines(repository, commit) if marks[0] in line or marks[1] in line)
    return (found for found in map(_entry, near) if found[0].split(b"/")[-2] == name)


def _lines(repository: Repository, commit: str) -> list[bytes]:
    # One process for any number of folders; the object reader would be asked for each by itself.
    listed = repository.git("ls-tree", "-r", "-z", "--full-tree", commit)
    if listed is None:
        raise _unreadable(commit)
    return listed.split(b"\0")[:-1]


def _entry(line: bytes) -> tuple[bytes, TreeEntry]:
    entry, _, path = line.partition(b"\t")
    mode, _kind, object_id = entry.decode().split(" ")
    return path, TreeEntry(int(mode, 8), object_id)


def files_below(repository: Repository, commit: str, folder: str) -> dict[bytes, TreeEntry]:
    """The same for one folder; nothing if the commit has none of that name. No process is started for it."""
    if repository.objects.commit(commit) is None:
        raise _unreadable(commit)
    place = repository.objects.entry(commit, folder)
    return dict(_walk(repository, place, os.fsencode(folder))) if place is not None and place.is_folder else {}


def _walk(repository: Repository, folder: TreeEntry, path: bytes) -> Iterator[tuple[bytes, TreeEntry]]:
    for name, entry in repository.objects.tree(folder.object_id).items():
        below = path + b"/" + name
        if entry.is_folder:
            yield from _walk(repository, entry, below)
        else:
            yield below, entry


def _unreadable(commit: str) -> Error:
    return Error(f'Git cannot show the files of the commit "{commit}"', "see what is missing with: git fsck")
