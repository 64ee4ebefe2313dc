"""The approvals that a server takes from a push: each is created, never changed or removed, and has to count."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from gitseal.audit.verify.approvals import store
from gitseal.audit.verify.approvals.reader import ApprovalReader
from gitseal.audit.verify.approvals.statement import SignedStatement, parse_signed
from gitseal.audit.verify.approvals.target import Target
from gitseal.audit.verify.evidence.owners import Owners
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.git.updates import Update, is_none
from gitseal.project.approval_refs import APPROVALS
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import command, decision
from gitseal.report.sentences import sentence

BAD_APPROVAL = FindingRule("bad-approval", ERROR, "a push brings an approval that would not count, or takes one away")


def offered_blobs(updates: Sequence[Update]) -> tuple[str, ...]:
    """The ids of what a push would put into refs of approvals."""
    return tuple(update.new for update in updates if update.ref.startswith(APPROVALS) and not is_none(update.new))


def judge_offered(
    repository: Repository, updates: Sequence[Update], start_of: Callable[[str], str | None], *, listed: bool = False
) -> list[Finding]:
    """Findings about the approvals that a push brings: one is created, never changed or removed, and has to count.

    `start_of` gives the commit by which a branch that is not there yet would be judged, None for one that nothing judges.
    """
    findings = []
    with ExitStack() as stack:
        offers = _Offers(repository, start_of, stack, listed=listed)
        for update in updates:
            problem = next(offers.problems(update), "") if update.ref.startswith(APPROVALS) else ""
            if problem:
                message = sentence("{} is not taken: {}", update.ref, problem)
                hint = decision("whoever approved", "approve again", command("gitseal approve"))
                findings.append(BAD_APPROVAL.at(FOLDER, 0, message, hint))
    return findings


class _Offers:
    """The approvals of one push. Each is judged by the branch that it is for, as it is before the push."""

    def __init__(
        self, repository: Repository, start_of: Callable[[str], str | None], stack: ExitStack, *, listed: bool
    ) -> None:
        self._repository = repository
        self._start_of = start_of
        self._stack = stack
        self._listed = listed
        self._targets: dict[str, tuple[Target, ApprovalReader]] = {}

    def problems(self, update: Update) -> Iterator[str]:
        """The reasons not to take one, in words."""
        # Whoever may push may not take back what somebody else has signed.
        if is_none(update.new):
            yield "an approval that was given stays"
            return
        if not is_none(update.old):
            yield "an approval that was given does not change"
        content = store.small_blob(self._repository, update.new)
        signed = parse_signed(content) if content is not None else None
        if signed is None:
            yield "it holds no approval"
            return
        if signed.ref != update.ref:
            yield f"its place would be {signed.ref}"
        branch = signed.statement.ref
        present = refs.exact(self._repository, [branch]).get(branch, "")
        tip = self._repository.commit(present) if present else self._start_of(branch)
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
        # One policy for which it counts is enough: a change may touch folders that are different people's.
        if all(problems):
            yield from problems

    def _target(self, ref: str, tip: str) -> tuple[Target, ApprovalReader]:
        if ref not in self._targets:
            target = Target(self._repository, ref, tip, Owners(self._repository, tip, listed=self._listed))
            self._targets[ref] = (target, ApprovalReader(self._repository, target, self._stack))
        return self._targets[ref]
