"""`git log` as it comes: commits with their raw entries, without any content."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import run
from gitseal.git.repository import LITERAL, Repository

# Fields in the order of `LoggedCommit`. A person's name may hold anything but NUL, so a field is known by its place.
_FORMAT = "--format=%x01%H%x00%P%x00%ct%x00%an%x00%ae%x00%cn%x00%ce"
_FIELDS = 7
_LOG = (
    "log",
    "--no-ext-diff",
    "--no-textconv",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    # A branch's .gitmodules could hide a submodule, and a setting change the order of the files.
    "--ignore-submodules=none",
    "-O/dev/null",
    "--full-history",
    "-c",
    "--no-mailmap",
    "--no-notes",
    "--no-color",
)
_READ = 1 << 16


class LogEntry(NamedTuple):
    """A commit as `git log` prints it: the fields of `_FORMAT`, and each raw entry with its path."""

    fields: tuple[bytes, ...]
    entries: list[tuple[bytes, bytes]]

    @property
    def id(self) -> str:
        """The full id."""
        return self.fields[0].decode()

    @property
    def parents(self) -> tuple[str, ...]:
        """The full ids of the parents, as Git walks them."""
        return tuple(self.fields[1].decode().split())


def walk(
    repository: Repository, revisions: Sequence[str], paths: Sequence[str], failure: Error
) -> Iterator[list[LogEntry]]:
    """The commits that git-log(1) shows for revisions, newest first, as many at a time as Git has written by then.

    Without paths all commits, also those that changed nothing. Raises `failure` if Git fails.
    """
    # By standard input, for an argument list has an end (execve(2)). There a path ends at its line: one that holds a line feed
    # is an argument. So are options, which Git before 2.42 takes nowhere else; they are after what they apply to.
    options = [revision for revision in revisions if revision.startswith("-")]
    asked = [revision for revision in revisions if not revision.startswith("-")]
    in_arguments = any("\n" in path for path in paths)
    if paths and not in_arguments:
        asked += ["--", *paths]
    limit = ("--", *paths) if in_arguments else ()
    command = (LITERAL, *run.WALK_SETTINGS, *_LOG, _FORMAT, "--encoding=UTF-8", "--stdin", *options, *limit)
    running = run.start(repository.folder, *command, in_hook=repository.in_hook)
    try:
        try:
            with running.stdin as asking:
                asking.write(b"".join(os.fsencode(line) + b"\n" for line in asked))
        except BrokenPipeError:  # its status tells
            pass
        parser, rest = _LogParser(), b""
        while chunk := os.read(running.stdout.fileno(), _READ):
            *fields, rest = (rest + chunk).split(b"\0")
            if entries := parser.take(fields):
                yield entries
        if running.wait() != 0:
            if repository.commit("HEAD") is None and "HEAD" in revisions:
                return
            raise failure
        if entries := parser.end():
            yield entries
    finally:
        running.kill()
        running.end()


class _LogParser:
    """`git log -z` by fields; a commit is whole when the next one begins."""

    def __init__(self) -> None:
        self._fields: list[bytes] = []
        self._entries: list[tuple[bytes, bytes]] = []
        self._entry: bytes | None = None

    def take(self, fields: list[bytes]) -> list[LogEntry]:
        """The commits that these fields complete."""
        whole: list[LogEntry] = []
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

    def end(self) -> list[LogEntry]:
        """The last commit, if there is one."""
        entries = [LogEntry(tuple(self._fields), self._entries)] if self._fields else []
        self._fields, self._entries = [], []
        return entries
