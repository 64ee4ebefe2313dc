"""The part of `policy_changes` about people, machines, forges and groups."""

from gitseal.policy.policy import FORGE, PERSON, Policy, Principal
from gitseal.review.saying import Risk, StatementCollector, quoted, short

_NEW_KEY = "ask them, by another way than this repository, whether it is theirs"
_KINDS = {"person": "a person", "machine": "a machine", "forge": "a forge"}


def people(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Who came and went, and whose keys are other ones."""
    for name in sorted({*old.recipients, *new.recipients}):
        before, after = old.recipients.get(name), new.recipients.get(name)
        if before is None and after is not None:
            _came(new, name, after, say)
        elif after is None and before is not None:
            say(f'"{name}", {_KINDS[before.kind]}, is no longer in the policy')
        elif before is not None and after is not None and before != after:
            _keys(name, before, after, say)
            _signing(name, before, after, say)


def _came(policy: Policy, name: str, principal: Principal, say: StatementCollector) -> None:
    at = ("recipients", name)
    if principal.kind == FORGE:
        say(f'"{name}" is a new forge: its signature stands for whoever it let in', at, Risk("forge-added"))
        return
    which = "person" if principal.kind == PERSON else "machine"
    where = [environment for environment in sorted(policy.environments) if name in _openers(policy, environment)]
    opens = f", and may open {quoted(where)}" if where else ", and may open nothing yet"
    keys = ", ".join(map(short, principal.keys))
    text = f'"{name}" is a new {which}{f" with the key {keys}" if keys else " without a key"}{opens}'
    say(text, at, Risk("recipient-added", hint=_NEW_KEY))


def _openers(policy: Policy, environment: str) -> set[str]:
    """Everyone who may open something in an environment."""
    lists = [policy.environments[environment].open]
    lists += [rule.open for rule in policy.rules if rule.holds_in(environment)]
    return {name for each in lists for name in policy.members(each)}


def _keys(name: str, before: Principal, after: Principal, say: StatementCollector) -> None:
    at = ("recipients", name, "keys")
    for key in after.keys:
        if key not in before.keys:
            text = f'"{name}", known before, has a new key: {short(key)}'
            say(text, at, Risk("recipient-key-added", hint=_NEW_KEY))
    for key in before.keys:
        if key not in after.keys:
            say(f'"{name}" no longer has the key {short(key)}', at)
    if before.kind != after.kind:
        text = f'"{name}" was {_KINDS[before.kind]} and is {_KINDS[after.kind]}'
        say(text, ("recipients", name, "kind"), Risk("recipient-kind"))


def _signing(name: str, before: Principal, after: Principal, say: StatementCollector) -> None:
    at = ("recipients", name, "signing")
    for key in after.signing:
        if key not in before.signing:
            text = f'"{name}" has a new key to sign commits with: {short(key)}'
            say(text, at, Risk("signing-key-added", hint=_NEW_KEY))
    for key in before.signing:
        if key not in after.signing:
            say(f'"{name}" no longer signs with {short(key)}', at)
    if before.email != after.email:
        text = f'"{name}" has another address, which commits are held against: "{after.email}", was "{before.email}"'
        say(text, ("recipients", name, "email"), Risk("email-changed"))


def groups(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Groups that came, went, were renamed, or have other members."""
    gone = {name: members for name, members in old.groups.items() if name not in new.groups}
    for name in sorted({*old.groups, *new.groups}):
        at = ("groups", name)
        before, after = old.groups.get(name), new.groups.get(name)
        if before is None and after is not None:
            was = sorted(other for other, members in gone.items() if set(members) & set(after))
            if was:
                risk = Risk("group-renamed", hint="see who is in it, and where it stands")
                say(f'the group "{name}" is new and has members of {quoted(was)}, which is gone', at, risk)
            say(f'the group "{name}" is new: {quoted(sorted(after)) or "nobody"}', at)
        elif after is None and before is not None:
            say(f'there is no group "{name}" any more; it had {quoted(sorted(before)) or "nobody"}')
        elif before is not None and after is not None:
            if came := sorted(set(after) - set(before)):
                say(f'{quoted(came)} came into the group "{name}"', at, Risk("group-widened"))
            if went := sorted(set(before) - set(after)):
                say(f'{quoted(went)} left the group "{name}"', at)
