"""The history of some paths: one `git log`, and one `git cat-file` beside it for the contents, both read as they come.

History is never simplified: a change on a side branch counts also if a merge dropped it. A merge shows the files in which
it differs from every parent, which is what it changed itself; `git log` alone would show nothing of either.
"""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from gitseal.git.log_walk import LogEntry, walk
from gitseal.git.prefetch import Announced, unreadable
from gitseal.git.repository import Repository

_REGULAR = b"100"
_LINK = b"120000"
_ABSENT = b"000000"
_MODE = 7  # six digits and a blank


class ChangedFile(NamedTuple):
    """A file that a commit changed. Contents are those of regular files, None if there was none or none was asked for.

    `before` has one for each parent, or one None in a root commit. `is_other`: a side is a symlink, a submodule or a folder.
    `modes` are Git's, such as `100644`, those of the parents and last the commit's own; empty for nothing. `targets` are the
    paths that symlinks lead to, in the same order, if the links were asked for.
    """

    path: str
    before: tuple[bytes | None, ...]
    after: bytes | None
    is_new: bool
    is_other: bool
    modes: tuple[str, ...] = ()
    targets: tuple[bytes | None, ...] = ()


class LoggedCommit(NamedTuple):
    """A commit as it says of itself: time in seconds since 1970 by its committer, names and addresses as text.

    `raw` is the commit's own bytes if they were asked for.
    """

    id: str
    parents: tuple[str, ...]
    time: int
    author: str
    author_email: str
    committer: str
    committer_email: str
    files: tuple[ChangedFile, ...]
    raw: bytes


class LogQuery(NamedTuple):
    """A question to history: paths relative to the top, the paths whose content is wanted, and whether `LoggedCommit.raw` is.

    `links` asks where each symlink leads that changed. `also` are commits to show even if they changed no file. `here` are the
    ids of the objects that may be read, if not all of them: the content of any other is None, like that of no file.
    """

    paths: Sequence[str]
    content: Callable[[str], bool]
    raw: bool = False
    since: int | None = None
    links: bool = False
    also: frozenset[str] = frozenset()
    here: Container[str] | None = None


def history(repository: Repository, wanted: LogQuery, revisions: Sequence[str] = ("HEAD",)) -> Iterator[LoggedCommit]:
    """The commits that changed the paths, newest first. `revisions` are full ids, HEAD, or options of git-log(1).

    Empty if HEAD has no commit yet. `since` leaves out commits that say they are older, without trusting one to be older than
    its parents. Raises Error if Git fails, and if an object is missing.
    """
    yield from with_contents(repository, walk(repository, revisions, wanted.paths, unreadable()), wanted)


def with_contents(
    repository: Repository, portions: Iterable[list[LogEntry]], wanted: LogQuery
) -> Iterator[LoggedCommit]:
    """Those commits of a walk that changed a file, with the contents that are wanted. Raises Error if one is missing."""
    objects = Announced(repository.objects)
    for portion in portions:
        changing = (raw for raw in portion if raw.entries or raw.id in wanted.also)
        # Each by itself: `git log --since` ends at the first old one, and anyone can backdate a commit to hide what is behind it.
        recent = (raw for raw in changing if wanted.since is None or _seconds(raw.fields[2]) >= wanted.since)
        chosen = [_listed(raw, wanted) for raw in recent]
        objects.announce(object_id for listed in chosen for object_id in _ids(listed, wanted))
        for listed in chosen:
            yield _commit(listed, wanted, objects)


class _Modes(NamedTuple):
    """The modes of a file in each parent, and last in the commit, and what follows from them."""

    shown: tuple[str, ...]
    is_new: bool
    is_other: bool
    are_regular: tuple[bool, ...]
    are_links: tuple[bool, ...]


# The files of a history have the same few modes.
@lru_cache(1024)
def _modes(modes: bytes) -> _Modes:
    each = modes.split(b" ")
    return _Modes(
        tuple(mode.decode() if mode != _ABSENT else "" for mode in each),
        all(mode == _ABSENT for mode in each[:-1]),
        any(mode[:3] != _REGULAR and mode != _ABSENT for mode in each),
        tuple(mode[:3] == _REGULAR for mode in each),
        tuple(mode == _LINK for mode in each),
    )


