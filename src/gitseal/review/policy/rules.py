"""The part of `policy_changes` about rules: which names are plain, and who may open the others."""

from collections.abc import Collection, Mapping

from gitseal.policy.policy import DEFAULT, Policy, Rule
from gitseal.report import causes
from gitseal.report.findings import ERROR, WARNING, FindingRule
from gitseal.report.hints import NO_HINT, POLICY_OWNERS, REVIEWER, Hint, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import NOTHING, Sentence, ours, sentence, verb
from gitseal.review.policy.environments import ACCESS_WIDENED
from gitseal.review.policy.people import GROUP_RENAMED
from gitseal.review.saying import StatementCollector, quoted
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

PLAIN_RULE = FindingRule("plain-rule", WARNING, "a rule makes names plain", RISKS)
PLAIN_RULE_PROTECTED = FindingRule(
    "plain-rule", ERROR, "it does so in a protected environment, or for every name", RISKS
)
GROUP_CHANGED = FindingRule("group-changed", WARNING, "names move to another access group", RISKS)
RULE_WIDENED = FindingRule(
    "rule-widened", WARNING, "a rule for an access group covers more names or environments", RISKS
)
RULE_NARROWED = FindingRule(
    "rule-narrowed",
    WARNING,
    "a rule covers fewer names or environments; another rule or none decides on the rest",
    RISKS,
)
RULE_REMOVED = FindingRule(
    "rule-removed",
    WARNING,
    "a rule is gone, and its names could be open to more people now, or plain",
    RISKS,
)
RULES_REORDERED = FindingRule(
    "rules-reordered", WARNING, "the first rule that matches wins, and the order has changed", RISKS
)

_PLAIN = "plain"


def answers(old: Policy, new: Policy, names: Mapping[str, Collection[NamePath]], say: StatementCollector) -> None:
    """The names for which the two policies give different answers, whichever of their rules do."""
    for environment in sorted(set(old.environments) & set(new.environments)):
        moved: dict[tuple[str, str], list[NamePath]] = {}
        for path in sorted(names.get(environment, ())):
            answer = _answer(old, environment, path), _answer(new, environment, path)
            if answer[0] != answer[1]:
                # Of what is to be plain it does not matter who could open it before.
                told = ("", answer[1]) if answer[1] == f"!{_PLAIN}" else answer
                moved.setdefault(told, []).append(path)
        for (before, after), those in sorted(moved.items()):
            _moved((old, new), environment, (before, after), those, say)


def _answer(policy: Policy, environment: str, path: NamePath) -> str:
    # No access group can be called so if a rule says plain: the two are told apart by what stands before.
    return f"!{_PLAIN}" if policy.is_plain(environment, path) else policy.group(environment, path)


def _moved(
    policies: tuple[Policy, Policy],
    environment: str,
    answer: tuple[str, str],
    paths: list[NamePath],
    say: StatementCollector,
) -> None:
    (old, new), (before, after) = policies, answer
    those = [path_text(path) for path in paths]
    names, are = quoted(those), verb(len(those))
    deciding = {policy.rule(environment, path) for policy in policies for path in paths} - {None}
    cause = (*sorted(causes.rule(rule.names) for rule in deciding if rule), *causes.answers(those, environment))
    if after == f"!{_PLAIN}":
        rule = PLAIN_RULE_PROTECTED if _is_protected(old, new, environment) else PLAIN_RULE
        text = sentence('in "{}" {}, sealed before, {} to be plain', environment, names, are)
        say(text, ("rules",), rule, _take_out(say, _plain_rule(new, environment, those)), causes=cause)
        return
    if before == f"!{_PLAIN}":
        text = sentence('in "{}" {}, plain before, {} to be sealed', environment, names, are)
        say(text, ("rules",), causes=cause)
        return
    gained = sorted(set(new.open_to(environment, after) or ()) - set(old.open_to(environment, before) or ()))
    who = sentence(", which {} may open too", quoted(gained)) if gained else NOTHING
    text = sentence('in "{}" {} {} to be sealed to "{}", was "{}"{}', environment, names, are, after, before, who)
    say(text, ("rules",), ACCESS_WIDENED if gained else GROUP_CHANGED, causes=cause)


def rules(old: Policy, new: Policy, say: StatementCollector) -> None:
    """The rules themselves: what they would answer for names that do not exist yet."""
    gone = [rule for rule in old.rules if rule not in new.rules]
    for at, rule in enumerate(new.rules):
        if rule not in old.rules:
            was = _predecessor(rule, gone)
            if was is not None:
                gone.remove(was)
                _changed(old, new, (was, rule), say, at)
            else:
                _added(old, new, rule, say, at)
    for rule in gone:
        _removed(old, new, rule, say)
    common = [rule for rule in old.rules if rule in new.rules]
    if common != [rule for rule in new.rules if rule in old.rules]:
        text = sentence("the rules stand in another order, and the first that matches wins")
        say(text, ("rules",), RULES_REORDERED)


def _removed(old: Policy, new: Policy, rule: Rule, say: StatementCollector) -> None:
    """A rule that is gone is a risk if names that it was for could be open to others now, or are plain."""
    kept = ours("sealed") if rule.plain else sentence('access group "{}"', DEFAULT)
    text = sentence("there is no rule for {} any more; without another one they are {}", quoted(rule.names), kept)
    gained: set[str] = set()
    is_plain = False
    for environment in rule.environments or old.environments:
        if rule.plain or environment not in new.environments:
            continue
        gained.update(new.open_to(environment, DEFAULT) or ())
        others = [other for other in new.rules if other.holds_in(environment)]
        gained.update(name for other in others for name in new.members(other.open))
        is_plain |= any(other.plain for other in others)
    gained -= set(old.members(rule.open))
    if gained and not rule.plain:
        text = sentence("{}, which {} may open too", text, quoted(sorted(gained)))
    elif is_plain:
        text = sentence("{}, and a rule that makes names plain may be about them", text)
    risk = RULE_REMOVED if gained or is_plain else None
    say(text, ("rules",), risk, causes=(causes.rule(rule.names),))


