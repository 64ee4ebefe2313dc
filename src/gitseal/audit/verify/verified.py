"""The outcome for the commits that were judged."""

from collections.abc import Iterable
from typing import NamedTuple

from gitseal.report.findings import Finding


class Verified(NamedTuple):
    """The outcome for a range.

    `commits` are all of it, `touching` those that change what is covered: `signed` of them by people and machines who may,
    `by_forge` by a Git host that may, `free` with no signature required. The others are among the `findings`.
    """

    commits: int
    touching: int
    signed: int
    by_forge: int
    free: int
    findings: tuple[Finding, ...]


NOTHING = Verified(0, 0, 0, 0, 0, ())


def total(parts: Iterable[Verified]) -> Verified:
    """The sum of several ranges, each finding once."""
    every = list(parts)
    return Verified(
        sum(part.commits for part in every),
        sum(part.touching for part in every),
        sum(part.signed for part in every),
        sum(part.by_forge for part in every),
        sum(part.free for part in every),
        tuple(dict.fromkeys(finding for part in every for finding in part.findings)),
    )
