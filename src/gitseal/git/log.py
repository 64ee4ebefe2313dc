"""The history of some paths: one `git log`, and one `git cat-file` beside it for the contents, both read as they come.

History is never simplified: a change on a side branch counts also where a merge dropped it. A merge shows the files in which
it differs from every parent, which is what it changed itself; `git log` alone would show nothing of either.
"""

import fcntl
import os
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import binary
from gitseal.git.repository import LITERAL, Repository

# Fields in the order of `Commit`. What a person's name may hold, NUL excepted, is told apart by its place.
_FORMAT = "--format=%x01%H%x00%P%x00%ct%x00%an%x00%ae%x00%cn%x00%ce"
_FIELDS = 7
# Settings that would change what is read. showRoot: the first commit brings all of its files.
_SETTINGS = (
    "-c",
    "log.showRoot=true",
    "-c",
    "log.follow=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "diff.relative=false",
)
_LOG = (
    "log",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--full-history",
    "-c",
    "--no-mailmap",
    "--no-notes",
    "--no-color",
)
_READ = 1 << 16
# Requests without an answer yet: they have to fit into a pipe (16 KiB on macOS) that nobody empties meanwhile.
_AHEAD = 200
_KEPT_BYTES = 1 << 23
# Git works ahead by as much as its pipe holds: the usual 64 KiB are a file or two.
_PIPE = 1 << 20
_REGULAR = b"100"
_ABSENT = b"000000"


class File(NamedTuple):
    """A file that a commit changed. Contents are those of regular files, None where there was none or none was asked for.

    `before` has one for each parent, or one None in a root commit. `is_other`: a side is a symlink, a submodule or a folder.
    """

    path: str
    before: tuple[bytes | None, ...]
    after: bytes | None
    is_new: bool
    is_other: bool


class Commit(NamedTuple):
    """A commit as it says of itself: time in seconds since 1970 by its committer, names and addresses as text.

    `raw` is the commit's own bytes where they were asked for.
    """

    id: str
    parents: tuple[str, ...]
    time: int
    author: str
    author_email: str
    committer: str
    committer_email: str
    files: tuple[File, ...]
    raw: bytes


class _Raw(NamedTuple):
    fields: tuple[bytes, ...]
    entries: list[tuple[bytes, bytes]]


class Wanted(NamedTuple):
    """What a reader of history asks for: paths relative to the top, which of their contents, and whether `Commit.raw`."""

    paths: Sequence[str]
    content: Callable[[str], bool]
    raw: bool = False
    since: int | None = None


def history(repository: Repository, wanted: Wanted, revisions: Sequence[str] = ("HEAD",)) -> Iterator[Commit]:
    """The commits that changed the paths, newest first, from full commit ids or HEAD. Empty where HEAD has no commit yet.

    `since` leaves out commits that say they are older, without trusting one to be older than its parents. Raises Error where
    Git fails, and where an object is missing.
    """
    blobs = _Objects(repository)
    try:
        for portion in _portions(repository, wanted, revisions):
            chosen = [raw for raw in portion if wanted.since is None or int(raw.fields[2]) >= wanted.since]
            blobs.announce(each for raw in chosen for each in _ids(raw, wanted))
            for raw in chosen:
                yield _commit(raw, wanted, blobs)
    finally:
        blobs.close()


def _portions(repository: Repository, wanted: Wanted, revisions: Sequence[str]) -> Iterator[list[_Raw]]:
    """Commits with at least one of the files, as many at a time as Git has written by then."""
    command = (LITERAL, *_SETTINGS, *_LOG, _FORMAT, "--encoding=UTF-8", *revisions, "--", *wanted.paths)
    running = binary.start(repository.top, *command, in_hook=repository.in_hook)
    try:
        parser, rest = _Parser(), b""
        while chunk := os.read(running.stdout.fileno(), _READ):
            *fields, rest = (rest + chunk).split(b"\0")
            if found := parser.take(fields):
                yield found
        if running.process.wait() != 0:
            if repository.commit("HEAD") is None and "HEAD" in revisions:
                return
            raise _failed()
        if found := parser.end():
            yield found
    finally:
        running.process.kill()
        running.end()


class _Parser:
    """`git log -z` by fields; a commit is whole when the next one begins."""

    def __init__(self) -> None:
        self._fields: list[bytes] = []
        self._entries: list[tuple[bytes, bytes]] = []
        self._entry: bytes | None = None

    def take(self, fields: list[bytes]) -> list[_Raw]:
        """The commits that these fields complete."""
        whole: list[_Raw] = []
        for field in fields:
            if self._entry is not None:
                self._entries.append((self._entry, field))
                self._entry = None
            elif 0 < len(self._fields) < _FIELDS:
                self._fields.append(field)
            elif field[:1] == b"\x01":
                whole += self.end()
                self._fields = [field[1:]]
            elif field.lstrip(b"\n"):
                self._entry = field.lstrip(b"\n")
        return whole

    def end(self) -> list[_Raw]:
        """The last commit, where it has one of the files."""
        found = [_Raw(tuple(self._fields), self._entries)] if self._entries else []
        self._fields, self._entries = [], []
        return found


