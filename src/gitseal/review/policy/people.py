"""The part of `policy_changes` about people, machines, forges and groups."""

from collections.abc import Collection, Mapping

from gitseal.policy.policy import FORGE, PERSON, Policy, Principal
from gitseal.recipients.cloud_text import is_cloud_key
from gitseal.report import causes
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.hints import REVIEWER, Hint, command, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import listed, ours, sentence
from gitseal.review.saying import StatementCollector, quoted, short

RECIPIENT_KEY_ADDED = FindingRule(
    "recipient-key-added",
    WARNING,
    "a known person has a new key. Is it theirs? Ask them, and not in the pull request",
    RISKS,
)
RECIPIENT_ADDED = FindingRule(
    "recipient-added", WARNING, "a new person or machine; the finding says what they can open", RISKS
)
RECIPIENT_KIND = FindingRule(
    "recipient-kind", WARNING, "a person became a machine, a machine a forge, or the like", RISKS
)
SIGNING_KEY_ADDED = FindingRule("signing-key-added", WARNING, "a new key that vouches for somebody's commits", RISKS)
EMAIL_CHANGED = FindingRule("email-changed", WARNING, "another address, which their commits have to carry", RISKS)
FORGE_ADDED = FindingRule("forge-added", WARNING, "a Git host whose signature counts for everybody who uses it", RISKS)
GROUP_WIDENED = FindingRule("group-widened", WARNING, "a group has new members", RISKS)
GROUP_RENAMED = FindingRule(
    "group-renamed",
    WARNING,
    "a group took another's members, or an access group has another name and so a new data key",
    RISKS,
)

_NEW_KEY = decision(REVIEWER, "ask them, by another way than this repository, whether it is theirs")
_NEW_CLOUD_KEY = decision(
    REVIEWER, "ask whoever runs the key service, by another way than this repository, whether it is a key of theirs"
)
_KINDS = {"person": ours("a person"), "machine": ours("a machine"), "forge": ours("a forge")}


def people(old: Policy, new: Policy, say: StatementCollector) -> None:
    """People, machines and forges that came, went, or have other keys."""
    openers = {environment: _openers(new, environment) for environment in sorted(new.environments)}
    for name in sorted({*old.recipients, *new.recipients}):
        before, after = old.recipients.get(name), new.recipients.get(name)
        if before is None and after is not None:
            _came(openers, name, after, say)
        elif after is None and before is not None:
            text = sentence('"{}", {}, is no longer in the policy', name, _KINDS[before.kind])
            say(text, causes=causes.people((name,)))
        elif before is not None and after is not None and before != after:
            _keys(name, before, after, say)
            _signing(name, before, after, say)


def _came(openers: Mapping[str, Collection[str]], name: str, principal: Principal, say: StatementCollector) -> None:
    at = ("recipients", name)
    cause = causes.people((name,))
    if principal.kind == FORGE:
        text = sentence('"{}" is a new forge: its signature stands for whoever it let in', name)
        say(text, at, FORGE_ADDED, causes=cause)
        return
    which = ours("person" if principal.kind == PERSON else "machine")
    places = [environment for environment, those in openers.items() if name in those]
    opens = quoted(places) or ours("nothing yet")
    keys = listed(map(short, principal.keys), "{}")
    key = sentence("with the key {}", keys) if keys else ours("without a key")
    text = sentence('"{}" is a new {} {}, and may open {}', name, which, key, opens)
    say(text, at, RECIPIENT_ADDED, _whom_to_ask(principal.keys), causes=cause)


def _whom_to_ask(keys: Collection[str]) -> Hint:
    return _NEW_CLOUD_KEY if keys and all(map(is_cloud_key, keys)) else _NEW_KEY


def _openers(policy: Policy, environment: str) -> set[str]:
    """Everyone who may open something in an environment."""
    lists = [policy.environments[environment].open]
    lists += [rule.open for rule in policy.rules if rule.holds_in(environment)]
    return {name for those in lists for name in policy.members(those)}


def _keys(name: str, before: Principal, after: Principal, say: StatementCollector) -> None:
    at = ("recipients", name, "keys")
    cause = causes.people((name,))
    for key in after.keys:
        if key not in before.keys:
            text = sentence('"{}", known before, has a new key: {}', name, short(key))
            say(text, at, RECIPIENT_KEY_ADDED, _whom_to_ask((key,)), causes=cause)
    for key in before.keys:
        if key not in after.keys:
            say(sentence('"{}" no longer has the key {}', name, short(key)), at, causes=cause)
    if before.kind != after.kind:
        text = sentence('"{}" was {} and is {}', name, _KINDS[before.kind], _KINDS[after.kind])
        say(text, ("recipients", name, "kind"), RECIPIENT_KIND, causes=cause)


def _signing(name: str, before: Principal, after: Principal, say: StatementCollector) -> None:
    at = ("recipients", name, "signing")
    cause = causes.people((name,))
    for key in after.signing:
        if key not in before.signing:
            text = sentence('"{}" has a new key to sign commits with: {}', name, short(key))
            say(text, at, SIGNING_KEY_ADDED, _NEW_KEY, causes=cause)
    for key in before.signing:
        if key not in after.signing:
            say(sentence('"{}" no longer signs with {}', name, short(key)), at, causes=cause)
    if before.email != after.email:
        text = sentence(
            '"{}" has another address, and commits have to carry it: "{}", was "{}"', name, after.email, before.email
        )
        say(text, ("recipients", name, "email"), EMAIL_CHANGED, causes=cause)


def groups(old: Policy, new: Policy, say: StatementCollector) -> None:
    """Groups that came, went, were renamed, or have other members."""
    gone = {name: members for name, members in old.groups.items() if name not in new.groups}
    for name in sorted({*old.groups, *new.groups}):
        at = ("groups", name)
        before, after = old.groups.get(name), new.groups.get(name)
        if before is None and after is not None:
            was = sorted(other for other, members in gone.items() if set(members) & set(after))
            if was:
                text = sentence('the group "{}" is new and has members of {}, which is gone', name, quoted(was))
                say(
                    text,
                    at,
                    GROUP_RENAMED,
                    decision(REVIEWER, "see who is in it, and where it stands", command("gitseal recipient list")),
                )
            say(sentence('the group "{}" is new: {}', name, quoted(sorted(after)) or ours("nobody")), at)
        elif after is None and before is not None:
            had = quoted(sorted(before)) or ours("nobody")
            say(sentence('there is no group "{}" any more; it had {}', name, had))
        elif before is not None and after is not None:
            if came := sorted(set(after) - set(before)):
                text = sentence('{} joined the group "{}"', quoted(came), name)
                say(text, at, GROUP_WIDENED, causes=causes.people(came))
            if went := sorted(set(before) - set(after)):
                say(sentence('{} left the group "{}"', quoted(went), name), at, causes=causes.people(went))
