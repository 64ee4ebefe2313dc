"""Whether a change of a branch has the approvals that the branch's policy asks for, and which approvals a server takes."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from gitseal.audit.verify import approval_store
from gitseal.audit.verify.approval_count import Approval, Ask, Count, Signer, count
from gitseal.audit.verify.approval_statement import NAMESPACE, ApprovedChange, SignedStatement, parse_signed
from gitseal.audit.verify.approval_target import Target, branch_of
from gitseal.audit.verify.owners import Owners
from gitseal.audit.verify.signing import checks, revoked_keys
from gitseal.audit.verify.touched import covered, touched
from gitseal.errors import Error
from gitseal.git import ranges
from gitseal.git.commits import raw_commits
from gitseal.git.repository import Repository
from gitseal.git.signatures import GOOD, Signature, checking_bytes
from gitseal.git.updates import Update, is_none
from gitseal.git.walked_range import WalkedRange
from gitseal.policy import parser
from gitseal.policy.approvals import locked_out, shared_keys
from gitseal.policy.policy import PERSON, Policy
from gitseal.policy.signing import holders, signers
from gitseal.policy.who_may_change import is_forge
from gitseal.project.approval_refs import APPROVALS
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, listed, ours, sentence

NOT_APPROVED = FindingRule("not-approved", ERROR, "the policy asks for approvals that nobody has given")
BAD_APPROVAL = FindingRule("bad-approval", ERROR, "a push brings an approval that would not count, or takes one away")
SHARED_KEY = FindingRule("shared-key", ERROR, "a signing key stands under two names, where people are counted")
LOCKED_OUT = FindingRule("locked-out", ERROR, "a policy asks for more people than it has, so nobody could change it")

_POLICY = "policy.yaml"
_LISTED = 3


class ChangeOfBranch(NamedTuple):
    """A branch that goes from the commit `old` to `new`, by full ids; `walked` are the commits between.

    `ref` is the branch by its full name; if it is empty, it is the one that the revision `named` stands for. `offered` are ids
    of blobs that come with the same push.
    """

    repository: Repository
    old: str
    new: str
    walked: WalkedRange
    ref: str = ""
    named: str = ""
    offered: tuple[str, ...] = ()

    @property
    def branch(self) -> str:
        """The branch by its full name; empty if nobody knows which one it is."""
        return self.ref or branch_of(self.repository, self.named)

    @property
    def target(self) -> Target:
        """The branch as it is before the change."""
        return Target(self.repository, self.branch, self.old, Owners(self.repository, self.old))


class Approved(NamedTuple):
    """What was counted, path by path, by the root of the folder whose policy asks; and what is wrong."""

    counts: tuple[tuple[str, Count], ...] = ()
    findings: tuple[Finding, ...] = ()


def judge_approvals(branch: ChangeOfBranch, *, listed: bool = False) -> Approved:
    """Counts the approvals of a change by the policy, keys and revocations of the branch's old commit.

    `listed` is as `verify` has it. Raises Error for a policy that cannot be read, and for a change that no merge is known of.
    """
    (differing,) = ranges.differences(branch.repository, [(branch.new, branch.old)])
    paths = [each.path for each in differing if covered(each.path)]
    if not paths:
        return Approved()
    locked = tuple(_locked_out(branch, [each.path for each in differing if not each.removes]))
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
        counts = [(root, each) for root in counting.roots for each in counting.counts(root)]
    shared = [finding for root in counting.roots for finding in _shared(root, owners.policy(root), branch.new)]
    return Approved(tuple(counts), (*locked, *shared, *_missing(branch, counts)))


class ReadApproval(NamedTuple):
    """Whose approval a signed statement is. If it is nobody's, `problem` says why, in words, and the signer is None."""

    signer: Signer | None
    problem: str = ""


