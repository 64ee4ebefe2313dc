"""What a change brings into `due`: the values of somebody who leaves with it."""

from collections.abc import Iterable, Iterator, Sequence

from gitseal.audit.review.folder import Pair
from gitseal.audit.review.states import within
from gitseal.report.plurals import plural
from gitseal.report.sentences import Sentence, ours, sentence
from gitseal.review.model import EnvironmentReview


def brought_into_due(pairs: Iterable[Pair], reviewed: Sequence[EnvironmentReview]) -> Iterator[Sentence]:
    """A note on each person who leaves and could open something that is reviewed."""
    for root, old, new in pairs:
        if old.policy == new.policy:
            continue
        from gitseal.audit.exposure.departed import left_between  # most changes leave the policy as it is

        for name in left_between(old.policy, new.policy):
            lost = (
                access.names
                for environment in reviewed
                if environment.folder == within(root)
                for access in environment.access
                if access.who == name and access.whole and not access.gained
            )
            if count := sum(lost):
                yield sentence(
                    "{} leaves and could open {}: `gitseal due` lists them until they have new values",
                    name,
                    ours(plural(count, "name")),
                )
