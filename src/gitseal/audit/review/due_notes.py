"""What a change has to do with people who leave: values that it brings into `due`, and keys that come back."""

from collections.abc import Iterable, Iterator, Sequence

from gitseal.audit.exposure.state_words import on_day
from gitseal.audit.review.folder import Pair
from gitseal.audit.review.states import within
from gitseal.project.key_holders import names_by_opener
from gitseal.report.plurals import plural
from gitseal.report.sentences import Sentence, listed, ours, sentence
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


def keys_that_come_back(pairs: Iterable[Pair]) -> Iterator[Sentence]:
    """A note on each new key that HEAD's history has as somebody else's, who lost it."""
    for _root, old, new in pairs:
        if old.policy == new.policy or new.project is None:
            continue
        fresh = names_by_opener(new.policy).keys() - names_by_opener(old.policy).keys()
        if not fresh:
            continue
        from gitseal.audit.exposure.departed import former_holders  # as above

        for key, former in former_holders(new.project, sorted(fresh)):
            names = names_by_opener(new.policy)[key]
            if former.name not in names:
                went = "who left" if former.has_left else "and it was taken out"
                template = f"{{}} comes with a key that history has as one of {{}}, {went} {{}}: is it the same person?"
                yield sentence(template, listed(names, "{}"), former.name, on_day(former.at.when))
