"""The other checks that a review runs: `check` on the newer state, `scan` and `verify` over the range's commits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitseal.audit.check.check import check
from gitseal.audit.check.claims import claims
from gitseal.audit.common_findings import POLICY
from gitseal.audit.review.range import ReviewOptions, ReviewRange
from gitseal.audit.review.states import FolderState, within
from gitseal.git.repository import Repository
from gitseal.identities import NO_IDENTITIES
from gitseal.report.findings import Finding
from gitseal.report.sentences import literal, sentence
from gitseal.review.rights_model import Approvals

if TYPE_CHECKING:  # what is not asked for is not loaded
    from gitseal.identities import Keyring


class CheckResults(NamedTuple):
    """Findings in the order check, scan, verify, and notes on what was not looked at."""

    findings: list[Finding]
    notes: tuple[str, ...]
    approvals: Approvals = Approvals()


def run(
    repository: Repository,
    span: ReviewRange,
    sides: Sequence[tuple[str, FolderState]],
    keyring: "Keyring | None",
    wanted: "ReviewOptions",
) -> CheckResults:
    """Runs what is wanted. Raises Error for what cannot be looked at."""
    findings = [finding for root, side in sides for finding in _check(side, root, keyring)]
    notes: tuple[str, ...] = ()
    if wanted.scan and span.walked:
        from gitseal.audit.scan import commits as scan_commits

        scanned = scan_commits.scan_commits(repository, scan_commits.ScanRange((), (), span.head, span.walked), keyring)
        findings += scanned.findings
        notes = scanned.notes
    if wanted.verify and span.walked:
        from gitseal.audit.verify.verify import judge_range

        findings += judge_range(repository, span.trusted, span.walked, listed=True).findings
        return _with_approvals(repository, span, wanted, CheckResults(findings, notes))
    return CheckResults(findings, notes)


def _with_approvals(
    repository: Repository, span: ReviewRange, wanted: ReviewOptions, found: CheckResults
) -> CheckResults:
    from gitseal.audit.verify.approvals.judging import ChangeOfBranch, judge_approvals
    from gitseal.audit.verify.approvals.target import Diverged

    change = ChangeOfBranch(repository, span.trusted, span.head, span.walked, wanted.branch, span.base_name)
    try:
        approved = judge_approvals(change, listed=True)
    except Diverged as error:
        return found._replace(notes=(*found.notes, sentence("approvals were not counted: {}", literal(error.message))))
    counts = [each for _root, each in approved.counts]
    lacking = [each for each in counts if not each.is_enough]
    approvals = Approvals(
        max((each.needed for each in counts), default=0),
        tuple(sorted({name for each in counts for name in each.given})),
        tuple(sorted({name for each in lacking for name in each.could})),
    )
    # `check` has told of a policy that cannot be read; here it is in the way of judging.
    unread = {finding.path for finding in found.findings if finding.rule == POLICY.id}
    further = (each for each in approved.findings if each.rule != POLICY.id or each.path not in unread)
    return CheckResults([*found.findings, *further], found.notes, approvals)


def unmerged_access(heads: Mapping[str, FolderState], reviewed: Iterable[tuple[str, str]]) -> CheckResults:
    """Who opens the reviewed environments, each a folder and a name, by a branch that is not merged."""
    names: dict[str, list[str]] = {}
    for folder, environment in reviewed:
        names.setdefault(folder, []).append(environment)
    looked = [
        claims(side.project, names[within(root)])
        for root, side in heads.items()
        if side.project is not None and within(root) in names
    ]
    return CheckResults(
        [finding for one in looked for finding in one.findings], tuple(note for one in looked for note in one.notes)
    )


def _check(side: FolderState, root: str, keyring: "Keyring | None") -> Iterator[Finding]:
    if side.project is None:
        return
    for finding in check(side.project, reader=keyring or NO_IDENTITIES):
        yield finding._replace(hint=finding.hint.below(root))
