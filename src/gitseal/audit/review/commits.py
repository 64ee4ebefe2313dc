"""What the commits of a range did to sealed files, in one traversal, and what all of history says of their tokens."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from gitseal.audit.history.log import changes_of, environment_of, person
from gitseal.audit.history.signed import NONE, Signed, glance, verdict
from gitseal.audit.review.changed_lines import ChangedLines, is_read
from gitseal.audit.review.range import ReviewRange
from gitseal.audit.verify.evidence.signing import checks_by_policy
from gitseal.audit.verify.evidence.touched import covered
from gitseal.document.changes import changes
from gitseal.git.commits import parse_commit
from gitseal.git.log import LoggedCommit, LogQuery, history
from gitseal.git.repository import Repository
from gitseal.policy.policy import Policy
from gitseal.project.project import FOLDER
from gitseal.project.roots import root_above
from gitseal.review.attribution import FileStep
from gitseal.review.model import By
from gitseal.review.restored import FileChange, Superseded, past
from gitseal.review.state import CommitStep

_DRAFTS = ("/policy.yaml", "/manifest.yaml", "/allow.yaml")


class Touched(NamedTuple):
    """Steps by the path of an environment's file, oldest first; and how many commits touched covered files.

    `drafts` are the contents of policies, manifests and lists of allowances that commits made, by their paths, oldest first.
    """

    steps: dict[str, list[CommitStep]]
    commits: int
    drafts: dict[str, list[FileStep]]

    @property
    def roots(self) -> set[str]:
        """What holds the folders of these environments, also of folders that are gone again."""
        return {root_above(path) for path in self.steps}


def touched(
    repository: Repository,
    span: ReviewRange,
    policies: Mapping[str, Policy],
    lines: ChangedLines,
    *,
    signatures: bool,
) -> Touched:
    """The work of the range's commits; `lines` gets each of them. `policies` are those that judge, by the root of their folder.

    With `signatures` each is checked; else it is told only that there is one.
    """
    touched_ = Touched({}, 0, {})
    with ExitStack() as stack:
        check = _checking(repository, span, policies, stack) if signatures else lambda _root, commit: glance(commit.raw)
        commits = 0
        for commit in span.walked.logged(LogQuery((), is_read, raw=True, links=True, also=frozenset(lines.merges))):
            own = [file for file in commit.files if covered(file.path)]
            commits += bool(own)
            who = _Signer(commit, check)
            for file in own:
                by = who(file.path)
                if environment_of(file.path):
                    touched_.steps.setdefault(file.path, []).append(CommitStep(by, changes_of(file)))
                elif _is_draft(file.path) and not file.is_other:
                    touched_.drafts.setdefault(file.path, []).append(FileStep(by, file.before, file.after))
            lines.add(commit, who)
    for steps in touched_.steps.values():
        steps.reverse()
    for drafts in touched_.drafts.values():
        drafts.reverse()
    return touched_._replace(commits=commits)


def _is_draft(path: str) -> bool:
    return path.endswith(_DRAFTS) and path.split("/")[-2] == FOLDER


def uncommitted(old: bytes | None, new: bytes | None) -> list[CommitStep]:
    """The step from HEAD to the working tree, by nobody yet."""
    uncommitted_changes = changes(old, new)
    return [CommitStep(By(), uncommitted_changes)] if uncommitted_changes else []


def by_of(commit: LoggedCommit, signed: Signed | None = None) -> By:
    """Whose a commit is, as it claims. Without a verdict on its signature only that there is one is told."""
    signed = signed or glance(commit.raw)
    who = person(commit.author, commit.author_email)
    committer = person(commit.committer, commit.committer_email)
    return By(commit.id, commit.time, who, committer, signed.state, signed.by)


_Check = Callable[[str, LoggedCommit], Signed]


class _Signer:
    """Whose a commit is, by a path: each `.secrets` judges signatures by its own policy."""

    def __init__(self, commit: LoggedCommit, check: _Check) -> None:
        self._commit = commit
        self._check = check
        self._known: dict[str, By] = {}

    def __call__(self, path: str) -> By:
        root = root_above(path)
        if root not in self._known:
            self._known[root] = by_of(self._commit, self._check(root, self._commit))
        return self._known[root]


def _checking(repository: Repository, span: ReviewRange, policies: Mapping[str, Policy], stack: ExitStack) -> _Check:
    """Checks signatures by the policy of a root, for as long as the stack is open."""
    by_policy = checks_by_policy(stack, repository, span.trusted)

    def check(root: str, commit: LoggedCommit) -> Signed:
        policy = policies.get(root)
        first = glance(commit.raw)
        if policy is None or first.state == NONE:
            return first
        return verdict(policy, parse_commit(commit.id, commit.raw), by_policy(root, policy))

    return check


def look_back(
    repository: Repository, head: str, paths: Collection[str], wanted: Collection[str], keys: Collection[str]
) -> Superseded:
    """Tokens and key ids in all of history below `head`, newest first."""
    if not paths or not (wanted or keys):
        return Superseded()
    return past(_versions(repository, head, paths), wanted, keys)


def _versions(repository: Repository, head: str, paths: Collection[str]) -> Iterator[FileChange]:
    for commit in history(repository, LogQuery(tuple(paths), lambda _path: True), (head,)):
        for file in commit.files:
            yield FileChange(commit.id, file.before, file.after)
