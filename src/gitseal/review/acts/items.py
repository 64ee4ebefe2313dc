"""The items that acts are made of: every finding, every change of an environment, every statement that is no finding."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitseal.report.causes import ANSWER, ENVIRONMENT, FILE, KEY, PERSON, SIGNER, VALUE, Cause
from gitseal.report.findings import Finding
from gitseal.report.sentences import Sentence
from gitseal.review.model import (
    MOVED,
    RESEALED,
    AccessChange,
    ActRow,
    By,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Review,
    Statement,
)

# A cause, and the `.secrets` folder within which it means one thing; empty for causes that mean one thing everywhere.
Place = tuple[str, Cause]

_EVERYWHERE = frozenset({FILE, SIGNER})


class Item(NamedTuple):
    """A finding or a row of an act, with what it follows from and the commits that did it, oldest first."""

    places: frozenset[Place]
    by: tuple[By, ...]
    finding: Finding | None = None
    row: ActRow | None = None


def items(review: Review) -> list[Item]:
    """All items, findings first, in the review's order."""
    commits = {by.commit: by for by in _everyone(review) if by.commit}
    told = {(each.rule, each.path, each.text): each.by for each in review.statements if each.rule}
    made = [_of_finding(finding, commits, told) for finding in review.risks]
    for environment in review.environments:
        made += _of_environment(environment)
    made += [_of_statement(statement) for statement in review.statements if not statement.rule]
    return made


def _of_finding(
    finding: Finding, commits: Mapping[str, By], told: Mapping[tuple[str, str, Sentence], tuple[By, ...]]
) -> Item:
    last = (commits.get(finding.commit, By(finding.commit, signed="")),) if finding.commit else ()
    by = told.get((finding.rule, finding.path, finding.message)) or last
    return Item(_places(finding.path.rpartition("/")[0], finding.causes), by, finding)


def _of_statement(statement: Statement) -> Item:
    places = _places(statement.path.rpartition("/")[0], statement.causes)
    return Item(places, statement.by, row=ActRow("", statement))


def _places(folder: str, causes: Iterable[Cause]) -> frozenset[Place]:
    return frozenset(("" if cause.kind in _EVERYWHERE else folder, cause) for cause in causes)


def _of_environment(environment: EnvironmentReview) -> Iterator[Item]:
    changes: tuple[NameChange | AccessChange | KeyChange, ...]
    changes = (*environment.access, *environment.keys, *environment.names)
    for change in changes:
        causes = tuple(_causes(change, environment))
        yield Item(_places(environment.folder, causes), change.by, row=ActRow(environment.name, change))


def _causes(change: NameChange | AccessChange | KeyChange, environment: EnvironmentReview) -> Iterator[Cause]:
    """What a change follows from. All that came or went with a whole environment is one act."""
    if environment.state != "changed":
        yield Cause(ENVIRONMENT, "", environment.name)
    if isinstance(change, AccessChange):
        if environment.state == "changed":
            yield Cause(PERSON, change.who)
    elif isinstance(change, KeyChange):
        yield Cause(KEY, change.access, environment.name)
    else:
        yield Cause(VALUE, change.name, environment.name)
        if change.action == MOVED:
            yield Cause(ANSWER, change.name, environment.name)
        elif change.action == RESEALED and any(key.access == change.access for key in environment.keys):
            yield Cause(KEY, change.access, environment.name)


def _everyone(review: Review) -> Iterator[By]:
    for environment in review.environments:
        for changes in (environment.names, environment.access, environment.keys):
            for change in changes:
                yield from change.by
    for statement in review.statements:
        yield from statement.by
