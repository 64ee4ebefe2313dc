"""The mark that says which commit is live: what stays at a place has to tell, once a publication is done.

A mark is of the commit that last changed its value. A commit that only removes names, or brings earlier values back, changes none
of the values that stay: by these alone an older commit would still look like the next one. So one value that stays is written
again, as it is, with a mark of the commit, unless all commits since the newest mark would publish the same anyway.
"""

from collections.abc import Callable, Mapping, Sequence

from gitseal.delivery.publishing.planning import Desired, MarkVerdict, PublishAction, PublishPlan, PublishStep
from gitseal.records import NamedTuple

NOTE = "the same value, with a mark that names this commit"


class PublishPast(NamedTuple):
    """What history says of the commit that is published.

    `outside`: those of some commits that are not in its history. `newest`: the newest of some. `is_same_since`: True if every
    commit from that one to this would publish the same values there.
    """

    outside: Callable[[Sequence[str]], Sequence[str]]
    newest: Callable[[Sequence[str]], str]
    is_same_since: Callable[[str], bool]


def with_live_mark(plan: PublishPlan, desired: Mapping[str, Desired], commit: str, past: PublishPast) -> PublishPlan:
    """The plan with the steps that are marked again, so that the marks which stay tell that `commit` is live.

    After a rollback these are all values of ours whose marks name a commit that was gone back from.
    """
    # A mark that anybody can make tells of no commit, so it counts only for a publisher who can make no other.
    keyed = {name for name, one in desired.items() if one.key is not None}
    same = [step for step in plan.steps if step.action is PublishAction.SAME and step.name in (keyed or desired)]
    later = {*past.outside([*dict.fromkeys(step.commit for step in same)])}
    marked = {step.name for step in same if step.commit in later}
    is_told = any(step.name in (keyed or desired) and step.is_written for step in plan.steps) or marked
    staying = [step.commit for step in plan.steps if _stays(step) and (step.is_keyed or not keyed)]
    if same and not is_told and commit not in staying:
        newest = past.newest([*dict.fromkeys(staying)])
        if not newest or not past.is_same_since(newest):
            # The one that told before tells again, so that each other value keeps the mark of its last change.
            marked = {next((step.name for step in same if step.commit == newest), same[0].name)}
    steps = (step._replace(marks_again=True, note=NOTE) if step.name in marked else step for step in plan.steps)
    return plan._replace(steps=tuple(steps))


def _stays(step: PublishStep) -> bool:
    return step.verdict is MarkVerdict.OURS and step.action in {PublishAction.SAME, PublishAction.LEAVE}