def _predecessor(rule: Rule, gone: list[Rule]) -> Rule | None:
    """The rule that this one was: the same answer, else the same names."""
    same_answer = (candidate for candidate in gone if (candidate.plain, candidate.access) == (rule.plain, rule.access))
    same_names = (candidate for candidate in gone if set(candidate.names) & set(rule.names))
    return next(same_answer, None) or next(same_names, None)


def _added(old: Policy, new: Policy, rule: Rule, say: StatementCollector, at: int) -> None:
    cause = (causes.rule(rule.names),)
    if rule.plain:
        risk = _plain_risk(old, new, rule, rule.names)
        text = sentence("{} may be plain", _names_of(rule))
        say(text, _at(at), risk, _take_out(say, _at(at)), causes=(*cause, *causes.patterns(rule.names)))
    else:
        people = quoted(new.members(rule.open))
        text = sentence('{} are sealed to access group "{}", open to {}', _names_of(rule), rule.access, people)
        say(text, _at(at), causes=cause)


def _changed(old: Policy, new: Policy, sides: tuple[Rule, Rule], say: StatementCollector, at: int) -> None:
    before, after = sides
    is_plain = after.plain
    cause = (causes.rule(after.names),)
    answer = ours("may be plain") if is_plain else sentence('are sealed to access group "{}"', after.access)
    if is_plain and not before.plain:
        text = sentence('{} {}, and were sealed to "{}"', _names_of(after), answer, before.access)
        uncovered = (*cause, *causes.patterns(after.names))
        say(text, _at(at), _plain_risk(old, new, after, after.names), _take_out(say, _at(at)), causes=uncovered)
        return
    if before.plain and not is_plain:
        say(sentence("{} {}, and might be plain", _names_of(after), answer), _at(at), causes=cause)
        return
    if before.access != after.access:
        hint = decision(REVIEWER, "a new access group has a new data key, which nothing vouches for yet")
        text = sentence('{} {}, which was called "{}"', _names_of(after), answer, before.access)
        say(text, _at(at), GROUP_RENAMED, hint, causes=cause)
    if added := [name for name in after.names if name not in before.names]:
        risk = _plain_risk(old, new, after, added) if is_plain else RULE_WIDENED
        text = sentence("{}{} {} too", quoted(added), _places(after), answer)
        uncovered = (*cause, *causes.patterns(added))
        say(text, _at(at), risk, _take_out(say, _at(at)) if is_plain else NO_HINT, causes=uncovered)
    if removed := [name for name in before.names if name not in after.names]:
        text = sentence("the rule by which names {} is no longer about {}", answer, quoted(removed))
        say(text, _at(at), RULE_NARROWED, causes=cause)
    if before.environments != after.environments:
        _elsewhere(old, new, sides, say, at)


def _elsewhere(old: Policy, new: Policy, sides: tuple[Rule, Rule], say: StatementCollector, at: int) -> None:
    before, after = ({*(rule.environments or new.environments)} for rule in sides)
    rule = sides[1]
    cause = (causes.rule(rule.names),)
    if added := sorted(after - before):
        only = rule._replace(environments=tuple(added))
        risk = _plain_risk(old, new, only, rule.names) if rule.plain else RULE_WIDENED
        text = sentence("the rule for {} holds in {} too", quoted(rule.names), quoted(added))
        uncovered = (*cause, *causes.patterns(rule.names))
        say(text, _at(at), risk, _take_out(say, _at(at)) if rule.plain else NO_HINT, causes=uncovered)
    if removed := sorted(before - after):
        text = sentence("the rule for {} no longer holds in {}", quoted(rule.names), quoted(removed))
        say(text, _at(at), RULE_NARROWED, causes=cause)


def _take_out(say: StatementCollector, at: tuple[str, ...]) -> Hint:
    """What mends a plain rule is to take it out. Advice to unseal what it matches would be advice to publish secrets."""
    return decision(
        POLICY_OWNERS, sentence("take the rule out, {}, unless none of its names is a secret", say.place(at))
    )


def _plain_rule(policy: Policy, environment: str, names: Collection[str]) -> tuple[str, ...]:
    """Where the first rule stands that decides one of the names."""
    paths = [tuple(name.split("/")) for name in names]
    covering = (at for at, rule in enumerate(policy.rules) if any(rule.covers(environment, path) for path in paths))
    return next(map(_at, covering), ("rules",))


def _plain_risk(old: Policy, new: Policy, rule: Rule, patterns: Collection[str]) -> FindingRule:
    """How bad it is that a rule makes names plain: any name at all, or one in a protected environment, is an error."""
    places = rule.environments or tuple(new.environments)
    is_bad = any(map(_is_everything, patterns)) or any(_is_protected(old, new, place) for place in places)
    return PLAIN_RULE_PROTECTED if is_bad else PLAIN_RULE


def _is_everything(pattern: str) -> bool:
    return not pattern.replace("*", "").strip("/")


def _is_protected(old: Policy, new: Policy, environment: str) -> bool:
    sides = (policy.environments.get(environment) for policy in (old, new))
    return any(side.protected for side in sides if side is not None)


def _names_of(rule: Rule) -> Sentence:
    return sentence("names such as {}{}", quoted(rule.names), _places(rule))


def _places(rule: Rule) -> Sentence:
    return sentence(" in {}", quoted(rule.environments)) if rule.environments else NOTHING


def _at(number: int) -> tuple[str, str]:
    return ("rules", f"[{number}]")
