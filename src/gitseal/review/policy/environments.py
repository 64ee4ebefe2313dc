"""The part of `policy_changes` about environments: who may open and change what, and how each is protected."""

from gitseal.policy.policy import ACCEPT, DEFAULT, PENDING, REFUSE, Environment, Policy
from gitseal.policy.who_may_change import MANIFEST as MANIFEST_FILE
from gitseal.policy.who_may_change import changers
from gitseal.report.findings import ERROR
from gitseal.review.saying import Risk, StatementCollector, quoted

_POLICY_FILE = "policy"
_STRICTNESS = (ACCEPT, PENDING, REFUSE)


def environments(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Environments that came, went, or are not what they were."""
    for name in sorted({*old.environments, *new.environments}):
        before, after = old.environments.get(name), new.environments.get(name)
        at = ("environments", name)
        if after is None:
            say(f'the policy no longer has the environment "{name}"', (), Risk("environment-removed"))
        elif before is None:
            say(f'"{name}" is a new environment, open to {quoted(new.members(after.open))}', at)
            if taken := [each for each in after.aliases if old.resolve(each) != each]:
                say(f"{quoted(taken)} meant another environment", at, Risk("alias-moved"))
        else:
            _access(old, new, name, say)
            _settings(name, before, after, say)
            _aliases(old, name, (before, after), say)


def _access(old: Policy, new: Policy, name: str, say: StatementCollector) -> None:
    """Who may open what, person by person."""
    for group in sorted({*_groups(old, name), *_groups(new, name)}):
        before, after = (set(policy.open_to(name, group) or ()) for policy in (old, new))
        what = f'"{name}"' if group == DEFAULT else f'access group "{group}" of "{name}"'
        at = ("environments", name, "open") if group == DEFAULT else ("rules",)
        if gained := sorted(after - before):
            say(f"{quoted(gained)} may now open {what}", at, Risk("access-widened"))
        if lost := sorted(before - after):
            say(f"{quoted(lost)} may no longer open {what}", at)


def _groups(policy: Policy, environment: str) -> set[str]:
    own = (rule for rule in policy.rules if rule.holds_in(environment))
    return {DEFAULT, *(rule.access for rule in own if rule.open)}


def _settings(name: str, before: Environment, after: Environment, say: StatementCollector) -> None:
    at = ("environments", name)
    if before.protected and not after.protected:
        hint = "it takes local overrides again, reads are not logged, and signatures are not asked for"
        say(f'"{name}" is no longer protected', at, Risk("protection-removed", ERROR, hint))
    elif after.protected and not before.protected:
        say(f'"{name}" is protected', (*at, "protected"))
    if after.reveal and not before.reveal:
        say(f'values of "{name}" may be shown', (*at, "reveal"), Risk("reveal-allowed"))
    elif before.reveal and not after.reveal:
        say(f'values of "{name}" may not be shown', (*at, "reveal"))
    if before.write_only != after.write_only:
        is_looser = _STRICTNESS.index(after.write_only) < _STRICTNESS.index(before.write_only)
        text = f'write-only values in "{name}": {after.write_only}, was {before.write_only}'
        say(text, (*at, "write_only"), Risk("write-only-loosened") if is_looser else None)
    if before.extends != after.extends:
        now = f'extends "{after.extends}"' if after.extends else "extends nothing"
        was = f'"{before.extends}"' if before.extends else "nothing"
        hint = "see what values it gets by that: gitseal list"
        say(f'"{name}" {now}, and extended {was}', (*at, "extends"), Risk("extends-changed", hint=hint))


def _aliases(old: Policy, name: str, sides: tuple[Environment, Environment], say: StatementCollector) -> None:
    at = ("environments", name, "aliases")
    before, after = sides
    for alias in sorted(set(after.aliases) - set(before.aliases)):
        meant = old.resolve(alias)
        if meant == alias:
            say(f'"{alias}" is another name of "{name}"', at)
        else:
            say(f'"{alias}" means "{name}", and meant "{meant}"', at, Risk("alias-moved"))
    if gone := sorted(set(before.aliases) - set(after.aliases)):
        say(f'{quoted(gone)} is no longer another name of "{name}"', at)


def changers_of_all(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Whose signature is asked for, for each file."""
    files = [_POLICY_FILE, MANIFEST_FILE, *sorted(set(old.environments) & set(new.environments))]
    for file in files:
        at = ("environments", file, "change") if file in new.environments else (file, "change")
        _changers(file, changers(old, file), changers(new, file), say, at)


def _changers(
    file: str, before: frozenset[str] | None, after: frozenset[str] | None, say: StatementCollector, at: tuple[str, ...]
) -> None:
    what = f"the {file}" if file in {_POLICY_FILE, MANIFEST_FILE} else f'"{file}"'
    if before == after:
        return
    if after is None:
        risk = Risk("change-widened", ERROR, "say who may by change: in the policy")
        say(f"anyone may change {what}, with nobody's signature", at, risk)
        return
    if before is None:
        say(f"only {quoted(sorted(after)) or 'nobody'} may change {what}", at)
        return
    if came := sorted(after - before):
        say(f"{quoted(came)} may now change {what}", at, Risk("change-widened"))
    if went := sorted(before - after):
        say(f"{quoted(went)} may no longer change {what}", at)
