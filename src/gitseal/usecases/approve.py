"""`approve`: a second person's signed yes to a change, for the branch that it is meant for."""

from collections.abc import Collection
from contextlib import ExitStack
from typing import NamedTuple

from gitseal.audit.review.range import ReviewRange, find_range
from gitseal.audit.verify.approvals import store
from gitseal.audit.verify.approvals.judging import ChangeOfBranch, judge_approvals, standing
from gitseal.audit.verify.approvals.reader import ApprovalReader
from gitseal.audit.verify.approvals.statement import (
    LARGEST,
    NAMESPACE,
    ApprovalStatement,
    ApprovedChange,
    SignedStatement,
    serialise,
)
from gitseal.audit.verify.approvals.target import Target
from gitseal.errors import Error
from gitseal.git import signing
from gitseal.git.repository import Repository
from gitseal.git.signing import SigningKey
from gitseal.policy.policy import PERSON
from gitseal.policy.signing import holders
from gitseal.report.plurals import plural

_SHOWN = 12


class Proposal(NamedTuple):
    """A change of `branch` to be approved, fixed by the ids of commits, and a statement for each name of the approver.

    A key has one name in a policy. In a repository with several `.secrets` it may have another in each.
    """

    branch: ChangeOfBranch
    key: SigningKey
    statements: tuple[ApprovalStatement, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the policy has for the approver."""
        return tuple(statement.approver for statement in self.statements)


def propose(repository: Repository, words: str, target: str = "") -> Proposal:
    """The proposal of a range of `review`, for whoever signs here. Nothing is signed yet.

    `target` is the full name of the branch that the change is for; without it, what the range's base names. Raises Error if
    nothing asks for an approval, and if this person cannot give it.
    """
    span = find_range(repository, words)
    branch = _branch(repository, span, target)
    before = branch.target
    change = before.change_to(branch.new)
    if not change:
        raise Error(f"nothing in it changes secrets of {branch.ref}", "see what it does: gitseal review")
    key = signing.signing_key(repository)
    names = _names(before, change, key)
    _refuse_pointless(branch, names)
    rules, changes = before.rules_for(change), tuple(change.values())
    made = [
        ApprovalStatement(before.object_format, branch.ref, branch.old, rules, changes, name, fingerprint)
        for name, fingerprint in names.items()
    ]
    return Proposal(branch, key, tuple(made))


def approve(proposal: Proposal) -> list[SignedStatement]:
    """Signs what was proposed, and keeps it in refs of this repository. Raises Error if the signature would not count."""
    signed = []
    with ExitStack() as stack:
        repository, target = proposal.branch.repository, proposal.branch.target
        reader = ApprovalReader(repository, target, stack)
        roots = sorted(
            {claim.root for part in proposal.statements[0].changes for claim in target.owners.claims(part.path)}
        )
        for statement in proposal.statements:
            payload = serialise(statement)
            made = SignedStatement(statement, payload, signing.sign(proposal.key, payload, NAMESPACE))
            if len(made.content) > LARGEST:
                raise Error(
                    "this changes more files than one approval can cover",
                    "approve it in parts, as branches of their own",
                )
            # Read back as a server will: a signature that would not count is better refused before anybody waits for it.
            problems = [reader.read(made, root).problem for root in roots]
            if all(problems):
                raise Error(
                    f"the signature would not count: {problems[0]}", "see the keys of the policy: gitseal check"
                )
            signed.append(made)
    for made in signed:
        if not store.write(repository, made):
            raise Error(f'Git refuses the ref "{made.ref}"', "see what is there: git for-each-ref refs/gitseal")
    return signed


def carry(proposal: Proposal) -> str:
    """Writes every approval of the change at hand into the message of a new, empty commit on HEAD, and gives its id.

    Raises Error if HEAD is not the end of the range, or if Git makes no commit.
    """
    repository, head = proposal.branch.repository, proposal.branch.new
    if repository.commit("HEAD") != head:
        raise Error(
            "only the commit that is checked out can carry an approval",
            f"check it out first: git checkout {head[:_SHOWN]}",
        )
    lines = sorted({store.trailer(signed) for signed in standing(proposal.branch)})
    message = f"Carry {plural(len(lines), 'approval')} of secrets\n\n" + "\n".join(lines) + "\n"
    sign = ("-S",) if repository.git("config", "--type=bool", "--get", "commit.gpgSign") == b"true\n" else ()
    made = repository.git("commit-tree", *sign, "-p", head, f"{head}^{{tree}}", stdin=message.encode())
    commit = (made or b"").decode().strip()
    if not commit or repository.git("update-ref", "-m", "gitseal approve --carry", "HEAD", commit, head) is None:
        raise Error("Git refuses to make a commit", "see why: git commit --allow-empty")
    return commit


def _branch(repository: Repository, span: ReviewRange, target: str) -> ChangeOfBranch:
    branch = ChangeOfBranch(repository, span.trusted, span.head, span.walked, target, span.base_name)
    branch = branch._replace(ref=branch.branch)
    if not branch.ref:
        raise Error(f'"{span.base_name}" is no branch, and the change is for one', "name it: --target main")
    return branch


def _names(target: Target, change: dict[str, ApprovedChange], key: SigningKey) -> dict[str, str]:
    """The names that a key has in the policies that decide, each with the key's fingerprint as that policy has it."""
    names: dict[str, str] = {}
    for root in {claim.root for path in change for claim in target.owners.claims(path)}:
        policy = target.owners.policy(root)
        for fingerprint in key.fingerprints:
            owners = holders(policy, fingerprint)
            if len(owners) > 1:
                raise Error(f"the policy gives your signing key to {' and '.join(owners)}", "see: gitseal check")
            if owners and policy.recipients[owners[0]].kind == PERSON:
                names.setdefault(owners[0], fingerprint)
    if not names:
        raise Error(
            f"the policy of {target.ref} gives your signing key {key.fingerprints[0]} to nobody",
            "sign with a key that the policy lists under signing: of somebody who may change this",
        )
    return names


def _refuse_pointless(branch: ChangeOfBranch, names: Collection[str]) -> None:
    """Raises Error for an approval that would count for nothing."""
    counts = [count for _root, count in judge_approvals(branch).counts]
    if not counts:
        raise Error(f"the policy of {branch.ref} asks for no approval of this", "see: gitseal verify")
    who = " or ".join(names)
    if not any(set(names) & {*count.could, *count.given} for count in counts):
        others = sorted({name for count in counts for name in count.could})
        raise Error(
            f"{who} cannot approve this: they signed a commit in it, or may not change it",
            f"somebody else has to approve it: {', '.join(others)}" if others else "let somebody else sign the commits",
        )
