"""The headline of a review: what happened, with names, and how much of it has to be fixed."""

from collections.abc import Iterator, Sequence

from gitseal.report.findings import ERROR, WARNING
from gitseal.report.sentences import NOTHING, Sentence, ours, sentence
from gitseal.review.acts import values
from gitseal.review.acts.words import clauses
from gitseal.review.model import Act, NameChange, Review

# People read it at a glance.
_MOST = 6

NOTHING_CHANGED = "no change to secrets"


def headline(review: Review) -> Sentence:
    """One line like "carol gains production; STRIPE_KEY changed. 1 thing must be fixed before merging."."""
    if review.is_empty:
        return ours(NOTHING_CHANGED)
    return sentence("{}. {}", happened(review), ours(verdict(review)))


def happened(review: Review) -> Sentence:
    """What happened, the worst first, with names; changes of values that are no risk come last, all in one."""
    told = list(dict.fromkeys(_briefs(review.acts)))
    rest = len(told) - _MOST
    shown = told if rest <= 1 else [*told[:_MOST], ours(f"and {rest} more acts")]
    return clauses([*shown, _values(review.acts)])


def verdict(review: Review) -> str:
    """How much has to be fixed, or looked at."""
    errors = sum(act.severity == ERROR for act in review.acts)
    warnings = sum(act.severity == WARNING for act in review.acts)
    if errors:
        return f"{errors} thing{'s' if errors > 1 else ''} must be fixed before merging."
    if warnings:
        return f"{warnings} thing{'s' if warnings > 1 else ''} to look at."
    return "Nothing breaks a rule."


def _briefs(acts: Sequence[Act]) -> Iterator[Sentence]:
    for act in acts:
        if not _is_of_values_alone(act):
            yield from ([part.brief for part in act.parts] or [act.brief])


def _values(acts: Sequence[Act]) -> Sentence:
    rows = [row.change for act in acts if _is_of_values_alone(act) for row in act.rows]
    changes = [change for change in rows if isinstance(change, NameChange)]
    return values.in_short(changes) if changes else NOTHING


def _is_of_values_alone(act: Act) -> bool:
    return not act.findings and bool(act.rows) and all(isinstance(row.change, NameChange) for row in act.rows)
