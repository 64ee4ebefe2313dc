"""Plaintext in commits: of a range, of what is pushed, of all history. A finding says whether it is still in force."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from gitseal.audit.scan import policy as guards
from gitseal.audit.scan import texts
from gitseal.audit.scan.named import scan_refs
from gitseal.audit.scan.policy import ScanPolicy
from gitseal.audit.scan.scan_blobs import check_sealed, scan_blobs
from gitseal.audit.scan.scanned import Scanned
from gitseal.audit.scan.team import FoundTeam, find_team
from gitseal.git import introduced, ranges, refs, snapshot
from gitseal.git.introduced import IntroducingCommit
from gitseal.git.repository import Repository
from gitseal.git.staged import FileVersion
from gitseal.project import states
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
from gitseal.records import NamedTuple
from gitseal.report.findings import Finding
from gitseal.report.hints import YOU, Hint, decision
from gitseal.report.sentences import PAST, ours, sentence
from gitseal.scan import team

if TYPE_CHECKING:  # loads what opens values, and what only a review has
    from gitseal.audit.scan.unseen import UnseenFiles
    from gitseal.git.walked_range import WalkedRange
    from gitseal.identities import Keyring
    from gitseal.scan.team import TeamSearch


# So many blobs are asked of one `git cat-file`.
_BATCH = 500
_FOLDER = FOLDER.encode()

_SHALLOW = ours("history ends early here (a shallow clone): what lies before was not looked at")

Progress = Callable[[int, int], None]


class ScanRange(NamedTuple):
    """A choice of commits: `revisions` and `selection` as `git.introduced.commits` takes them, or those of a walk that was made.

    `head` is the full id of the commit whose policy, allowances and values count, empty if there is none. `named` are refs that
    are looked at themselves, by their full names with the ids of what they lead to.
    """

    revisions: tuple[str, ...]
    selection: tuple[str, ...]
    head: str
    walked: "WalkedRange | None" = None
    named: tuple[tuple[str, str], ...] = ()

    def commits(self, repository: Repository) -> Iterator[IntroducingCommit]:
        """The commits, no one before its parents."""
        if self.walked is not None:
            return self.walked.introduced()
        if not self.revisions and not self.selection:
            return iter(())
        return introduced.commits(repository, self.revisions, (), self.selection)


def history(repository: Repository) -> ScanRange:
    """Every commit that any ref leads to, and the refs. Raises Error if HEAD is no commit yet."""
    named = tuple(refs.below(repository, "refs").items())
    return ScanRange((), ("--all",), ranges.named_commit(repository, "HEAD"), named=named)


def between(repository: Repository, words: str) -> ScanRange:
    """`BASE..HEAD`, `BASE...HEAD` (from where they parted), or one revision: its commit alone.

    Raises Error for what names no commits.
    """
    base, dots, head = ranges.parse_range(words)
    if not dots:
        only = ranges.named_commit(repository, base)
        return ScanRange((only,), ("--max-count=1",), only)
    first, last = ranges.named_commit(repository, base or "HEAD"), ranges.named_commit(repository, head or "HEAD")
    if dots == "...":
        first = repository.merge_base(first, last)
    return ScanRange((last, f"^{first}"), (), last)


def scan_commits(
    repository: Repository,
    wanted: ScanRange,
    keyring: "Keyring | None",
    progress: Progress | None = None,
    *,
    past: bool = False,
    watch: Callable[[IntroducingCommit], None] | None = None,
    unseen: "UnseenFiles | None" = None,
) -> Scanned:
    """Plaintext that the commits of a range brought in, each finding once, with the first commit that has it; and in its refs.

    `past`: values that are sealed no longer are looked for as well. `progress` is called with the commits done and their number,
    `watch` with each of them; `unseen` is told what cannot be looked into. Raises Error for what cannot be looked at.
    """
    # Only who waits for it needs to know how many there are: Git walks all of them for that.
    total = introduced.count(repository, wanted.revisions, wanted.selection) if progress is not None else 0
    batches = _batches(wanted.commits(repository))
    first = next(batches, None)
    if first is None and not wanted.named:
        return Scanned([], 0)
    guard = guards.of_commit(repository, wanted.head) if wanted.head else guards.of_nothing(repository)
    broken = guard.broken()  # reads all policies, before the contents begin to stream
    team = find_team(guard, keyring, past_of=wanted.head if past else "") if keyring is not None else FoundTeam(None)
    notes = (*team.notes, *((_SHALLOW,) if repository.is_shallow() else ()))
    look = _Look(repository, guard, team.search, unseen)
    files = done = 0
    for batch in chain([first or []], batches):
        files += look.at(batch)
        if watch is not None:
            for commit in batch:
                watch(commit)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    of_refs = scan_refs(guard, dict(wanted.named), team.search)
    findings = [*broken, *(_standing(*at_commit, guard) for at_commit in look.findings), *of_refs]
    return Scanned(findings, files, notes, unseen.findings(team) if unseen is not None else (), done)


class _Look:
    """The findings of a range so far; content that an earlier commit had at the same path is looked at once."""

    def __init__(
        self, repository: Repository, guard: ScanPolicy, team: "TeamSearch | None", unseen: "UnseenFiles | None"
    ) -> None:
        self.findings: list[tuple[Finding, FileVersion | None]] = []
        self._repository = repository
        self._guard = guard
        self._team = team
        self._unseen = unseen
        self._seen: set[tuple[bytes, str]] = set()
        self._said: set[Finding] = set()

    def at(self, commits: Sequence[IntroducingCommit]) -> int:
        """Looks at what these commits brought, and says how many files that was."""
        new: list[tuple[IntroducingCommit, FileVersion]] = []
        for commit in commits:
            for brought in commit.brought:
                if (brought.path, brought.object_id) not in self._seen:
                    self._seen.add((brought.path, brought.object_id))
                    new.append((commit, brought))
        files = [brought for _, brought in new]
        of_blobs = scan_blobs(self._repository, files, self._guard, self._team, self._unseen)
        of_names = texts.in_file_names([brought.path for brought in files], self._team)
        for (commit, brought), of_blob in zip(new, of_blobs, strict=True):
            named = of_names.get(brought.path, [])
            findings = texts.without_name(of_blob, named) if named else of_blob
            self.findings += ((finding._replace(commit=commit.id), brought) for finding in findings)
            self.findings += (
                (finding._replace(commit=commit.id), None) for finding in named if finding not in self._said
            )
            self._said.update(named)
        self.findings += ((finding, None) for finding in self._in_messages(commits))
        projects = self._projects(commits)
        for commit in commits:
            # Popped, so that what was read for it need not stay.
            for finding in check_sealed(projects.pop(commit.id, ()), commit.brought):
                if finding not in self._said:
                    self._said.add(finding)
                    self.findings.append((finding._replace(commit=commit.id), None))
        return len(new)

    def _in_messages(self, commits: Sequence[IntroducingCommit]) -> Iterator[Finding]:
        """The findings in the commits themselves: message, author, committer."""
        raw = [commit.read() for commit in self._repository.objects.stream(commit.id for commit in commits)]
        if texts.holds_any(raw, self._team):
            for commit, content in zip(commits, raw, strict=True):
                for finding in texts.in_object("", content, self._team, texts.IN_COMMIT):
                    yield finding._replace(commit=commit.id)

    def _projects(self, commits: Sequence[IntroducingCommit]) -> dict[str, list[tuple[bytes, Project]]]:
        """The projects that each commit touches, in its own state."""
        asked = [
            (commit.id, root) for commit in commits for root in sorted(roots_of(file.path for file in commit.brought))
        ]
        folders = [(commit, os.fsdecode(root + _FOLDER)) for commit, root in asked]
        projects: dict[str, list[tuple[bytes, Project]]] = {}
        files = snapshot.of_commits(self._repository, folders)
        for (commit, root), folder in zip(asked, files, strict=True):
            place = os.path.normpath(os.path.join(self._repository.folder, os.fsdecode(root)))
            project = states.of_files(self._repository, place, folder, cached=False)
            projects.setdefault(commit, []).append((root, project))
        return projects


def _batches(commits: Iterable[IntroducingCommit]) -> Iterator[list[IntroducingCommit]]:
    batch: list[IntroducingCommit] = []
    size = 0
    for commit in commits:
        batch.append(commit)
        size += 1 + len(commit.brought)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _standing(finding: Finding, brought: FileVersion | None, guard: ScanPolicy) -> Finding:
    """The finding with whether it still stands: what is gone from the files is in history as before."""
    if brought is None:
        return finding
    if finding.rule == team.RULE:
        is_past = any(piece.kind == PAST for piece in finding.message.pieces)
        words, hint = "" if is_past else "; the value is in force", finding.hint
    else:
        words = "; the file is still so" if guard.has(brought) else "; gone from the files, and still in history"
        hint = _in_history(finding, brought, guard)
    return finding._replace(message=sentence("{}{}", finding.message, ours(words)), hint=hint)


def _in_history(finding: Finding, brought: FileVersion, guard: ScanPolicy) -> Hint:
    """The hint about a value that a commit has. To take the file out mends what follows, and history keeps the value."""
    if not guard.has(brought):
        return decision(YOU, "whoever has this history has the value: make a new one, wherever it serves")
    return decision(YOU, "take it out, and make a new value: history keeps this one", *finding.hint.commands)
