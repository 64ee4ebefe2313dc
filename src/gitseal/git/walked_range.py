"""A range of commits, walked once for all who look at it: `review`, `scan` and `verify` want different facts of one walk."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from gitseal.errors import Error
from gitseal.git import ranges
from gitseal.git.introduced import IntroducingCommit
from gitseal.git.log import LoggedCommit, LogQuery, with_contents
from gitseal.git.log_walk import LogEntry, walk
from gitseal.git.ranges import PathChange
from gitseal.git.repository import Repository
from gitseal.git.staged import parse_entry


class WalkedRange:
    """The commits that `revisions` reach, which are as git-log(1) takes them: full ids, `^ID`, and `--not --all`.

    All is held in memory. Raises Error if one of the commits is not there.
    """

    def __init__(self, repository: Repository, revisions: Sequence[str]) -> None:
        failure = Error("Git cannot list the commits of that range", "see what is missing with: git fsck")
        self._repository = repository
        self._entries = [entry for portion in walk(repository, revisions, (), failure) for entry in portion]
        self._by_id = {entry.id: entry for entry in self._entries}

    def __len__(self) -> int:
        return len(self._entries)

    def begins_at(self, commit: str) -> bool:
        """True if this is `commit..HEAD`, and HEAD descends from the commit: then a commit here has it as a parent."""
        return any(commit in entry.parents for entry in self._entries)

    def logged(self, wanted: LogQuery) -> Iterator[LoggedCommit]:
        """The commits that changed any file, newest first, with the contents that are wanted; `wanted.paths` has no bearing."""
        yield from with_contents(self._repository, [self._entries], wanted)

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The parents of each commit, as Git walks them: a shallow clone or a graft cuts them. No commit before its parents."""
        newest_first = topological({entry.id: entry.parents for entry in self._entries})
        return {commit: self._by_id[commit].parents for commit in reversed(newest_first)}

    def introduced(self) -> Iterator[IntroducingCommit]:
        """All commits with the files that each brought, no commit before its parents."""
        for commit, parents in self.parents.items():
            files = (parse_entry(field, path) for field, path in self._by_id[commit].entries)
            yield IntroducingCommit(commit, parents, [file for file in files if file.mode])  # what is gone has none

    def differences(self, pairs: Sequence[tuple[str, str]]) -> Iterator[list[PathChange]]:
        """For each commit and parent of it what the commit has differently; no parent is an empty tree.

        Only merges are compared again: the walk shows of them what differs from all of their parents.
        """
        merges = [pair for pair in pairs if len(self._by_id[pair[0]].parents) > 1]
        of_merges = ranges.differences(self._repository, merges) if merges else iter(())
        for commit, _parent in pairs:
            entry = self._by_id[commit]
            yield next(of_merges) if len(entry.parents) > 1 else _changes(entry)


def _changes(entry: LogEntry) -> list[PathChange]:
    return [ranges.parse_change(field, path) for field, path in entry.entries]


def topological(parents: dict[str, tuple[str, ...]]) -> list[str]:
    """Commits in the order of `git log --topo-order`, from that of `git log`: every commit stands before its parents.

    This is sort_in_topological_order() of Git's commit.c: lines of history are not mixed.
    """
    waiting = dict.fromkeys(parents, 0)
    for above in parents.values():
        for parent in above:
            if parent in waiting:
                waiting[parent] += 1
    ready = [commit for commit in reversed(parents) if not waiting[commit]]
    order = []
    while ready:
        commit = ready.pop()
        order.append(commit)
        for parent in parents[commit]:
            if parent in waiting:
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
    return order
