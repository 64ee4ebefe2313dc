"""Edits of the policy that take people, machines and their keys out, or put one key in another's place.

In history a key that goes in the same commit in which the same person gets another is a renewal; one that goes without that is
a loss. So `key_replacement` is one edit.
"""

from collections.abc import Callable, Collection

from gitseal.errors import Error, shell_quoted
from gitseal.policy.lockouts import (
    Lockout,
    UnapprovedFile,
    UnchangedFile,
    UnopenedGroup,
    lockouts,
    people_with_keys,
    without,
)
from gitseal.policy.parser import nearest
from gitseal.policy.policy import DEFAULT, Policy, Principal
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.project.belief.trust import Trust
from gitseal.project.key_holders import canonical, names_by_opener, opener_of
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.sealing.writing import PolicyEdit
from gitseal.yamltext.tree import NamePath

_LISTS = frozenset({"open", "change", "by"})
_OWNERS = "whoever may change .secrets/policy.yaml"
_LIST_KEYS = "see the keys with: gitseal recipient list"


def principal(policy: Policy, name: str) -> Principal:
    """The person or machine of this name. Raises Error if the policy has none."""
    if name not in policy.recipients:
        hint = nearest(name, policy.recipients) or "see them with: gitseal recipient list"
        raise Error(f'there is no recipient "{name}"', hint)
    return policy.recipients[name]


def lists_with(text: PolicyEditor, name: str) -> list[NamePath]:
    """The lists of a policy that name somebody: groups, and who may open or change something."""
    return [path for path in text.lists_with(name) if path[0] == "groups" or path[-1] in _LISTS]


def removal(policy: Policy, name: str) -> PolicyEdit:
    """Takes a person or machine out, and out of every list that names them.

    Raises Error if they are not there, or if nobody is left for something that they could do.
    """
    principal(policy, name)
    refuse_lockouts(policy, without(policy, name), name)

    def edit(text: PolicyEditor) -> None:
        for path in lists_with(text, name):
            items = text.get(path)
            assert isinstance(items, list)  # noqa: S101 - only lists are given
            text.put(path, [item for item in items if item != name])
        text.remove(("recipients", name))

    # Whoever comes back later, on a branch say, is new again.
    return PolicyEdit(edit, lambda trust: trust.forget_person(name))


def key_removal(policy: Policy, name: str, key: str) -> PolicyEdit:
    """Takes one of several keys from somebody, in each form that its private key opens, and as a signing key too.

    Raises Error if it is not theirs or their only one, or if nobody is left for something that they could do.
    """
    own, lost = principal(policy, name), opener_of(parse_recipient(key).canonical)
    keys = [other for other in own.keys if opener_of(other) != lost]
    if len(keys) == len(own.keys):
        raise Error(f'"{name}" does not have this key', _LIST_KEYS)
    if not keys:
        raise Error(
            f'this is the only key of "{name}"',
            f"give them a new one first, or take them out: gitseal offboard {shell_quoted(name)}",
        )
    # Whoever has the key could sign with it as well.
    signing = [other for other in own.signing if opener_of(other) != lost]
    left = own._replace(keys=tuple(keys), signing=tuple(signing))
    refuse_lockouts(policy, policy._replace(recipients={**policy.recipients, name: left}), name)

    def edit(text: PolicyEditor) -> None:
        text.put(("recipients", name, "keys"), [*keys])
        if not signing and own.signing:
            text.remove(("recipients", name, "signing"))
        elif len(signing) < len(own.signing):
            text.put(("recipients", name, "signing"), [*signing])

    # If it comes back later, on a branch say, it is new again.
    return PolicyEdit(edit, _forgetting(name, set(own.keys) - set(keys)))


