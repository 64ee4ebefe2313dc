"""`recipient`: people and machines in the policy. Files follow with `rekey`; nothing is wrapped here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gitseal.errors import Error, shell_quoted
from gitseal.files.reading import read_regular
from gitseal.policy.parser import is_principal_name, nearest
from gitseal.policy.policy import Policy, Principal
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.project.belief.trust import Trust
from gitseal.project.given_keys import OfferedKey
from gitseal.project.key_holders import canonical, names_by_opener, opener_of
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.recipients.fingerprint import fingerprint
from gitseal.recipients.kinds import parse_recipient
from gitseal.report.dates import day
from gitseal.sealing import principals
from gitseal.sealing.writing import PolicyEdit, change_policy


class RecipientRow(NamedTuple):
    """One person or machine: their keys, the groups they are in, and the environments they may open by the policy."""

    name: str
    kind: str
    email: str
    keys: tuple[str, ...]
    groups: tuple[str, ...]
    environments: tuple[str, ...]


def add_recipient(
    workspace: Workspace,
    name: str,
    keys: Sequence[str | OfferedKey],
    *,
    groups: Sequence[str] = (),
    opens: Sequence[str] = (),
    email: str = "",
    machine: bool = False,
) -> list[str]:
    """Adds a person or machine, or further keys, groups and environments to one, and gives what changed, in words.

    Typing a key here is this clone's confirmation of it. Raises Error for text that is no key, for a group or an environment
    that is not there, or for keys missing for someone new; Unconfirmed for offered keys that nobody has said yes to.
    """
    if not is_principal_name(name):
        raise Error(
            f'"{name}" cannot be the name of a recipient', "use letters, digits, _, . and -, beginning with a letter"
        )
    typed = [key for key in keys if not isinstance(key, OfferedKey)]
    offered = [key for key in keys if isinstance(key, OfferedKey)]
    own = list(dict.fromkeys(parse_recipient(key).canonical for key in (*typed, *(key for key, _ in offered))))
    wanted = [
        *(word for group in groups for word in ("--group", group)),
        *(word for one in opens for word in ("--open", one)),
    ]
    past = _former_holders(workspace.project, name, own)
    said: list[str] = []

    def make(policy: Policy) -> PolicyEdit:
        _check_groups(policy, groups)
        _check_environments(policy, opens)
        _check_name(policy, name, own, wanted)
        _check_owners(policy, name, own, wanted)
        before = policy.recipients.get(name)
        if before is None and not own:
            raise Error(
                f'"{name}" is new and has no key',
                "ask them for their public key, the recipient that gitseal keygen or gitseal whoami shows them",
            )

        def edit(text: PolicyEditor) -> None:
            if before is None:
                said.append(_add_person(text, name, own, email, machine=machine))
            else:
                said.extend(_add_to_person(text, name, before, own, email))
            said.extend(_add_to_groups(text, name, policy, groups))
            said.extend(_open(text, name, policy, opens))
            said.extend(past.values())

        return PolicyEdit(edit, lambda trust: _confirm(trust, name, typed, offered, past, is_member=before is not None))

    change_policy(workspace, make)
    return said


def _quoted(words: Iterable[str]) -> str:
    return " ".join(map(shell_quoted, words))


def _former_holders(project: Project, name: str, keys: Sequence[str]) -> dict[str, str]:
    """A sentence on each of these keys that history has as somebody else's."""
    if project.repository is None or not keys:
        return {}
    from gitseal.audit.exposure.departed import former_holders  # other verbs need no history

    told = {}
    for key, former in former_holders(project, keys):
        if former.name != name:
            when = f"on {day(former.at.when)}" if former.at.commit else "in no commit yet"
            went = f"who left {when}" if former.has_left else f"and it was taken out {when}"
            told[key] = f"history has this key as {former.name}'s, {went}"
    return told


def _confirm(
    trust: Trust,
    name: str,
    typed: Sequence[str],
    offered: Sequence[OfferedKey],
    past: Mapping[str, str],
    *,
    is_member: bool,
) -> None:
    """Takes typed keys as confirmed, and asks about each offered one as a key of this very person."""
    more = f"; {name} is in the policy already, and this would be one more key" if is_member else ""
    for key, source in offered:
        own = parse_recipient(key).canonical
        before = f"; {past[own]}" if own in past else ""
        trust.recipient(name, key, f"it comes from {source}, its fingerprint is {fingerprint(own)}{more}{before}")
    for key in typed:
        trust.confirm(name, key)


def _check_name(policy: Policy, name: str, keys: Sequence[str], wanted: Sequence[str]) -> None:
    alike = [other for other in policy.recipients if other != name and other.casefold() == name.casefold()]
    if alike and name not in policy.recipients:
        raise Error(
            f'"{name}" differs from "{alike[0]}" only in upper and lower case, and people would take one for the other',
            f"if you mean {alike[0]}: gitseal recipient add {_quoted((alike[0], *keys, *wanted))}",
        )


def _check_owners(policy: Policy, name: str, keys: Sequence[str], wanted: Sequence[str]) -> None:
    """Raises Error for a key of somebody else: two names for one key hide who opens what, and who has left."""
    owners = names_by_opener(policy)
    for key in keys:
        other = next((other for other in owners.get(opener_of(key), ()) if other != name), "")
        if other:
            raise Error(
                f'the policy has this key already, as one of "{other}"',
                f"to give {other} more: gitseal recipient add {_quoted((other, *wanted))}"
                if wanted
                else "see the keys with: gitseal recipient list",
            )