class ApprovalReader:
    """Tells whose approval a signed statement is, by a branch's policies, good until the stack is closed.

    Anybody may push junk, so what asks little comes first: programs and history only see what somebody listed has signed.
    """

    def __init__(self, repository: Repository, target: Target, stack: ExitStack) -> None:
        self._target = target
        self._revoked = revoked_keys(repository, target.tip)
        self._stack = stack
        self._checks: dict[str, Callable[[bytes, bytes], Signature]] = {}

    def read(self, signed: SignedStatement, root: str) -> ReadApproval:
        """Whose approval it is by the policy of a root."""
        statement, policy = signed.statement, self._target.owners.policy(root)
        person = policy.recipients.get(statement.approver)
        if person is None or person.kind != PERSON:
            return ReadApproval(None, f'the policy has no person "{statement.approver}"')
        problem = self._target.mismatch(statement)
        if not problem and holders(policy, statement.key) != (statement.approver,):
            problem = f'the policy does not give that key to "{statement.approver}" alone'
        if problem:
            return ReadApproval(None, problem)
        found = self._check(root)(signed.payload, signed.signature)
        if found.status != GOOD:
            problem = found.reason or "it is signed with a key that the policy gives nobody"
        elif found.signers != (statement.approver,) or (_is_ssh(statement.key) and found.key != statement.key):
            problem = f'it is not signed with a key of "{statement.approver}" alone'
        problem = problem or self._target.outdated(statement)
        # An OpenPGP key counts by its primary key, whichever subkey signed.
        return ReadApproval(None, problem) if problem else ReadApproval(Signer(statement.approver, found.key))

    def _check(self, root: str) -> Callable[[bytes, bytes], Signature]:
        if root not in self._checks:
            keys = signers(self._target.owners.policy(root))
            self._checks[root] = self._stack.enter_context(checking_bytes(keys, self._revoked, NAMESPACE))
        return self._checks[root]


def _is_ssh(key: str) -> bool:
    return ":" in key


def standing(branch: ChangeOfBranch) -> list[SignedStatement]:
    """The statements at hand that count for a change, by any policy that asks for approvals of it."""
    with ExitStack() as stack:
        counting = _Counting(branch, branch.target, branch.target.change_to(branch.new), stack)
        return [each for each in counting.signed if any(counting.is_given(each, root) for root in counting.roots)]