def key_replacement(policy: Policy, old: str, new: str) -> PolicyEdit:
    """Puts a person's new key in the place of one that they have, as a signing key too. The caller confirms the new one.

    Raises Error if nobody has the old key, or somebody the new one.
    """
    before, after = opener_of(parse_recipient(old).canonical), parse_recipient(new).canonical
    name = owner(policy, before)
    taken = names_by_opener(policy).get(opener_of(after), ())
    # Its own key in another form, such as the age key made of an SSH key, may take its place.
    if taken and (opener_of(after) != before or after in map(canonical, policy.recipients[name].keys)):
        raise Error(f'the new key is in the policy already, as one of "{taken[0]}"', _LIST_KEYS)
    own = policy.recipients[name]
    # A commit is signed with an SSH key alone, so that an age key takes no signing key's place.
    lists = {"keys": own.keys, "signing": own.signing if after.startswith("ssh-") else ()}

    def edit(text: PolicyEditor) -> None:
        for field, items in lists.items():
            numbers = [number for number, item in enumerate(items) if opener_of(item) == before]
            if len(numbers) == 1:
                text.put(("recipients", name, field, f"[{numbers[0]}]"), after)
            elif numbers:
                # Each form of the old key goes, or it would still open what is sealed to the others.
                text.put(
                    ("recipients", name, field),
                    list(dict.fromkeys(after if opener_of(item) == before else item for item in items)),
                )

    return PolicyEdit(edit, _forgetting(name, {key for key in own.keys if opener_of(key) == before}))


def _forgetting(name: str, keys: Collection[str]) -> Callable[[Trust], None]:
    """Takes back what this clone confirmed of keys of a policy: if one comes back later, it is new again."""

    def forget(trust: Trust) -> None:
        for key in keys:
            trust.forget(name, recipient_id(canonical(key)))

    return forget


def owner(policy: Policy, key: str) -> str:
    """The person or machine who has a key of this private key (`opener_of`). Raises Error if nobody has it."""
    names = names_by_opener(policy).get(opener_of(key))
    if names is None:
        raise Error("nobody in the policy has this key", _LIST_KEYS)
    return names[0]


def refuse_lockouts(before: Policy, after: Policy, name: str) -> None:
    """Raises Error if nobody by the policy `after` can do what somebody can by that of `before`."""
    for lockout in lockouts(before, after):
        raise Error(f'"{name}" cannot go: {_words(lockout)}', _way_out(lockout, before, after, name))


def _words(lockout: Lockout) -> str:
    if isinstance(lockout, UnopenedGroup):
        place = "" if lockout.group == DEFAULT else f'access group "{lockout.group}" in '
        return f"nobody else with a key opens {place}{lockout.environment}"
    if isinstance(lockout, UnchangedFile):
        return f"nobody else with a signing key may change {_file(lockout.file)}"
    many = "person" if lockout.needed == 1 else "people"
    return f"a change of {_file(lockout.file)} takes {lockout.needed} {many} with signing keys, and {lockout.there} would be left"


def _way_out(lockout: Lockout, before: Policy, after: Policy, name: str) -> str:
    """A command that lets somebody else do it, if a command can; else a sentence about what to write."""
    if isinstance(lockout, UnapprovedFile):
        return f"{_OWNERS} asks for fewer approvals there, or names somebody else who approves"
    # Whoever is put into a group that the list names takes the place in it.
    group = next((group for group in lockout.lists if name in before.groups.get(group, ())), "")
    if isinstance(lockout, UnopenedGroup):
        return _next_opener(lockout, group, after)
    able = [other for other in people_with_keys(after) if after.recipients[other].signing]
    if able and group:
        return f"decide who changes it next, for example: {_add_to_group(able[0], group)}"
    return f"{_OWNERS} names somebody else with a signing key under change there"


def _next_opener(lockout: UnopenedGroup, group: str, after: Policy) -> str:
    people = people_with_keys(after)
    if not people:
        return "nobody else in the policy has a key: first add the person who follows, by the line that gitseal keygen prints"
    if lockout.group == DEFAULT:
        command = f"gitseal recipient add {shell_quoted(people[0])} --open {shell_quoted(lockout.environment)}"
        return f"decide who opens it next, for example: {command}"
    if group:
        return f"decide who opens it next, for example: {_add_to_group(people[0], group)}"
    return f'{_OWNERS} names somebody else under open in the rule of access group "{lockout.group}"'


def _add_to_group(name: str, group: str) -> str:
    return f"gitseal recipient add {shell_quoted(name)} --group {shell_quoted(group)}"


def _file(stem: str) -> str:
    return f".secrets/{stem}.yaml"
