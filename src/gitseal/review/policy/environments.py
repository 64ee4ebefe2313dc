"""The part of `policy_changes` about environments: who may open and change what, and how each is protected."""

from gitseal.policy.approvals import needed_approvals
from gitseal.policy.policy import ACCEPT, DEFAULT, PENDING, REFUSE, Environment, Policy
from gitseal.policy.who_may_change import MANIFEST as MANIFEST_FILE
from gitseal.policy.who_may_change import changers
from gitseal.report.causes import ENVIRONMENT, LIST, Cause, people
from gitseal.report.causes import rule as rule_cause
from gitseal.report.findings import ERROR, WARNING, FindingRule
from gitseal.report.hints import POLICY_OWNERS, REVIEWER, command, decision
from gitseal.report.pages import RISKS
from gitseal.report.plurals import plural
from gitseal.report.sentences import Sentence, ours, sentence
from gitseal.review.environment_risks import ENVIRONMENT_REMOVED
from gitseal.review.saying import StatementCollector, quoted

ALIAS_MOVED = FindingRule("alias-moved", WARNING, "a name by which people deploy now means another environment", RISKS)
ACCESS_WIDENED = FindingRule(
    "access-widened", WARNING, "people who can open more than before, by name, whatever groups say it", RISKS
)
PROTECTION_REMOVED = FindingRule("protection-removed", ERROR, "an environment is no longer protected", RISKS)
REVEAL_ALLOWED = FindingRule("reveal-allowed", WARNING, "commands may show the values now", RISKS)
WRITE_ONLY_LOOSENED = FindingRule(
    "write-only-loosened", WARNING, "values that were refused or had to wait are now accepted at once", RISKS
)
EXTENDS_CHANGED = FindingRule("extends-changed", WARNING, "an environment inherits from another one", RISKS)
CHANGE_WIDENED = FindingRule("change-widened", WARNING, "more people can change a file", RISKS)
APPROVALS_LOWERED = FindingRule("approvals-lowered", WARNING, "fewer people have to approve a change", RISKS)
CHANGE_FREE = FindingRule("change-widened", ERROR, "anybody can", RISKS)

_POLICY_FILE = "policy"
_STRICTNESS = (ACCEPT, PENDING, REFUSE)


