"""Two policies compared: what changed, in sentences, and which of it is a risk.

`people` has recipients and groups, `environments` who may do what in which environment, `rules` names and the rules for them.
People are always named one by one: a group's name hides nobody.
"""

from collections.abc import Collection, Mapping

from gitseal.policy.policy import Policy, RuleList
from gitseal.report.causes import ENVIRONMENT, FILE, Cause
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.hints import REVIEWER, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import sentence
from gitseal.review.model import POLICY, Statement
from gitseal.review.policy import environments, listings, people, publishing, rules
from gitseal.review.saying import Lines, StatementCollector, quoted
from gitseal.yamltext.tree import NamePath

FIRST_POLICY = FindingRule(
    "first-policy", WARNING, "there was no policy before: only its author's commit vouches for it", RISKS
)
ALLOW_NAMES = FindingRule(
    "allow-names", WARNING, "`render` and `run` accept names that steer loaders and shells", RISKS
)
SERVER_LOOSENED = FindingRule(
    "server-loosened", WARNING, "a server judges fewer branches: changes on the others need no signature", RISKS
)
HOOK_LOOSENED = FindingRule(
    "hook-loosened", WARNING, "the hook blocks fewer files, or takes more files for templates", RISKS
)

NO_POLICY = Policy({}, {}, {}, RuleList(), (), (), (), (), ())

# The names of each environment.
Names = Mapping[str, Collection[NamePath]]


def policy_changes(old: Policy, new: Policy, names: Names, path: str, lines: Lines) -> list[Statement]:
    """The statements about the changes from one policy to the other; `names` are those that the environments have now.

    A policy that does not exist is `NO_POLICY`; of a first one only the sum is told.
    """
    say = StatementCollector(POLICY, path, lines)
    if old == new:
        return []
    if old == NO_POLICY:
        _first(new, path, say)
        return say.statements
    people.people(old, new, say)
    people.groups(old, new, say)
    environments.environments(old, new, say)
    environments.changers_of_all(old, new, say)
    rules.answers(old, new, names, say)
    rules.rules(old, new, say)
    listings.listings(old, new, say)
    _lists(old, new, say)
    publishing.targets(old, new, say)
    if not say.statements:
        say(sentence("reformatted; no change in meaning"))
    return say.statements


def _first(new: Policy, path: str, say: StatementCollector) -> None:
    # The folder came with it, and so did the environments.
    folder = Cause(FILE, path.rpartition("/")[0])
    say(
        sentence("a first policy: {} in {}", quoted(new.recipients), quoted(new.environments)),
        rule=FIRST_POLICY,
        hint=decision(REVIEWER, "nothing vouches for it but who commits it: read it as a whole"),
        causes=(folder, *(Cause(ENVIRONMENT, "", name) for name in new.environments)),
    )
    for name in sorted(new.environments):
        members = quoted(new.members(new.environments[name].open))
        text = sentence('"{}" is open to {}', name, members)
        say(text, ("environments", name), causes=(Cause(ENVIRONMENT, "", name),))
    publishing.targets(NO_POLICY, new, say)


def _lists(old: Policy, new: Policy, say: StatementCollector) -> None:
    """The lists of the hook, and the names that may be rendered though they steer programs."""
    if added := _new(new.allow_names, old.allow_names):
        text = sentence("{} may be rendered and run, though such names steer loaders and shells", quoted(added))
        say(text, ("allow_names",), ALLOW_NAMES)
    if removed := _new(old.allow_names, new.allow_names):
        say(sentence("{} may no longer be rendered and run", quoted(removed)), ("allow_names",))
    if removed := _new(old.hook_block, new.hook_block):
        text = sentence("the hook no longer blocks files such as {}", quoted(removed))
        say(text, ("hook", "block"), HOOK_LOOSENED)
    if added := _new(new.hook_block, old.hook_block):
        say(sentence("the hook blocks files such as {}", quoted(added)), ("hook", "block"))
    if added := _new(new.hook_templates, old.hook_templates):
        text = sentence(
            "the hook takes {} for templates, which pass while their values are placeholders", quoted(added)
        )
        say(text, ("hook", "templates"), HOOK_LOOSENED)
    if removed := _new(old.hook_templates, new.hook_templates):
        say(sentence("the hook no longer takes {} for templates", quoted(removed)), ("hook", "templates"))
    if removed := _new(old.server_judged, new.server_judged):
        text = sentence("a server no longer judges the branches {}", quoted(removed))
        say(text, ("server", "judged"), SERVER_LOOSENED)
    if added := _new(new.server_judged, old.server_judged):
        say(sentence("a server judges the branches {}", quoted(added)), ("server", "judged"))


def _new(those: Collection[str], known: Collection[str]) -> list[str]:
    return [statement for statement in those if statement not in known]
