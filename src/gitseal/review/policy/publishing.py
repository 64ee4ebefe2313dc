"""The part of `policy_changes` about targets: where values go by `publish`."""

from gitseal.policy.policy import Policy
from gitseal.policy.target import PublishTarget
from gitseal.policy.who_may_change import MANIFEST, changers
from gitseal.report.causes import TARGET, Cause
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.hints import REVIEWER, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import NOTHING, Sentence, ours, sentence
from gitseal.review.saying import StatementCollector, quoted

PUBLISH_TARGET = FindingRule(
    "publish-target",
    WARNING,
    "a new or changed target: `publish` sends values to another place, or others there",
    RISKS,
)

_HINT = decision(REVIEWER, "ask who owns that place, and who can read what lies there")


def targets(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Targets that came, went, or send other values, elsewhere, or from another branch."""
    before = {target.name: target for target in old.publish}
    for target in new.publish:
        was = before.pop(target.name, None)
        if was is None:
            text = sentence(
                '"{}" is a new target: `publish` sends {}; {}', target.name, _way(target), _changers(new, target)
            )
            say(text, ("publish", target.name), PUBLISH_TARGET, _HINT, causes=_cause(target))
        elif was != target:
            template = 'target "{}" sends {}; it sent {}; {}'
            text = sentence(template, target.name, _way(target), _way(was), _changers(new, target))
            say(text, ("publish", target.name), PUBLISH_TARGET, _HINT, causes=_cause(target))
    for target in before.values():
        text = sentence('there is no target "{}" any more; it sent {}', target.name, _way(target))
        say(text, ("publish",), causes=_cause(target))
    if not before and old.publish != new.publish and set(old.publish) == set(new.publish):
        say(sentence("the targets of {} stand in another order", "publish"), ("publish",))


def _way(target: PublishTarget) -> Sentence:
    names = sentence('what service "{}" gets', target.service) if target.service else ours("all names")
    branch = sentence(', from the branch "{}"', target.source) if target.source else NOTHING
    prune = ours(", and removes there what is gone here") if target.prune else NOTHING
    return sentence('{} of {} to "{}"{}{}', names, quoted(target.environments), target.to, branch, prune)


def _changers(policy: Policy, target: PublishTarget) -> Sentence:
    """Who may change where values go, and, if the target has a service, which: the manifest says that."""
    who = changers(policy, "policy")
    if target.service and who is not None:
        of_manifest = changers(policy, MANIFEST)
        who = who | of_manifest if of_manifest is not None else None
    if who is None:
        return ours("anyone may change that, with nobody's signature")
    return sentence("only {} may change that", quoted(sorted(who)) or ours("nobody"))


def _cause(target: PublishTarget) -> tuple[Cause, ...]:
    return (Cause(TARGET, target.name),)
