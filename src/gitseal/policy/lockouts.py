"""What nobody could do any more if somebody left: open an access group, change a file, approve a change."""

from collections.abc import Iterator, Sequence

from gitseal.policy.approvals import is_signing_key, locked_out
from gitseal.policy.policy import DEFAULT, PERSON, Policy, RuleList
from gitseal.policy.who_may_change import MANIFEST, changers
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.policy.policy import Rule

_POLICY = "policy"


class UnopenedGroup(NamedTuple):
    """An access group that nobody could open; `lists` are the names that the policy opens it to."""

    environment: str
    group: str
    lists: tuple[str, ...]


class UnchangedFile(NamedTuple):
    """A file, by its stem, that nobody could change any more; `lists` are the names that the policy lets change it."""

    file: str
    lists: tuple[str, ...]


class UnapprovedFile(NamedTuple):
    """A file, by its stem, whose change takes `needed` people with signing keys, of whom `there` would be left."""

    file: str
    needed: int
    there: int


Lockout = UnopenedGroup | UnchangedFile | UnapprovedFile


def without(policy: Policy, name: str) -> Policy:
    """The policy without somebody, whether or not it holds together: lists may be empty that must not be."""

    def left(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(other for other in names if other != name)

    return policy._replace(
        recipients={other: principal for other, principal in policy.recipients.items() if other != name},
        groups={group: left(members) for group, members in policy.groups.items()},
        environments={
            environment: own._replace(open=left(own.open), change=left(own.change))
            for environment, own in policy.environments.items()
        },
        rules=RuleList(rule._replace(open=left(rule.open)) for rule in policy.rules),
        policy_change=left(policy.policy_change),
        manifest_change=left(policy.manifest_change),
    )


def lockouts(before: Policy, after: Policy) -> Iterator[Lockout]:
    """What somebody could do by the policy `before` and nobody can by `after`, which has a person or a key less."""
    for environment, own in before.environments.items():
        rules: list[Rule] = [rule for rule in before.rules if rule.access and rule.holds_in(environment)]
        opened = {DEFAULT: own.open} | {rule.access: rule.open for rule in rules}
        for group, lists in opened.items():
            if _opens(before, before.open_to(environment, group)) and not _opens(
                after, after.open_to(environment, group)
            ):
                yield UnopenedGroup(environment, group, lists)
    for file in (_POLICY, MANIFEST, *before.environments):
        lists = _change_list(before, file)
        # An empty list would be worse than one that nobody is left in: it lets everybody change the file.
        is_emptied = before.members(lists) and not after.members(_change_list(after, file))
        if is_emptied or (_signers(before, file) and not _signers(after, file)):
            yield UnchangedFile(file, lists)
    known = {locked.file for locked in locked_out(before)}
    for locked in locked_out(after):
        if locked.file not in known and _signers(after, locked.file):
            yield UnapprovedFile(locked.file, locked.needed, locked.there)


def people_with_keys(policy: Policy) -> tuple[str, ...]:
    """The people who could open what is sealed to them, sorted: machines stand in for nobody."""
    return tuple(sorted(name for name, own in policy.recipients.items() if own.kind == PERSON and own.keys))


def _opens(policy: Policy, names: Sequence[str] | None) -> bool:
    return any(policy.recipients[name].keys for name in names or ())


def _signers(policy: Policy, file: str) -> bool:
    """True if somebody whom the policy names may change a file, and has a key to sign it with."""
    who = changers(policy, file)
    return any(is_signing_key(text) for name in who or () for text in policy.recipients[name].signing)


def _change_list(policy: Policy, file: str) -> tuple[str, ...]:
    if file == _POLICY:
        return policy.policy_change
    if file == MANIFEST:
        return policy.manifest_change
    return policy.environments[file].change
