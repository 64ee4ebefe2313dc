"""Every version of some files in history, as `git log --raw` lists them, with nothing simplified away."""

import os
from collections.abc import Iterator, Sequence

from gitseal.git import index, run
from gitseal.git.child import Running
from gitseal.git.repository import Repository, unreadable
from gitseal.records import NamedTuple

EVERYWHERE = (":(top,glob).secrets/*.yaml", ":(top,glob)**/.secrets/*.yaml")
"""Pathspecs of all sealed files, wherever their folder is or was. Git reads twice as many trees for the second."""

ALL = ("--all", "--reflog")
"""Every ref, and what the refs of this clone ever named."""

_READ = 1 << 16
_ABSENT = b"000000"
_HEAD = 3  # fields before the files of a commit: its id, its parents, the ref
# --full-history: the default leaves out what a merge dropped. -c: a merge shows what none of its sides has.
_LOG = (
    *run.WALK_SETTINGS,
    *("log", "-z", "--raw", "--no-abbrev", "--no-renames", "--full-history", "-c", "--no-notes", "--no-color"),
    *("--no-ext-diff", "--no-textconv", "--format=%x01%H%x00%P%x00%S"),
)


class Version(NamedTuple):
    """A content that a commit gave a file: the blob's id, the path, the commit with its parents.

    `source` is the ref by which Git came to the commit. `is_new`: no parent had the path.
    """

    blob: str
    path: str
    commit: str
    parents: tuple[str, ...]
    source: str
    is_new: bool


def listed(repository: Repository, revisions: Sequence[str], pathspecs: Sequence[str]) -> Iterator[Version]:
    """The versions of regular files, newest first, as Git finds them. `revisions` are arguments of `git log`.

    Raises Error if Git ends before its answer does, such as for an object that is not there.
    """
    running = run.start(repository.folder, *_LOG, "--source", *revisions, "--", *pathspecs, in_hook=repository.in_hook)
    head: list[str] = []
    entry = b""
    try:
        for field in _fields(running):
            text = field.lstrip(b"\n")
            if entry:
                yield from _version(entry, field, head)
                entry = b""
            elif 0 < len(head) < _HEAD:
                head.append(os.fsdecode(field))
            elif text.startswith(b"\x01"):
                head = [text[1:].decode()]
            elif text.startswith(b":"):
                entry = text
        if running.wait() != 0:
            raise unreadable()
    finally:
        running.kill()
        running.end()


def elsewhere(repository: Repository) -> list[Version]:
    """The versions of sealed files on any ref or in any reflog that the history of HEAD does not have. Raises as `listed`."""
    head = repository.commit("HEAD")
    return list(listed(repository, (*ALL, *(("--not", head) if head else ())), EVERYWHERE))


def _fields(running: Running) -> Iterator[bytes]:
    rest = b""
    while chunk := os.read(running.stdout.fileno(), _READ):
        *fields, rest = (rest + chunk).split(b"\0")
        yield from fields
    if rest:
        yield rest


def _version(entry: bytes, path: bytes, head: Sequence[str]) -> Iterator[Version]:
    words = entry.lstrip(b":").split(b" ")
    # A merge has one mode and one id for each parent, and then its own.
    count = len(words) // 2
    if words[count - 1].startswith(b"100"):
        is_new = all(mode == _ABSENT for mode in words[: count - 1])
        commit, parents, source = head
        yield Version(words[2 * count - 1].decode(), os.fsdecode(path), commit, tuple(parents.split()), source, is_new)


def versions(repository: Repository, path: str) -> Iterator[bytes]:
    """Every distinct content that a file ever had: on any ref, in any reflog, and in the index; none before its successors.

    Raises Error if Git cannot show one of them: callers rely on having all of them.
    """
    # Not by date, which two commits of one second share.
    found = listed(repository, (*ALL, "--topo-order"), [f":(top,literal){path}"])
    blobs = dict.fromkeys(version.blob for version in found)
    yield from repository.blobs(blobs | dict.fromkeys(staged(repository, f":(top,literal){path}")))


def staged(repository: Repository, *pathspecs: str) -> list[str]:
    """The blobs of regular files that the index has; of a file in conflict each side's."""
    return [entry.object_id for entry in index.entries(repository, *pathspecs) if entry.is_file]
