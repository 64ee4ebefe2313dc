"""Judges a change of a branch by the approvals that the branch's policy asks for."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from gitseal.audit.common_findings import uncountable
from gitseal.audit.verify.approvals import store
from gitseal.audit.verify.approvals.count import Approval, Ask, Count, Signer, count
from gitseal.audit.verify.approvals.findings import locking, missing
from gitseal.audit.verify.approvals.reader import ApprovalReader
from gitseal.audit.verify.approvals.statement import ApprovalStatement, ApprovedChange, SignedStatement
from gitseal.audit.verify.approvals.target import Target, branch_of
from gitseal.audit.verify.evidence.owners import Owners
from gitseal.audit.verify.evidence.signing import checks
from gitseal.audit.verify.evidence.touched import covered, touched
from gitseal.git import ranges
from gitseal.git.commits import raw_commits
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange
from gitseal.policy.policy import PERSON, Policy
from gitseal.policy.signing import holders
from gitseal.policy.who_may_change import is_forge
from gitseal.project.project import FOLDER
from gitseal.report.findings import Finding


class ChangeOfBranch(NamedTuple):
    """A branch that goes from the commit `old` to `new`, by full ids; `walked` are the commits between.

    `ref` is the branch by its full name; if it is empty, it is the one that the revision `named` stands for. `offered` are ids
    of blobs that come with the same push. `also` is a commit whose policies have to allow an approver too, if there is one.
    """

    repository: Repository
    old: str
    new: str
    walked: WalkedRange
    ref: str = ""
    named: str = ""
    offered: tuple[str, ...] = ()
    also: str = ""

    @property
    def branch(self) -> str:
        """The branch by its full name; empty if nobody knows which one it is."""
        return self.ref or branch_of(self.repository, self.named)

    @property
    def target(self) -> Target:
        """The branch as it is before the change."""
        return Target(self.repository, self.branch, self.old, Owners(self.repository, self.old))


class Approved(NamedTuple):
    """The counts, path by path, with the root of the folder whose policy asks; and the findings."""

    counts: tuple[tuple[str, Count], ...] = ()
    findings: tuple[Finding, ...] = ()


def judge_approvals(branch: ChangeOfBranch, *, listed: bool = False) -> Approved:
    """Counts the approvals of a change by the policy, keys and revocations of the branch's old commit.

    `listed` is as `verify` has it. Raises Error for a policy that cannot be read, and for a change that no merge is known of.
    """
    (differing,) = ranges.differences(branch.repository, [(branch.new, branch.old)])
    paths = [change.path for change in differing if covered(change.path)]
    if not paths:
        return Approved()
    locked = tuple(locking(branch.repository, branch.new, [change.path for change in differing if not change.removes]))
    owners = Owners(branch.repository, branch.old, listed=listed)
    if not owners.roots or not any(claim.approvals for path in paths for claim in owners.claims(path)):
        return Approved((), locked)
    branch = branch._replace(ref=branch.branch)
    target = Target(branch.repository, branch.ref, branch.old, owners)
    change = target.change_to(branch.new)
    if not any(claim.approvals for path in change for claim in owners.claims(path)):
        return Approved((), locked)
    with ExitStack() as stack:
        counting = _Counting(branch, target, change, stack)
        counts = [(root, counted) for root in counting.roots for counted in counting.counts(root)]
    shared_keys = [
        finding
        for root in counting.roots
        for finding in uncountable(owners.policy(root), f"{root}{FOLDER}/policy.yaml", commit=branch.new)
    ]
    lacking = missing(branch.new, counts, is_named=bool(branch.ref))
    return Approved(tuple(counts), (*locked, *shared_keys, *lacking))


def standing(branch: ChangeOfBranch) -> list[SignedStatement]:
    """The statements at hand that count for a change, by any policy that asks for approvals of it."""
    with ExitStack() as stack:
        counting = _Counting(branch, branch.target, branch.target.change_to(branch.new), stack)
        return [signed for signed in counting.signed if any(counting.is_given(signed, root) for root in counting.roots)]


class _Counting:
    """One change of a branch, and everything that is counted for it."""

    def __init__(
        self, branch: ChangeOfBranch, target: Target, change: Mapping[str, ApprovedChange], stack: ExitStack
    ) -> None:
        self._target = target
        self._change = change
        self._reader = ApprovalReader(branch.repository, target, stack)
        raw = {commit.id: commit for commit in raw_commits(branch.repository, branch.walked.parents)}
        offered = store.of_blobs(branch.repository, branch.offered)
        # From wherever they come: a statement proves itself, so it does not matter who brought it here, or by what way.
        every = (*store.stored(branch.repository), *offered, *store.carried(raw.values()))
        self.signed = [signed for signed in dict.fromkeys(every) if self._fits(signed)]
        self._asks = {path: target.owners.claims(path) for path in change}
        self._touching = [(raw[commit], own) for commit, own in touched(branch.repository, branch.walked)]
        self._check = checks(stack, branch.repository, branch.old)
        self._also = Owners(branch.repository, branch.also) if branch.also else None

    @property
    def roots(self) -> list[str]:
        """The roots of the policies that ask for approvals of something here."""
        return sorted({claim.root for claims in self._asks.values() for claim in claims if claim.approvals})

    def is_given(self, signed: SignedStatement, root: str) -> bool:
        """True if a statement is somebody's approval by the policy of a root."""
        return self._reader.read(signed, root).signer is not None

    def _fits(self, signed: SignedStatement) -> bool:
        return all(self._change.get(change.path) == change for change in signed.statement.changes)

    def counts(self, root: str) -> list[Count]:
        """The approvals that the policy of one root asks for, counted."""
        policy = self._target.owners.policy(root)
        authors, by_forge = self._authors(root, policy)
        asks = [
            # One more if a forge signed: whoever made the commit may be among the approvers, and one of them does not count.
            Ask(path, claim.approvals + (path in by_forge), self._allowed(path, _people(policy, claim.who)))
            for path, claims in self._asks.items()
            for claim in claims
            if claim.root == root and claim.approvals and claim.who is not None
        ]
        known = (signed for signed in self.signed if self._is_known(signed.statement, root))
        read = [(self._reader.read(signed, root).signer, signed.statement.changes) for signed in known]
        approvals = [Approval(signer, changes) for signer, changes in read if signer is not None]
        return count(self._change, asks, approvals, authors)

    def _allowed(self, path: str, people: frozenset[str]) -> frozenset[str]:
        """Those of these people whom the other policies allow, too."""
        others = (claim.who for claim in self._also.claims(path)) if self._also is not None else ()
        return people.intersection(*(who for who in others if who is not None))

    def _is_known(self, statement: ApprovalStatement, root: str) -> bool:
        """True if the other policy of this root, if there is one, gives the approver this key."""
        if self._also is None or root not in self._also.roots:
            return True
        return holders(self._also.policy(root), statement.key) == (statement.approver,)

    def _authors(self, root: str, policy: Policy) -> tuple[dict[str, set[Signer]], set[str]]:
        """The signers of the commits that touched each path; and the paths of those that a forge signed.

        A forge signs for somebody whom nobody can name: it may be the very one who approves.
        """
        authors: dict[str, set[Signer]] = {}
        by_forge = set()
        for commit, own in self._touching:
            signature = self._check(root, policy, commit)
            for change in own:
                those = authors.setdefault(change.path, set())
                those.update(Signer(name, signature.key) for name in signature.signers)
                if is_forge(policy, signature.signers):
                    by_forge.add(change.path)
        return authors, by_forge


def _people(policy: Policy, who: Collection[str]) -> frozenset[str]:
    return frozenset(name for name in who if policy.recipients[name].kind == PERSON)
