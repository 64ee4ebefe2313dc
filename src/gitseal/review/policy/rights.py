"""What the change of a policy means for each person, machine and forge: the effect of it, whatever lists say it."""

from gitseal.policy.policy import DEFAULT, Policy
from gitseal.policy.who_may_change import MANIFEST, changers
from gitseal.review.rights_model import PersonChange, Rights, RightsChange

_POLICY_FILE = "policy"
_NOBODY: frozenset[str] = frozenset()


def rights_changes(old: Policy, new: Policy, folder: str) -> tuple[PersonChange, ...]:
    """Everyone who is new or gone, has a new key, is in other groups, or may open or change other files; sorted by name."""
    if old == new:
        return ()
    files = _files(old, new)
    openers = [{file: _openers(policy, file) for file in files} for policy in (old, new)]
    signers = {file: _signers(old, new, file) for file in files}
    changes: list[PersonChange] = []
    for name in sorted({*old.recipients, *new.recipients}):
        rights = []
        for file in files:
            opens = (tuple(groups for groups, who in side[file].items() if name in who) for side in openers)
            before, after = map(Rights, opens, (name in who for who in signers[file]))
            if before != after:
                rights.append(RightsChange(file, before, after))
        change = _person(old, new, name)._replace(folder=folder, rights=tuple(rights))
        if change.state != "changed" or any(change[4:]):
            changes.append(change)
    return tuple(changes)


def _files(old: Policy, new: Policy) -> list[str]:
    return [*sorted({*old.environments, *new.environments}), _POLICY_FILE, MANIFEST]


def _openers(policy: Policy, file: str) -> dict[str, frozenset[str]]:
    """Who may open each access group of an environment; of another file nobody opens anything."""
    if file not in policy.environments:
        return {}
    groups = {DEFAULT, *(rule.access for rule in policy.rules if rule.open and rule.holds_in(file))}
    return {group: frozenset(policy.open_to(file, group) or ()) for group in sorted(groups)}


def _signers(old: Policy, new: Policy, file: str) -> tuple[frozenset[str], frozenset[str]]:
    """Who may sign a change of a file before and after. If one side asks for nobody, nobody has gained or lost anything."""
    # An environment that one side lacks would be judged there as any other file.
    is_in_both = file in {_POLICY_FILE, MANIFEST} or file in old.environments.keys() & new.environments.keys()
    before, after = (changers(old, file), changers(new, file)) if is_in_both else (None, None)
    return (_NOBODY, _NOBODY) if before is None or after is None else (before, after)


def _person(old: Policy, new: Policy, name: str) -> PersonChange:
    before, after = old.recipients.get(name), new.recipients.get(name)
    state = "added" if before is None else "removed" if after is None else "changed"
    known = before.keys if before is not None else ()
    keys = tuple(key for key in after.keys if key not in known) if after is not None else ()
    kind = after.kind if after is not None else before.kind if before is not None else ""
    was, now = ({group for group, members in policy.groups.items() if name in members} for policy in (old, new))
    return PersonChange("", name, kind, state, keys, tuple(sorted(now - was)), tuple(sorted(was - now)))