def environments(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Environments that came, went, or changed."""
    for name in sorted({*old.environments, *new.environments}):
        before, after = old.environments.get(name), new.environments.get(name)
        at = ("environments", name)
        cause = _of(name)
        if after is None:
            text = sentence('the policy no longer has the environment "{}"', name)
            say(text, (), ENVIRONMENT_REMOVED, causes=cause)
        elif before is None:
            text = sentence('"{}" is a new environment, open to {}', name, quoted(new.members(after.open)))
            say(text, at, causes=cause)
            if (meant := old.resolve(name)) != name:
                text = sentence('"{}" is an environment of its own, and meant "{}"', name, meant)
                say(text, at, ALIAS_MOVED, causes=cause)
            if taken := [each for each in after.aliases if old.resolve(each) != each]:
                say(sentence("{} meant another environment", quoted(taken)), at, ALIAS_MOVED, causes=cause)
        else:
            _access(old, new, name, say)
            _settings(name, before, after, say)
            _aliases(old, name, (before, after), say)


def _of(environment: str) -> tuple[Cause, ...]:
    return (Cause(ENVIRONMENT, "", environment),)


def _access(old: Policy, new: Policy, name: str, say: StatementCollector) -> None:
    """Compares who may open each access group, person by person: a group's name would hide them."""
    for group in sorted({*_groups(old, name), *_groups(new, name)}):
        before, after = (set(policy.open_to(name, group) or ()) for policy in (old, new))
        is_default = group == DEFAULT
        what = sentence('"{}"', name) if is_default else sentence('access group "{}" of "{}"', group, name)
        at = ("environments", name, "open") if is_default else ("rules",)
        if gained := sorted(after - before):
            say(
                sentence("{} may now open {}", quoted(gained), what),
                at,
                ACCESS_WIDENED,
                causes=(*people(gained), *_rules_of(old, new, group)),
            )
        if lost := sorted(before - after):
            say(sentence("{} may no longer open {}", quoted(lost), what), at, causes=people(lost))


def _rules_of(old: Policy, new: Policy, group: str) -> tuple[Cause, ...]:
    """The new rules of an access group: whoever may open it by them gained that with the rule."""
    return tuple(rule_cause(rule.names) for rule in new.rules if rule.access == group and rule not in old.rules)


def _groups(policy: Policy, environment: str) -> set[str]:
    own = (rule for rule in policy.rules if rule.holds_in(environment))
    return {DEFAULT, *(rule.access for rule in own if rule.open)}


def _settings(name: str, before: Environment, after: Environment, say: StatementCollector) -> None:
    at = ("environments", name)
    cause = _of(name)
    if before.protected and not after.protected:
        loss = "it takes local overrides again, reads are not logged, and signatures are not asked for"
        hint = decision(REVIEWER, loss)
        say(sentence('"{}" is no longer protected', name), at, PROTECTION_REMOVED, hint, causes=cause)
    elif after.protected and not before.protected:
        say(sentence('"{}" is protected', name), (*at, "protected"), causes=cause)
    if after.reveal and not before.reveal:
        say(sentence('values of "{}" may be shown', name), (*at, "reveal"), REVEAL_ALLOWED, causes=cause)
    elif before.reveal and not after.reveal:
        say(sentence('values of "{}" may not be shown', name), (*at, "reveal"), causes=cause)
    if before.write_only != after.write_only:
        is_looser = _STRICTNESS.index(after.write_only) < _STRICTNESS.index(before.write_only)
        text = sentence('write-only values in "{}": {}, was {}', name, ours(after.write_only), ours(before.write_only))
        say(text, (*at, "write_only"), WRITE_ONLY_LOOSENED if is_looser else None, causes=cause)
    if before.extends != after.extends:
        now = sentence('extends "{}"', after.extends) if after.extends else ours("extends nothing")
        was = sentence('"{}"', before.extends) if before.extends else ours("nothing")
        hint = decision(REVIEWER, "see what values it gets by that", command("gitseal list -e {}", name))
        text = sentence('"{}" {}, and extended {}', name, now, was)
        say(text, (*at, "extends"), EXTENDS_CHANGED, hint, causes=cause)


def _aliases(old: Policy, name: str, sides: tuple[Environment, Environment], say: StatementCollector) -> None:
    at = ("environments", name, "aliases")
    cause = _of(name)
    before, after = sides
    for alias in sorted(set(after.aliases) - set(before.aliases)):
        meant = old.resolve(alias)
        if meant == alias:
            say(sentence('"{}" is another name of "{}"', alias, name), at, causes=cause)
        else:
            text = sentence('"{}" means "{}", and meant "{}"', alias, name, meant)
            say(text, at, ALIAS_MOVED, causes=cause)
    if gone := sorted(set(before.aliases) - set(after.aliases)):
        say(sentence('{} is no longer another name of "{}"', quoted(gone), name), at, causes=cause)


def changers_of_all(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Tells how the lists of people who have to sign a change of each file changed."""
    files = [_POLICY_FILE, MANIFEST_FILE, *sorted(set(old.environments) & set(new.environments))]
    for file in files:
        at = ("environments", file, "change") if file in new.environments else (file, "change")
        _changers(file, changers(old, file), changers(new, file), say, at)
        _approvals(file, needed_approvals(old, file), needed_approvals(new, file), say, at)


def _approvals(file: str, before: int, after: int, say: StatementCollector, at: tuple[str, ...]) -> None:
    if before == after:
        return
    text = sentence("a change of {} takes {}, and took {}", _what(file), ours(plural(after, "approval")), before)
    say(text, at, APPROVALS_LOWERED if after < before else None, causes=(Cause(LIST, file),))


def _what(file: str) -> Sentence:
    return ours(f"the {file}") if file in {_POLICY_FILE, MANIFEST_FILE} else sentence('"{}"', file)


def _changers(
    file: str, before: frozenset[str] | None, after: frozenset[str] | None, say: StatementCollector, at: tuple[str, ...]
) -> None:
    what, cause = _what(file), (Cause(LIST, file),)
    if before == after:
        return
    if after is None:
        hint = decision(POLICY_OWNERS, "say who may by change: in the policy")
        say(sentence("anyone may change {}, with nobody's signature", what), at, CHANGE_FREE, hint, causes=cause)
        return
    if before is None:
        say(sentence("only {} may change {}", quoted(sorted(after)) or ours("nobody"), what), at, causes=cause)
        return
    if came := sorted(after - before):
        say(sentence("{} may now change {}", quoted(came), what), at, CHANGE_WIDENED, causes=people(came))
    if went := sorted(before - after):
        say(sentence("{} may no longer change {}", quoted(went), what), at, causes=people(went))
