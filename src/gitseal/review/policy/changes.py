"""Two policies held against each other: what changed, in words, and what of it is a risk.

`policy_people` has recipients and groups, `policy_environments` who may do what where, `policy_rules` names and what answers
for them. A person is always named by name, so that a group's name hides nobody.
"""

from collections.abc import Collection, Mapping

from gitseal.policy.policy import Policy
from gitseal.review.model import POLICY, Statement
from gitseal.review.policy import environments, people, rules
from gitseal.review.saying import Lines, Risk, StatementCollector, quoted
from gitseal.yamltext.tree import NamePath

NO_POLICY = Policy({}, {}, {}, (), (), (), (), (), ())

# The names of each environment.
Names = Mapping[str, Collection[NamePath]]


def policy_changes(old: Policy, new: Policy, names: Names, path: str, lines: Lines) -> list[Statement]:
    """What changed from one policy to the other; `names` are those that the environments have now.

    A policy that is not there yet is `NO_POLICY`; of a first one only what it says as a whole is told.
    """
    say = StatementCollector(POLICY, path, lines)
    if old == new:
        return []
    if old == NO_POLICY:
        _first(new, say)
        return say.statements
    people.people(old, new, say)
    people.groups(old, new, say)
    environments.environments(old, new, say)
    environments.changers_of_all(old, new, say)
    rules.answers(old, new, names, say)
    rules.rules(old, new, say)
    _lists(old, new, say)
    if not say.statements:
        say("it is written otherwise, and answers every question as before")
    return say.statements


def _first(new: Policy, say: StatementCollector) -> None:
    say(
        f"a first policy: {quoted(new.recipients)} in {quoted(new.environments)}",
        risk=Risk("first-policy", hint="nothing vouches for it but who commits it: read it as a whole"),
    )
    for name in sorted(new.environments):
        say(f'"{name}" is open to {quoted(new.members(new.environments[name].open))}', ("environments", name))


def _lists(old: Policy, new: Policy, say: StatementCollector) -> None:
    """The lists of the hook, and the names that may be rendered though they steer programs."""
    if added := _new(new.allow_names, old.allow_names):
        text = f"{quoted(added)} may be rendered and run, though such names steer loaders and shells"
        say(text, ("allow_names",), Risk("allow-names"))
    if removed := _new(old.allow_names, new.allow_names):
        say(f"{quoted(removed)} may no longer be rendered and run", ("allow_names",))
    if removed := _new(old.hook_block, new.hook_block):
        say(f"the hook no longer blocks files such as {quoted(removed)}", ("hook", "block"), Risk("hook-loosened"))
    if added := _new(new.hook_block, old.hook_block):
        say(f"the hook blocks files such as {quoted(added)}", ("hook", "block"))
    if added := _new(new.hook_templates, old.hook_templates):
        text = f"the hook takes {quoted(added)} for templates, which pass while their values are placeholders"
        say(text, ("hook", "templates"), Risk("hook-loosened"))
    if removed := _new(old.hook_templates, new.hook_templates):
        say(f"the hook no longer takes {quoted(removed)} for templates", ("hook", "templates"))


def _new(those: Collection[str], known: Collection[str]) -> list[str]:
    return [each for each in those if each not in known]
