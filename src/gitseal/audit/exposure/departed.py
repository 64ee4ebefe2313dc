"""Who has left: the people and keys that history knew, and that the policy of today does not.

History does not say why a key was taken out, so there is a convention (docs/how-to/know-what-is-due.md):

* Whoever has no key in the policy any more has left.
* A key of somebody who is still there was lost, unless the commit that took it out gave them another: then it was renewed, and
  nothing is compromised.

Machines are left out: one that is taken down tells nobody what it read. `offboard` reports on any of them by name.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from gitseal.audit.exposure.people import KeyHolder, holders_by, person, policy_of, with_recipient
from gitseal.audit.exposure.timeline import Moment, Timeline, earliest
from gitseal.policy.policy import PERSON, Policy
from gitseal.project.project import Project
from gitseal.records import NamedTuple


class Departure(NamedTuple):
    """Somebody who left, or with `is_key` a key that they lost. `at` is the commit that took them out of the policy."""

    holder: KeyHolder
    is_key: bool
    at: Moment


class _Version(NamedTuple):
    """The recipient ids of each person and machine, as one version of the policy has them."""

    keys: Mapping[str, AbstractSet[str]]
    machines: AbstractSet[str]

    def of(self, names: AbstractSet[str]) -> AbstractSet[str]:
        """The recipient ids that some names have together."""
        return {recipient for name, own in self.keys.items() if name in names for recipient in own}

    def has(self, recipients: AbstractSet[str]) -> bool:
        """True if somebody has one of these recipients."""
        return any(recipients & own for own in self.keys.values())


class _Step(NamedTuple):
    """One change of the policy."""

    before: tuple[_Version, ...]
    after: _Version
    at: Moment


def departures(project: Project, timeline: Timeline) -> list[Departure]:
    """Everybody who left and every key that was lost, by name.

    The timeline should be one of HEAD alone: on other refs, anybody who may push can claim that somebody came and went.
    Raises Error for a policy that does not hold together.
    """
    steps = list(_steps(timeline))
    today = _version(project.policy)
    present = frozenset(recipient for own in today.keys.values() for recipient in own)
    gone: dict[frozenset[str], Departure] = {}
    for name, recipients in sorted(_people(timeline, steps, today).items()):
        missing = recipients - present
        holder = person(project, timeline, name) if missing else None
        if holder is None or holder.names in gone:
            continue
        if holder.recipients & present:
            for recipient in sorted(missing):
                lost = _lost(timeline, steps, holder, recipient)
                gone |= {frozenset((name, recipient)): lost} if lost is not None else {}
        else:
            gone[holder.names] = _left(timeline, steps, holder)
    return sorted(gone.values(), key=lambda departure: departure.holder.name)


def left_between(before: Policy, after: Policy) -> list[str]:
    """The people of one policy who have no key in the next, sorted."""
    old, new = _version(before), _version(after)
    people = {name: own for name, own in old.keys.items() if own and name not in old.machines}
    return sorted(name for name, own in people.items() if not new.has(own) and not new.keys.get(name))


def _left(timeline: Timeline, steps: list[_Step], holder: KeyHolder) -> Departure:
    step = _removal(steps, holder.recipients)
    if step is None:
        return Departure(holder, is_key=False, at=_first_opened(timeline, holder.recipients))
    # Of all the names that they had, the one that they left under.
    last = {name for version in step.before for name, own in version.keys.items() if own & holder.recipients}
    return Departure(holder._replace(name=", ".join(sorted(last))), is_key=False, at=step.at)


def _lost(timeline: Timeline, steps: list[_Step], holder: KeyHolder, recipient: str) -> Departure | None:
    """One key of somebody who is still there; None if it was renewed."""
    step = _removal(steps, {recipient})
    if step is not None and all(step.after.of(holder.names) - version.of(holder.names) for version in step.before):
        return None
    at = step.at if step is not None else _first_opened(timeline, {recipient})
    return Departure(with_recipient(timeline, recipient, holder.name), is_key=True, at=at)


def _removal(steps: list[_Step], recipients: AbstractSet[str]) -> _Step | None:
    """The last step that took the last of these recipients out; None if no sound policy ever had them."""
    # A merge took out only what each of its sides still had: what one side took out is told there.
    taken = (step for step in steps if not step.after.has(recipients))
    return next((step for step in taken if all(version.has(recipients) for version in step.before)), None)


def _first_opened(timeline: Timeline, recipients: AbstractSet[str]) -> Moment:
    """When one of these recipients was first given a data key: all that there is of somebody whom only headers name."""
    stanzas = (stanza for key in timeline.keys.values() for stanza in key.stanzas.items())
    return earliest(iter([past.at for (_name, recipient), past in stanzas if recipient in recipients] or [Moment()]))


def _people(timeline: Timeline, steps: list[_Step], today: _Version) -> dict[str, set[str]]:
    """The people of all versions and headers, with every recipient id that they had, by what they were last."""
    kinds: dict[str, bool] = {}
    known: dict[str, set[str]] = {}
    for version in (today, *(version for step in steps for version in (step.after, *step.before))):
        for name, own in version.keys.items():
            kinds.setdefault(name, name in version.machines)
            known.setdefault(name, set()).update(own)
    for key in timeline.keys.values():
        for name, recipient in key.stanzas:
            known.setdefault(name, set()).add(recipient)
    return {name: own for name, own in known.items() if not kinds.get(name)}


def _steps(timeline: Timeline) -> Iterator[_Step]:
    """The changes of the policy, newest first, between versions that hold together."""
    nothing = _Version({}, frozenset())
    read: dict[bytes | None, _Version | None] = {None: nothing}
    for change in timeline.policy_changes:
        for content in (*change.before, change.after):
            if content is not None and content not in read:
                policy = policy_of(content)
                read[content] = _version(policy) if policy is not None else None
        before = tuple(version for content in change.before if (version := read[content]) is not None)
        after = read[change.after]
        if after is not None and len(before) == len(change.before):
            yield _Step(before, after, change.at)


def _version(policy: Policy) -> _Version:
    keys: dict[str, set[str]] = {name: set() for name in policy.recipients}
    for (name, recipient), _key in holders_by(policy):
        keys[name].add(recipient)
    machines = {name for name, principal in policy.recipients.items() if principal.kind != PERSON}
    return _Version(keys, machines)