def _check_groups(policy: Policy, groups: Sequence[str]) -> None:
    for group in groups:
        if group not in policy.groups:
            hint = nearest(group, policy.groups) or "write it into .secrets/policy.yaml: groups: {" + group + ": []}"
            raise Error(f'there is no group "{group}"', hint)


def _check_environments(policy: Policy, environments: Sequence[str]) -> None:
    for environment in environments:
        if environment not in policy.environments:
            hint = nearest(environment, policy.environments) or "see them with: gitseal env list"
            raise Error(f'there is no environment "{environment}"', hint)


def _add_person(text: PolicyEditor, name: str, keys: list[str], email: str, *, machine: bool) -> str:
    kind = {"kind": "machine"} if machine else {}
    text.put(("recipients", name), {**kind, **({"email": email} if email else {}), "keys": list(keys)})
    return f"added {name}"


def _add_to_person(text: PolicyEditor, name: str, before: Principal, keys: list[str], email: str) -> Iterator[str]:
    new = [key for key in keys if key not in map(canonical, before.keys)]
    if new:
        text.put(("recipients", name, "keys"), [*before.keys, *new])
        yield f"gave {name} {len(new)} more {'key' if len(new) == 1 else 'keys'}"
    if email and email != before.email:
        text.put(("recipients", name, "email"), email)
        yield f"changed the email of {name}"


def _add_to_groups(text: PolicyEditor, name: str, policy: Policy, groups: Sequence[str]) -> Iterator[str]:
    for group in groups:
        if name not in policy.groups[group]:
            text.put(("groups", group), [*policy.groups[group], name])
            yield f"put {name} into {group}"


def _open(text: PolicyEditor, name: str, policy: Policy, environments: Sequence[str]) -> Iterator[str]:
    for environment in environments:
        may_open = policy.environments[environment].open
        if name not in may_open:
            text.put(("environments", environment, "open"), [*may_open, name])
            yield f"opened {environment} to {name}"


def remove_key(project: Project, name: str, key: str) -> None:
    """Takes one of several keys from a person or machine: it was lost. Raises Error as `principals.key_removal` does."""
    change_policy(Workspace(project), lambda policy: principals.key_removal(policy, name, key))


def replace_key(workspace: Workspace, old: str, new: str | OfferedKey) -> str:
    """Puts somebody's new key in the place of an old one, in one edit, so that history shows a renewal; gives their name.

    Raises Error as `principals.key_replacement` does; Unconfirmed for an offered key that nobody has said yes to.
    """
    key = new.key if isinstance(new, OfferedKey) else new
    names: list[str] = []

    def make(policy: Policy) -> PolicyEdit:
        names.append(principals.owner(policy, parse_recipient(old).canonical))
        change = principals.key_replacement(policy, old, key)

        def believe(trust: Trust) -> None:
            change.believe(trust)
            typed, offered = ([], [new]) if isinstance(new, OfferedKey) else ([new], [])
            _confirm(trust, names[-1], typed, offered, {}, is_member=True)

        return change._replace(believe=believe)

    change_policy(workspace, make)
    return names[-1]


def holder(project: Project, key: str) -> str:
    """The name of whoever has a key in the policy. Raises Error for text that is no key, and if nobody has it."""
    return principals.owner(project.policy, parse_recipient(key).canonical)


def remove_recipient(project: Project, name: str) -> list[str]:
    """Takes a person or machine out of the policy, and out of every list that names them; gives those lists.

    Raises Error as `principals.removal` does.
    """
    left = principals.lists_with(PolicyEditor(read_regular(project.policy_path)), name)
    change_policy(Workspace(project), lambda policy: principals.removal(policy, name))
    return [" ".join(path) for path in left]


def list_recipients(project: Project) -> list[RecipientRow]:
    """Everyone in the policy, sorted by name."""
    policy = project.policy
    rows = []
    for name, principal in sorted(policy.recipients.items()):
        groups = tuple(sorted(group for group, members in policy.groups.items() if name in members))
        environments = tuple(
            environment
            for environment in sorted(policy.environments)
            if name in policy.members(policy.environments[environment].open)
        )
        rows.append(RecipientRow(name, principal.kind, principal.email, principal.keys, groups, environments))
    return rows


class Opening(NamedTuple):
    """The sealed names of an environment that somebody may open by the policy, and those that they may not, in number.

    `is_open`: the environment itself is open to them, though it may be empty yet.
    """

    environment: str
    opened: int
    closed: int
    is_open: bool


def openings(project: Project, name: str) -> list[Opening]:
    """What somebody may open by the policy of each environment, and what not."""
    policy = project.policy
    rows = []
    for environment in policy.environments:
        file = project.read(environment)
        groups = Counter(policy.group(environment, path) for path, entry in file.entries.items() if entry.token)
        opened = sum(count for group, count in groups.items() if name in (policy.open_to(environment, group) or ()))
        is_open = opened > 0 or name in policy.members(policy.environments[environment].open)
        rows.append(Opening(environment, opened, groups.total() - opened, is_open))
    return rows
