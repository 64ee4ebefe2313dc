"""The findings of a review in order, and its figures."""

from collections.abc import Sequence

from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.review.model import ADDED, CHANGED, MOVED, REMOVED, RESEALED, Counts, EnvironmentReview

# How bad a finding is, the worst first.
RANK = {ERROR: 0, WARNING: 1, NOTE: 2}


def ranked(risks: Sequence[Finding]) -> tuple[Finding, ...]:
    """Risks without doubles, worst first, else in the order given."""
    return tuple(sorted(dict.fromkeys(risks), key=lambda risk: RANK.get(risk.severity, 0)))


def counted(environments: Sequence[EnvironmentReview], risks: Sequence[Finding]) -> Counts:
    """The figures of a review."""
    actions = [change.action for environment in environments for change in environment.names]
    whole = {
        (change.who, change.is_machine, change.gained)
        for environment in environments
        for change in environment.access
        if change.whole and not change.passed
    }
    return Counts(
        added=actions.count(ADDED),
        changed=actions.count(CHANGED),
        removed=actions.count(REMOVED),
        moved=actions.count(MOVED),
        resealed=actions.count(RESEALED),
        unchanged=sum(environment.unchanged for environment in environments),
        people_gained=_people(whole, is_machine=False, gained=True),
        people_lost=_people(whole, is_machine=False, gained=False),
        machines_gained=_people(whole, is_machine=True, gained=True),
        machines_lost=_people(whole, is_machine=True, gained=False),
        keys_replaced=sum(bool(key.before and key.after) for environment in environments for key in environment.keys),
        errors=sum(risk.severity == ERROR for risk in risks),
        warnings=sum(risk.severity == WARNING for risk in risks),
    )


def _people(whole: set[tuple[str, bool, bool]], *, is_machine: bool, gained: bool) -> int:
    return sum((is_machine, gained) == person[1:] for person in whole)
