"""Puts together the items of one act: those that share a cause, directly or by others between them."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from gitseal.report.causes import ENVIRONMENT, KEY, SIGNER, VALUE, Cause
from gitseal.report.findings import Finding
from gitseal.review.acts.items import Item, Place
from gitseal.review.model import ActRow, By

# Acts of these kinds alone are one act if the same commits did them with the same result: 300 values set are not 300 acts.
_ALIKE = frozenset({VALUE, KEY, ENVIRONMENT})


class Cluster:
    """The items of one act, in their order; what they have in common is found out once."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Its findings, in their order: worst first."""
        return tuple(item.finding for item in self.items if item.finding is not None)

    @cached_property
    def rows(self) -> tuple[ActRow, ...]:
        """Its rows."""
        return tuple(item.row for item in self.items if item.row is not None)

    @cached_property
    def places(self) -> frozenset[Place]:
        """Every cause that it has."""
        return frozenset[Place]().union(*(item.places for item in self.items))

    @cached_property
    def causes(self) -> list[Cause]:
        """The same without the folders, sorted."""
        return sorted({cause for _, cause in self.places})

    @cached_property
    def by(self) -> tuple[By, ...]:
        """Everyone who did a part of it, oldest first; what is not committed comes last."""
        everyone = dict.fromkeys(by for item in self.items for by in item.by)
        return tuple(sorted(everyone, key=lambda by: (not by.commit, by.when)))


def clusters(items: Sequence[Item]) -> list[Cluster]:
    """Each item in exactly one cluster, in the order of their first items. Who signed a commit joins nothing here."""
    parents = list(range(len(items)))

    def root(of: int) -> int:
        while parents[of] != of:
            parents[of] = parents[parents[of]]
            of = parents[of]
        return of

    first: dict[Place, int] = {}
    for at, item in enumerate(items):
        for place in item.places:
            if place[1].kind != SIGNER:
                one, other = sorted((root(at), root(first.setdefault(place, at))))
                parents[other] = one
    joined: dict[int, list[Item]] = {}
    for at, item in enumerate(items):
        joined.setdefault(root(at), []).append(item)
    return _alike([Cluster(tuple(those)) for those in joined.values()])


def _alike(those: Iterable[Cluster]) -> list[Cluster]:
    """Joins clusters of values, keys or environments that the same commits changed with the same result."""
    joined: dict[object, list[Item]] = {}
    for number, cluster in enumerate(those):
        joined.setdefault(_likeness(cluster) or number, []).extend(cluster.items)
    return [Cluster(tuple(items)) for items in joined.values()]


def _likeness(cluster: Cluster) -> object:
    kinds = {cause.kind for cause in cluster.causes}
    if len(kinds - {VALUE}) > 1 or not kinds or not kinds <= _ALIKE:
        return None
    findings = cluster.findings
    said = frozenset((finding.rule, finding.severity) for finding in findings)
    is_new = any(cause.kind == ENVIRONMENT for cause in cluster.causes) and any(row.environment for row in cluster.rows)
    commits = tuple(by.commit for by in cluster.by)
    # Findings that no commit of the range made are of today's state, and whole environments stand by themselves.
    return None if is_new or (findings and not commits) else (frozenset(kinds), said, commits, _folders(cluster))


def _folders(cluster: Cluster) -> frozenset[str]:
    return frozenset(folder for folder, _ in cluster.places)
