"""The commits of a range, and what each of them brought."""

from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from gitseal.errors import Error
from gitseal.git import run
from gitseal.git.ahead import RAW
from gitseal.git.repository import LITERAL, Repository
from gitseal.git.staged import FileVersion, parse_entry


class IntroducingCommit(NamedTuple):
    """A commit by its full id and those of its parents, with the files that it brought.

    A merge brought what differs from all of its parents; the rest came with the commits that it merges.
    """

    id: str
    parents: tuple[str, ...]
    brought: list[FileVersion]


# `-c` shows of a merge what differs from all parents; showRoot: the first commit brings all of its files.
_LOG = ("-c", "log.showRoot=true", "-c", "log.showSignature=false", "-c", "log.follow=false", "log", "-c", "--no-notes")
_MARK = b"commit "


def commits(
    repository: Repository, revisions: Sequence[str], paths: Sequence[str] = (), selection: Sequence[str] = ()
) -> Iterator[IntroducingCommit]:
    """The commits that `revisions` name as to git-rev-list(1), oldest first, those that touch `paths` if any are given.

    `selection` are options of that command, such as `--all`: never words from a repository. Raises Error if Git cannot
    show them all; then not all were given.
    """
    running = run.start(
        repository.top,
        LITERAL,
        *_LOG,
        "--reverse",
        "--topo-order",
        *RAW,
        "--format=commit %H %P",
        *("--full-history",) * bool(paths),
        *selection,
        "--stdin",
        in_hook=repository.in_hook,
    )
    try:
        with running.stdin as asking:
            asking.write("".join(f"{revision}\n" for revision in revisions).encode())
            if paths:
                asking.write(b"--\n" + b"".join(path.encode() + b"\n" for path in paths))
        yield from _parse(_fields(running.stdout))
    finally:
        status = running.end()
    if status != 0:
        raise Error("Git cannot show every commit of the range", "see what is missing with: git fsck")


def count(repository: Repository, revisions: Sequence[str], selection: Sequence[str] = ()) -> int:
    """The number of commits in a range. Raises Error if Git knows no such range."""
    asked = "".join(f"{revision}\n" for revision in revisions).encode()
    answer = repository.git("rev-list", "--count", *selection, "--stdin", stdin=asked)
    if answer is None:
        raise Error(f'Git knows no such range: "{" ".join(revisions)}"', "give one as: BASE..HEAD")
    return int(answer)


def _fields(log: IO[bytes]) -> Iterator[bytes]:
    # As they come: a range may have more commits than fit into memory.
    rest = b""
    while chunk := log.read(1 << 16):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


def _parse(fields: Iterator[bytes]) -> Iterator[IntroducingCommit]:
    """Commits from the fields of the log. A path follows its entry, so that none is taken for anything else."""
    introducing: IntroducingCommit | None = None
    for field in fields:
        line = field.lstrip(b"\n")
        if line.startswith(b":") and introducing is not None:
            version = parse_entry(line, next(fields))
            if version.mode:  # what is gone has none
                introducing.brought.append(version)
        elif line.startswith(_MARK):
            if introducing is not None:
                yield introducing
            commit, *parents = line.removeprefix(_MARK).decode().split(" ")
            introducing = IntroducingCommit(commit, tuple(filter(None, parents)), [])
    if introducing is not None:
        yield introducing
