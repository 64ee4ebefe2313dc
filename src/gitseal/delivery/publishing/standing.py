"""How a place stands to what would be published there: the one judgement, for people who look and for a pipeline."""

from collections.abc import Sequence

from gitseal.delivery.publishing import planning, source
from gitseal.delivery.publishing.planning import MarkVerdict, PublishAction, PublishPlan, PublishStep
from gitseal.delivery.publishing.source import Source
from gitseal.records import NamedTuple


class PlaceStanding(NamedTuple):
    """`live` is the newest commit that something there was published from, empty if nothing of ours is there.

    `missing` is one that this clone lacks, empty if it has them all. `behind` counts the commits after `live`, 0 if all is as it
    would be published, None if the branch does not have that commit, or it is not here. `names` has what differs, by the words
    for it.
    """

    live: str
    behind: int | None
    names: dict[str, list[str]]
    missing: str = ""


def standing(origin: Source, plan: PublishPlan) -> PlaceStanding:
    """The standing of one place by its plan."""
    commits = planning.live_commits(planning.of_ours(plan.steps))
    live = source.newest(origin, commits)
    missing = next((commit for commit in commits if origin.repository.commit(commit) != commit), "")
    behind = source.behind(origin, live) if live and plan.is_drift else None if not live else 0
    return PlaceStanding(live, behind, _names(plan.steps), missing)


def _names(steps: Sequence[PublishStep]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for step in steps:
        words = f"cannot tell: {step.untold}" if step.untold else _words(step)
        if words:
            names.setdefault(words, []).append(step.name)
    return names


def _words(step: PublishStep) -> str:
    if step.action is PublishAction.CREATE:
        return "not there"
    if step.verdict is MarkVerdict.BY_HAND:
        return planning.BY_HAND
    if step.verdict is MarkVerdict.UNMARKED:
        return planning.NEVER_OURS
    if step.verdict is MarkVerdict.UNPROVEN:
        return "not proven to be ours"
    if step.action is PublishAction.CHANGE:
        return "another value in Git"
    return "no longer in Git" if step.is_gone else ""