class _Counting:
    """One change of a branch, and everything that is counted for it."""

    def __init__(
        self, branch: ChangeOfBranch, target: Target, change: Mapping[str, ApprovedChange], stack: ExitStack
    ) -> None:
        self._target = target
        self._change = change
        self._reader = ApprovalReader(branch.repository, target, stack)
        raw = {commit.id: commit for commit in raw_commits(branch.repository, branch.walked.parents)}
        offered = approval_store.of_blobs(branch.repository, branch.offered)
        every = (*approval_store.stored(branch.repository), *offered, *approval_store.carried(raw.values()))
        self.signed = [each for each in dict.fromkeys(every) if self._fits(each)]
        self._asks = {path: target.owners.claims(path) for path in change}
        self._touching = [(raw[commit], own) for commit, own in touched(branch.repository, branch.walked)]
        self._check = checks(stack, branch.repository, branch.old)

    @property
    def roots(self) -> list[str]:
        """The roots of the policies that ask for approvals of something here."""
        return sorted({claim.root for claims in self._asks.values() for claim in claims if claim.approvals})

    def is_given(self, signed: SignedStatement, root: str) -> bool:
        """Whether a statement is somebody's approval by the policy of a root."""
        return self._reader.read(signed, root).signer is not None

    def _fits(self, signed: SignedStatement) -> bool:
        return all(self._change.get(each.path) == each for each in signed.statement.changes)

    def counts(self, root: str) -> list[Count]:
        """What the policy of one root asks for, and what there is of it."""
        policy = self._target.owners.policy(root)
        authors, by_forge = self._authors(root, policy)
        asks = [
            Ask(path, claim.approvals + (path in by_forge), _people(policy, claim.who))
            for path, claims in self._asks.items()
            for claim in claims
            if claim.root == root and claim.approvals and claim.who is not None
        ]
        read = [(self._reader.read(each, root).signer, each.statement.changes) for each in self.signed]
        approvals = [Approval(signer, changes) for signer, changes in read if signer is not None]
        return count(self._change, asks, approvals, authors)

    def _authors(self, root: str, policy: Policy) -> tuple[dict[str, set[Signer]], set[str]]:
        """Who signed the commits that touched each path; and the paths of those that a forge signed.

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


def _missing(branch: ChangeOfBranch, counts: Sequence[tuple[str, Count]]) -> Iterator[Finding]:
    """One finding for all paths that lack the same."""
    alike: dict[tuple[int, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for _root, each in counts:
        if not each.is_enough:
            alike.setdefault((each.needed, each.given, each.could), []).append(each.path)
    for (needed, given, could), paths in alike.items():
        by = sentence(" ({})", listed(given, "{}")) if given else NOTHING
        others = sentence("; also: {}", listed(paths[1:], "{}", _LISTED)) if paths[1:] else NOTHING
        lacking = sentence("it takes {} and has {}{}", ours(plural(needed, "approval")), len(given), by)
        who = sentence("may approve: {}", listed(could, "{}")) if could else ours("nobody else may approve it")
        hint = sentence("one of them runs: `gitseal approve`") if could else _more_people()
        if not branch.ref:
            hint = sentence("say which branch the change is for: --target BRANCH")
        message = sentence("{}; {}{}", lacking, who, others)
        yield NOT_APPROVED.at(paths[0], 0, message, hint, commit=branch.new)


def _more_people() -> Sentence:
    return sentence("whoever signed the change does not count: let somebody else commit it")


def _shared(root: str, policy: Policy, commit: str) -> Iterator[Finding]:
    for names in shared_keys(policy):
        message = sentence("{} have a signing key in common, so approvals cannot tell them apart", listed(names))
        hint = sentence("give each of them a key of their own")
        yield SHARED_KEY.at(f"{root}{FOLDER}/{_POLICY}", 0, message, hint, commit=commit)


def _locked_out(branch: ChangeOfBranch, paths: Sequence[str]) -> Iterator[Finding]:
    """Policies that the change brings and that nobody could change again."""
    for path in paths:
        if path.split("/")[-2:] != [FOLDER, _POLICY]:
            continue
        try:
            policy = parser.parse(branch.repository.file(branch.new, path) or b"")
        except Error:  # `check` tells of it, and so does whatever judges by it next
            continue
        for locked in locked_out(policy):
            template = 'to change "{}" takes {} with signing keys, and the policy has {}: nobody could change it again'
            message = sentence(template, locked.file, ours(locked.people), locked.there)
            yield LOCKED_OUT.at(
                path, 0, message, sentence("ask for fewer approvals, or name more people"), commit=branch.new
            )


def offered_blobs(updates: Sequence[Update]) -> tuple[str, ...]:
    """The ids of what a push would put into refs of approvals."""
    return tuple(each.new for each in updates if each.ref.startswith(APPROVALS) and not is_none(each.new))


def judge_offered(repository: Repository, updates: Sequence[Update], *, listed: bool = False) -> list[Finding]:
    """What is wrong with the approvals that a push brings: one is created, never changed or removed, and has to count."""
    found = []
    with ExitStack() as stack:
        offers = _Offers(repository, stack, listed=listed)
        for update in updates:
            problem = next(offers.problems(update), "") if update.ref.startswith(APPROVALS) else ""
            if problem:
                message = sentence("{} is not taken: {}", update.ref, problem)
                found.append(BAD_APPROVAL.at(FOLDER, 0, message, sentence("approve again: `gitseal approve`")))
    return found


class _Offers:
    """The approvals of one push. Each is judged by the branch that it is for, as it is before the push."""

    def __init__(self, repository: Repository, stack: ExitStack, *, listed: bool) -> None:
        self._repository = repository
        self._stack = stack
        self._listed = listed
        self._targets: dict[str, tuple[Target, ApprovalReader]] = {}

    def problems(self, update: Update) -> Iterator[str]:
        """What is wrong with one, in words."""
        if is_none(update.new):
            yield "an approval that was given stays"
            return
        if not is_none(update.old):
            yield "an approval that was given does not change"
        content = approval_store.small_blob(self._repository, update.new)
        signed = parse_signed(content) if content is not None else None
        if signed is None:
            yield "it holds no approval"
            return
        if signed.ref != update.ref:
            yield f"its place would be {signed.ref}"
        tip = self._repository.commit(signed.statement.ref)
        if tip is None:
            yield "the branch that it is for is not here"
            return
        yield from self._unlisted(signed, tip)

    def _unlisted(self, signed: SignedStatement, tip: str) -> Iterator[str]:
        target, reader = self._target(signed.statement.ref, tip)
        roots = {
            claim.root
            for change in signed.statement.changes
            for claim in target.owners.claims(change.path)
            if claim.who is not None and signed.statement.approver in claim.who
        }
        if not roots:
            yield f'"{signed.statement.approver}" may change nothing of what it approves'
        problems = [reader.read(signed, root).problem for root in sorted(roots)]
        if all(problems):
            yield from problems

    def _target(self, ref: str, tip: str) -> tuple[Target, ApprovalReader]:
        if ref not in self._targets:
            target = Target(self._repository, ref, tip, Owners(self._repository, tip, listed=self._listed))
            self._targets[ref] = (target, ApprovalReader(self._repository, target, self._stack))
        return self._targets[ref]
