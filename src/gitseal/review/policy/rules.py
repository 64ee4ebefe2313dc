"""The part of `policy_changes` about rules: which names stand plain, and who may open the others."""

from collections.abc import Collection, Mapping

from gitseal.policy.policy import DEFAULT, Policy, Rule
from gitseal.report.findings import ERROR, WARNING
from gitseal.review.saying import Risk, StatementCollector, quoted
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_PLAIN = "plain"
_UNSEAL = "whoever has the repository reads such names; see them with: gitseal list"


def answers(old: Policy, new: Policy, names: Mapping[str, Collection[NamePath]], say: StatementCollector) -> None:
    """The names that the two policies answer for differently, whatever rule it is that does."""
    for environment in sorted(set(old.environments) & set(new.environments)):
        moved: dict[tuple[str, str], list[str]] = {}
        for path in sorted(names.get(environment, ())):
            answer = _answer(old, environment, path), _answer(new, environment, path)
            if answer[0] != answer[1]:
                # Of what is to stand plain it does not matter who could open it before.
                told = ("", answer[1]) if answer[1] == f"!{_PLAIN}" else answer
                moved.setdefault(told, []).append(path_text(path))
        for (before, after), those in sorted(moved.items()):
            _moved((old, new), environment, (before, after), those, say)


def _answer(policy: Policy, environment: str, path: NamePath) -> str:
    # No access group can be called so where a rule says plain: the two are told apart by what stands before.
    return f"!{_PLAIN}" if policy.is_plain(environment, path) else policy.group(environment, path)


def _moved(
    policies: tuple[Policy, Policy],
    environment: str,
    answer: tuple[str, str],
    those: list[str],
    say: StatementCollector,
) -> None:
    (old, new), (before, after) = policies, answer
    verb = "is" if len(those) == 1 else "are"
    if after == f"!{_PLAIN}":
        severity = ERROR if _is_protected(old, new, environment) else WARNING
        text = f'in "{environment}" {quoted(those)}, sealed before, {verb} to stand plain'
        say(text, ("rules",), Risk("plain-rule", severity, _UNSEAL))
        return
    if before == f"!{_PLAIN}":
        say(f'in "{environment}" {quoted(those)}, plain before, {verb} to be sealed', ("rules",))
        return
    gained = sorted(set(new.open_to(environment, after) or ()) - set(old.open_to(environment, before) or ()))
    who = f", which {quoted(gained)} may open too" if gained else ""
    text = f'in "{environment}" {quoted(those)} {verb} to be sealed to "{after}", was "{before}"{who}'
    say(text, ("rules",), Risk("access-widened" if gained else "group-changed"))


def rules(old: Policy, new: Policy, say: StatementCollector) -> None:
    """The rules themselves: what they would answer for names that are not there yet."""
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
        kept = f'access group "{DEFAULT}"' if not rule.plain else "sealed"
        say(f"there is no rule for {quoted(rule.names)} any more; without another one they are {kept}", ("rules",))
    common = [rule for rule in old.rules if rule in new.rules]
    if common != [rule for rule in new.rules if rule in old.rules]:
        say("the rules stand in another order, and the first that matches wins", ("rules",), Risk("rules-reordered"))


def _predecessor(rule: Rule, gone: list[Rule]) -> Rule | None:
    """The rule that this one was: the same answer, else the same names."""
    same_answer = (each for each in gone if (each.plain, each.access) == (rule.plain, rule.access))
    same_names = (each for each in gone if set(each.names) & set(rule.names))
    return next(same_answer, None) or next(same_names, None)


def _added(old: Policy, new: Policy, rule: Rule, say: StatementCollector, at: int) -> None:
    if rule.plain:
        say(f"{_of(rule)} may stand plain", _at(at), _plain_risk(old, new, rule, rule.names))
    else:
        people = quoted(new.members(rule.open))
        say(f'{_of(rule)} are sealed to access group "{rule.access}", open to {people}', _at(at))


def _changed(old: Policy, new: Policy, sides: tuple[Rule, Rule], say: StatementCollector, at: int) -> None:
    before, after = sides
    answer = "may stand plain" if after.plain else f'are sealed to access group "{after.access}"'
    if after.plain and not before.plain:
        say(
            f'{_of(after)} {answer}, and were sealed to "{before.access}"',
            _at(at),
            _plain_risk(old, new, after, after.names),
        )
        return
    if before.plain and not after.plain:
        say(f"{_of(after)} {answer}, and might stand plain", _at(at))
        return
    if before.access != after.access:
        risk = Risk("group-renamed", hint="a new access group has a new data key, which nothing vouches for yet")
        say(f'{_of(after)} {answer}, which was called "{before.access}"', _at(at), risk)
    if added := [each for each in after.names if each not in before.names]:
        risk = _plain_risk(old, new, after, added) if after.plain else Risk("rule-widened")
        say(f"{quoted(added)}{_where(after)} {answer} too", _at(at), risk)
    if removed := [each for each in before.names if each not in after.names]:
        say(f"the rule by which names {answer} is no longer about {quoted(removed)}", _at(at), Risk("rule-narrowed"))
    if before.environments != after.environments:
        _elsewhere(old, new, sides, say, at)


def _elsewhere(old: Policy, new: Policy, sides: tuple[Rule, Rule], say: StatementCollector, at: int) -> None:
    before, after = ({*(rule.environments or new.environments)} for rule in sides)
    rule = sides[1]
    if added := sorted(after - before):
        only = rule._replace(environments=tuple(added))
        risk = _plain_risk(old, new, only, rule.names) if rule.plain else Risk("rule-widened")
        say(f"the rule for {quoted(rule.names)} holds in {quoted(added)} too", _at(at), risk)
    if removed := sorted(before - after):
        say(f"the rule for {quoted(rule.names)} no longer holds in {quoted(removed)}", _at(at), Risk("rule-narrowed"))


def _plain_risk(old: Policy, new: Policy, rule: Rule, patterns: Collection[str]) -> Risk:
    """How bad it is that a rule lets names stand plain: any name at all, or one in a protected environment, is an error."""
    where = rule.environments or tuple(new.environments)
    is_bad = any(map(_is_everything, patterns)) or any(_is_protected(old, new, each) for each in where)
    return Risk("plain-rule", ERROR if is_bad else WARNING, _UNSEAL)


def _is_everything(pattern: str) -> bool:
    return not pattern.replace("*", "").strip("/")


def _is_protected(old: Policy, new: Policy, environment: str) -> bool:
    sides = (policy.environments.get(environment) for policy in (old, new))
    return any(each.protected for each in sides if each is not None)


def _of(rule: Rule) -> str:
    return f"names such as {quoted(rule.names)}{_where(rule)}"


def _where(rule: Rule) -> str:
    return f" in {quoted(rule.environments)}" if rule.environments else ""


def _at(number: int) -> tuple[str, str]:
    return ("rules", f"[{number}]")
