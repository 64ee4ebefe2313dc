"""`verify`: every commit that changes secrets is signed by somebody whom the policy before it lets change them."""

from collections.abc import Sequence
from contextlib import ExitStack

from gitseal.audit.common_findings import NO_POLICY_YET
from gitseal.audit.verify.approvals.judging import ChangeOfBranch, judge_approvals
from gitseal.audit.verify.evidence.owners import Owners
from gitseal.audit.verify.evidence.signing import checks
from gitseal.audit.verify.evidence.touched import Change, touched
from gitseal.audit.verify.verdict import BY_FORGE, FREE, SIGNED, Verdict, judge
from gitseal.audit.verify.verified import Verified
from gitseal.errors import Error
from gitseal.git import ranges
from gitseal.git.commits import raw_commits
from gitseal.git.ranges import PathChange
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange
from gitseal.project.project import FOLDER
from gitseal.report.causes import FILE, Cause
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import REVIEWER, command, decision
from gitseal.report.sentences import sentence

NOT_DESCENDANT = FindingRule("not-descendant", ERROR, "HEAD does not build on BASE")

_SHOWN = 12  # digits of a commit's id, in words


def verify(
    repository: Repository,
    base: str,
    head: str,
    *,
    listed: bool = False,
    branch: str = "",
    offered: tuple[str, ...] = (),
) -> Verified:
    """Judges the commits of `base..head` by the policies that `base` holds.

    Approvals count if they are for `branch`, by its full name; without one, for the branch that `base` names. `offered` are
    ids of blobs that may hold approvals, besides those that refs here keep.

    `listed`: a policy without any `change` list asks for nobody's signature, even if something is protected; and if
    none has one, `head` may be anywhere. So it is for whoever was not asked to verify, but does on the way.
    Raises Error if a revision is no commit, if history is cut off inside the range, if `base` has a policy that
    cannot be read, and if a revocation file is set and cannot be read.
    """
    base_id, head_id = ranges.named_commit(repository, base), ranges.named_commit(repository, head)
    is_aside = not ranges.descends(repository, head_id, base_id) and asks(repository, base_id, listed=listed)
    aside = (not_descendant(base_id, head_id),) if is_aside else ()
    walked = WalkedRange(repository, (head_id, f"^{base_id}"))
    verified = judge_range(repository, base_id, walked, listed=listed)
    change = ChangeOfBranch(repository, base_id, head_id, walked, branch, base, offered)
    # One that goes back, or aside, is refused as it is: what a merge would make of it is another question.
    unapproved = () if is_aside else judge_approvals(change, listed=listed).findings
    return verified._replace(findings=(*aside, *verified.findings, *unapproved))


def asks(repository: Repository, base: str, *, listed: bool) -> bool:
    """True if what follows a commit is judged; without `listed` it always is. Raises Error for a policy that cannot be read."""
    return not listed or Owners(repository, base, listed=True).asks


def judge_range(repository: Repository, base: str, commits: WalkedRange, *, listed: bool = False) -> Verified:
    """Judges commits by the policies of the commit `base`. `listed` and Error are as `verify` has them."""
    return judge_changes(repository, base, commits, list(touched(repository, commits)), listed=listed)


def judge_changes(
    repository: Repository, base: str, commits: WalkedRange, changes: Sequence[Change], *, listed: bool = False
) -> Verified:
    """Judges what `touched` has found in commits, by the policies of the commit `base`.

    `listed` and Error are as `verify` has them.
    """
    owners = Owners(repository, base, listed=listed)
    if not owners.roots:
        unjudged = [word for word in (_unjudged(commit, paths) for commit, paths in changes) if word]
        return Verified(len(commits), len(changes), 0, 0, len(changes), tuple(unjudged[:1]))
    raw = {commit.id: commit for commit in raw_commits(repository, commits.parents)}
    cut = [commit.id for commit in raw.values() if not commit.flaw and commit.parents != commits.parents[commit.id]]
    if cut:
        raise Error(
            f"history is cut off at {cut[0][:_SHOWN]}, inside the range", "fetch the rest: git fetch --unshallow"
        )
    if not changes:
        return Verified(len(commits), 0, 0, 0, 0, ())
    with ExitStack() as stack:
        check = checks(stack, repository, base)
        verdicts = [judge(raw[commit], paths, owners, check) for commit, paths in changes]
    return _counted(len(commits), verdicts)


def not_descendant(base: str, head: str) -> Finding:
    """The finding for a state that drops what another has."""
    shown = base[:_SHOWN]
    message = sentence("{} does not build on {}: with it, what {} has would be gone", head[:_SHOWN], shown, shown)
    words = sentence("merge it into the branch, or rebase; in a shallow clone: `git fetch --unshallow`")
    hint = decision("whoever made the branch", words, command("git merge {}", base))
    return NOT_DESCENDANT.at(FOLDER, 0, message, hint, commit=head)


def _unjudged(commit: str, changes: Sequence[PathChange]) -> Finding | None:
    """A word about the first commit that brings a `.secrets` to a history that had no policy."""
    paths = [change.path for change in changes if FOLDER in change.path.split("/")]
    if not paths:
        return None
    folder = Cause(FILE, f"{paths[0].rpartition(FOLDER)[0]}{FOLDER}")
    message = sentence("there was no policy before this, so nobody's signature could be asked for")
    hint = decision(REVIEWER, "look at it as a whole")
    return NO_POLICY_YET.at(paths[0], 0, message, hint, commit=commit, causes=(folder,))


def _counted(commits: int, verdicts: Sequence[Verdict]) -> Verified:
    outcomes = [verdict.outcome for verdict in verdicts]
    findings = tuple(finding for verdict in verdicts for finding in verdict.findings)
    signed, by_forge, free = (outcomes.count(outcome) for outcome in (SIGNED, BY_FORGE, FREE))
    return Verified(commits, len(verdicts), signed, by_forge, free, findings)