# And the same few paths.
_text = lru_cache(1024)(os.fsdecode)


class _Change(NamedTuple):
    """A file with its modes, and the object ids of each parent, and last of the commit, whose content is wanted."""

    path: str
    modes: _Modes
    ids: list[bytes | None]
    links: list[bytes | None]


class _LoggedEntry(NamedTuple):
    fields: tuple[bytes, ...]
    changes: list[_Change]


def _listed(raw: LogEntry, wanted: LogQuery) -> _LoggedEntry:
    """A commit with its entries taken apart (git-diff-tree(1), `-c` and `--raw`)."""
    changes = []
    for entry, path in raw.entries:
        # One colon for each parent, then the modes, of six digits each, and as many ids.
        parents = len(entry) - len(entry.lstrip(b":"))
        end = parents + _MODE * (parents + 1)
        modes, (*ids, _status) = _modes(entry[parents : end - 1]), entry[end:].split(b" ")
        text = _text(path)
        changes.append(
            _Change(
                text,
                modes,
                _chosen(ids, modes.are_regular if wanted.content(text) else ()),
                _chosen(ids, modes.are_links if wanted.links else ()),
            )
        )
    if wanted.here is not None:
        changes = [change._replace(ids=_those(change.ids, wanted.here)) for change in changes]
    return _LoggedEntry(raw.fields, changes)


def _those(ids: Sequence[bytes | None], here: Container[str]) -> list[bytes | None]:
    """The ids of the objects that are here; None for any other."""
    return [object_id if object_id is not None and object_id.decode() in here else None for object_id in ids]


def _chosen(ids: Sequence[bytes], are_wanted: Sequence[bool]) -> list[bytes | None]:
    """The ids of those sides whose content is wanted; with nothing wanted, None for all."""
    if not are_wanted:
        return [None] * len(ids)
    return [object_id if is_wanted else None for object_id, is_wanted in zip(ids, are_wanted, strict=True)]


def _ids(listed: _LoggedEntry, wanted: LogQuery) -> Iterator[bytes]:
    for change in listed.changes:
        yield from filter(None, change.ids)
        yield from filter(None, change.links)
    if wanted.raw:
        yield listed.fields[0]


def _commit(listed: _LoggedEntry, wanted: LogQuery, objects: Announced) -> LoggedCommit:
    files = []
    for path, modes, ids, links in listed.changes:
        *before, after = [None if object_id is None else objects.take(object_id) for object_id in ids]
        targets = tuple([None if object_id is None else objects.take(object_id) for object_id in links])
        files.append(ChangedFile(path, tuple(before), after, modes.is_new, modes.is_other, modes.shown, targets))
    # A field holds no NUL: at once they are decoded in a third of the time.
    fields = b"\0".join(listed.fields).decode("utf-8", "replace").split("\0")
    commit, parents, time, author, author_email, committer, committer_email = fields
    own = objects.take(listed.fields[0]) if wanted.raw else b""
    return LoggedCommit(
        commit,
        tuple(parents.split()),
        _seconds(time),
        author,
        author_email,
        committer,
        committer_email,
        tuple(files),
        own,
    )


def _seconds(time: bytes | str) -> int:
    """The time of a commit; 0 if its committer's line is broken: Git prints nothing then, and takes such a commit by a push."""
    return int(time) if time else 0


def moment(repository: Repository, words: str) -> int | None:
    """The time that Git takes words for (`2 weeks ago`), in seconds since 1970; None for words that are no time.

    Git takes those for now.
    """
    asked = repository.git("rev-parse", f"--since={words}", "--since=now") or b""
    given, now = (int(line.rpartition(b"=")[2]) for line in asked.split())
    return given if abs(given - now) > 1 or words.strip().lower() == "now" else None


def shallow_ends(repository: Repository) -> tuple[str, ...]:
    """The commits whose parents a shallow clone lacks (gitrepository-layout(5), `shallow`). Runs nothing."""
    try:
        with open(os.path.join(repository.common_folder(), "shallow"), encoding="ascii") as file:
            return tuple(file.read().split())
    except FileNotFoundError:
        return ()
