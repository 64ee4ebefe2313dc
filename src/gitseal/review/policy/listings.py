"""The part of `policy_changes` about lists that name others and open to the same people: who stays when a group goes."""

from collections.abc import Iterator
from typing import NamedTuple

from gitseal.policy.policy import Policy
from gitseal.policy.who_may_change import MANIFEST, changers
from gitseal.report.causes import ENVIRONMENT, LIST, Cause
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.pages import RISKS
from gitseal.report.sentences import sentence
from gitseal.review.saying import StatementCollector, quoted
from gitseal.yamltext.tree import NamePath

LISTED_BESIDE = FindingRule(
    "listed-beside",
    WARNING,
    "a list names somebody in addition to their group, or no longer does: they keep access when they leave the group, or lose it",
    RISKS,
)


class _Listing(NamedTuple):
    """One list of a policy: how to call it, where it stands, whom it names, and the file whose change it is about, if any."""

    what: str
    at: NamePath
    names: tuple[str, ...]
    cause: Cause
    file: str = ""


def listings(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Names that came into lists which let them already, and names that went while others in the list still let them."""
    before = {(each.what, each.at): each.names for each in _lists(old)}
    for what, at, names, cause, file in _lists(new):
        was = before.get((what, at))
        if was is None:
            continue
        if bool(was) != bool(names):
            if not file or changers(old, file) == changers(new, file):
                _appeared(what, at, cause, say) if names else _gone(what, at, cause, say)
            continue
        had, has = set(old.members(was)), set(new.members(names))
        beside = [name for name in names if name not in was and set(new.members((name,))) <= had]
        gone = [name for name in was if name not in names and set(old.members((name,))) <= has]
        if beside:
            template = "{} names {} now: another name in that list let them in before, and they stay if that one goes"
            text = sentence(template, what, quoted(beside))
            say(text, at, LISTED_BESIDE, causes=(cause,))
        if gone:
            say(
                sentence("{} no longer names {}: other names in that list let in the same people", what, quoted(gone)),
                at,
                causes=(cause,),
            )


def _appeared(what: str, at: NamePath, cause: Cause, say: StatementCollector) -> None:
    say(sentence("{} is a list of its own", what), at, causes=(cause,))


def _gone(what: str, at: NamePath, cause: Cause, say: StatementCollector) -> None:
    say(sentence("{} is empty: other lists decide", what), at, LISTED_BESIDE, causes=(cause,))


def _lists(policy: Policy) -> Iterator[_Listing]:
    for name, environment in policy.environments.items():
        at, cause = ("environments", name), Cause(ENVIRONMENT, "", name)
        yield _Listing(sentence('open of "{}"', name), (*at, "open"), environment.open, cause)
        yield _Listing(sentence('change of "{}"', name), (*at, "change"), environment.change, cause, name)
    for file, names in (("policy", policy.policy_change), (MANIFEST, policy.manifest_change)):
        yield _Listing(sentence("change of the {}", file), (file, "change"), names, Cause(LIST, file), file)
    for number, rule in enumerate(policy.rules):
        what = sentence("open of the rule for {}", quoted(rule.names))
        yield _Listing(what, ("rules", f"[{number}]"), rule.open, Cause(LIST, what))