def _sides(entry: bytes) -> tuple[list[bytes], list[bytes]]:
    """Modes and object ids of an entry: of each parent, and last of the commit (git-diff-tree(1), `-c` and `--raw`)."""
    words = entry.lstrip(b":").split(b" ")
    count = len(words) // 2
    return words[:count], words[count : 2 * count]


def _ids(raw: _Raw, wanted: Wanted) -> Iterator[bytes]:
    for entry, path in raw.entries:
        if wanted.content(_text(path)):
            modes, objects = _sides(entry)
            yield from (each for mode, each in zip(modes, objects, strict=True) if mode.startswith(_REGULAR))
    if wanted.raw:
        yield raw.fields[0]


def _commit(raw: _Raw, wanted: Wanted, objects: "_Objects") -> Commit:
    files = []
    for entry, path in raw.entries:
        modes, ids = _sides(entry)
        contents: list[bytes | None] = [None] * len(ids)
        if wanted.content(_text(path)):
            contents = [
                objects.take(each) if mode.startswith(_REGULAR) else None for mode, each in zip(modes, ids, strict=True)
            ]
        is_new = all(mode == _ABSENT for mode in modes[:-1])
        is_other = any(mode != _ABSENT and not mode.startswith(_REGULAR) for mode in modes)
        files.append(File(_text(path), tuple(contents[:-1]), contents[-1], is_new, is_other))
    commit, parents, time, *people = (field.decode("utf-8", "replace") for field in raw.fields)
    own = objects.take(raw.fields[0]) if wanted.raw else b""
    return Commit(
        commit, tuple(parents.split()), int(time), people[0], people[1], people[2], people[3], tuple(files), own
    )


def _text(path: bytes) -> str:
    return os.fsdecode(path)


class _Objects:
    """Objects in the order in which they were announced, by one `git cat-file --batch` that runs ahead.

    A content is kept for as long as an announced use is to come; a few more are kept, since the older side of one commit is
    mostly the newer side of the next.
    """

    def __init__(self, repository: Repository) -> None:
        self._running = binary.start(repository.top, "cat-file", "--batch", in_hook=repository.in_hook)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):  # a system may allow less; it only takes longer then
                fcntl.fcntl(self._running.stdout, fcntl.F_SETPIPE_SZ, _PIPE)
        self._uses: Counter[bytes] = Counter()
        self._held: dict[bytes, bytes] = {}
        self._recent: OrderedDict[bytes, bytes] = OrderedDict()
        self._kept = 0
        self._queue: deque[bytes] = deque()
        self._asked: deque[bytes] = deque()

    def announce(self, ids: Iterable[bytes]) -> None:
        """What is going to be taken next, in that order, each as often as it is named."""
        for each in ids:
            if not self._uses[each]:
                if each in self._recent:
                    self._held[each] = self._recent.pop(each)
                    self._kept -= len(self._held[each])
                else:
                    self._queue.append(each)
            self._uses[each] += 1

    def take(self, object_id: bytes) -> bytes:
        """A content. Raises Error where the repository lacks it."""
        while object_id not in self._held:
            self._ask()
            arrived = self._asked.popleft()
            self._held[arrived] = self._answer()
        self._uses[object_id] -= 1
        content = self._held[object_id]
        if not self._uses[object_id]:
            self._recent[object_id] = self._held.pop(object_id)
            self._kept += len(content)
            while self._kept > _KEPT_BYTES:
                self._kept -= len(self._recent.popitem(last=False)[1])
        return content

    def _ask(self) -> None:
        """Keeps Git at work: half of what may be on its way is asked for at once."""
        if len(self._asked) > _AHEAD // 2 or not self._queue:
            return
        ids = [self._queue.popleft() for _ in range(min(_AHEAD - len(self._asked), len(self._queue)))]
        self._asked.extend(ids)
        self._running.stdin.write(b"".join(b"%b\n" % each for each in ids))
        self._running.stdin.flush()

    def _answer(self) -> bytes:
        answers = self._running.stdout
        head = answers.readline().split(b" ")
        if len(head) != 3:  # noqa: PLR2004 - id, kind, size; else it is missing
            raise _failed()
        size = int(head[2])
        content = answers.read(size)
        if len(content) != size:
            raise _failed()
        answers.read(1)
        return content

    def close(self) -> None:
        """Ends Git, whatever it is at."""
        self._running.process.kill()
        self._running.end()


def _failed() -> Error:
    return Error(
        "Git cannot show the whole history of the sealed files",
        "see what is missing: git fsck; in a partial clone: git fetch --refetch",
    )


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
        return tuple((repository.common_dir() / "shallow").read_text(encoding="ascii").split())
    except FileNotFoundError:
        return ()
