"""Who has left: the people and keys that history took out of the policy, and what came back of them.

History does not say why a key was taken out, so there is a convention (docs/how-to/know-what-is-due.md):

* Whoever loses their last key has left.
* A key of somebody who is still there was lost, unless the commit that took it out gave them another: then it was renewed, and
  nothing is compromised.
* A machine that goes has left too, unless the same commit brings a machine or a machine's key that is new: its successor. What
  is left of its identity on some disk opens what it opened. A key of a machine that stays is not lost: machines are renewed with
  both keys in force for a while.
* Whoever was a person in any version is one: nobody becomes a machine by a line in the policy.

What somebody knew stays known. A key that comes back, under whatever name, clears only what the policy of today opens to it.
Keys are told apart by the private key that opens them (`recipients.openers`).
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from gitseal.audit.exposure.past import Moment, Name, earliest
from gitseal.audit.exposure.people import KeyHolder, openers_of, person, policy_of, with_recipient
from gitseal.audit.exposure.timeline import Timeline
from gitseal.policy.policy import PERSON, Policy
from gitseal.project.key_holders import opener_of
from gitseal.project.project import Project
from gitseal.recipients.ids import recipient_id
from gitseal.records import NamedTuple


class Departure(NamedTuple):
    """Somebody who left, or with `is_key` a key that they lost. `at` is the commit that took them out of the policy.

    `returned` are the names that have the key by the policy of today.
    """

    holder: KeyHolder
    is_key: bool
    at: Moment
    returned: frozenset[str] = frozenset()


def is_open_again(departure: Departure, policy: Policy, name: Name) -> bool:
    """True if the key that left is back, and the policy of today opens the name to it: then its value is no secret to them."""
    environment, text = name
    if not departure.returned or environment not in policy.environments:
        return False
    may_open = policy.open_to(environment, policy.group(environment, tuple(text.split("/")))) or ()
    return not departure.returned.isdisjoint(may_open)


class _Version(NamedTuple):
    """The private keys of each person and machine, as ids (`openers.opener_id`), by one version of the policy."""

    keys: Mapping[str, frozenset[str]]
    machines: AbstractSet[str]

    @property
    def every(self) -> frozenset[str]:
        """The keys of all of them."""
        return frozenset(key for own in self.keys.values() for key in own)

    def owners(self, keys: AbstractSet[str]) -> frozenset[str]:
        """The names that have one of these keys."""
        return frozenset(name for name, own in self.keys.items() if keys & own)

    def of(self, names: AbstractSet[str]) -> frozenset[str]:
        """The keys that some names have together."""
        return frozenset(key for name, own in self.keys.items() if name in names for key in own)

    def has(self, keys: AbstractSet[str]) -> bool:
        """True if somebody has one of these keys."""
        return any(keys & own for own in self.keys.values())


class _Step(NamedTuple):
    """One change of the policy."""

    before: tuple[_Version, ...]
    after: _Version
    at: Moment

    @property
    def taken(self) -> AbstractSet[str]:
        """The keys that it took out."""
        return {key for version in self.before for key in version.every} - self.after.every

    def is_leaving(self, key: str) -> bool:
        """True if whoever had a key that it took out is left with none, under whatever name."""
        owners = {name for version in self.before for name in version.owners({key})}
        theirs = {other for version in self.before for other in version.of(owners)}
        return not self.after.of(owners) and not self.after.has(theirs)

    def has_new_machine(self) -> bool:
        """True if it brings a key of a machine that nobody had before."""
        return bool(self.after.of(self.after.machines).difference(*(version.every for version in self.before)))


class _Past(NamedTuple):
    """What the versions of the policy say: the changes, newest first, and the policy of today."""

    project: Project
    timeline: Timeline
    steps: tuple[_Step, ...]
    today: _Version


def departures(project: Project, timeline: Timeline) -> list[Departure]:
    """Everybody who left and every key that was lost, by name, also those who are back.

    The timeline should be one of HEAD alone: on other refs, anybody who may push can claim that somebody came and went.
    Raises Error for a policy that does not hold together.
    """
    past = _Past(project, timeline, tuple(_steps(timeline)), _version(project.policy))
    present = past.today.every
    taken = {key for step in past.steps for key in step.taken}
    known, people = _known(past)
    gone: dict[tuple[frozenset[str], str], Departure] = {}
    for name, keys in sorted(known.items()):
        if not keys - present and not keys & taken:
            continue
        holder = person(project, timeline, name)
        is_machine = holder.names.isdisjoint(people)
        own = openers_of(timeline, holder.recipients)
        if own & present:
            told = {key: _back_or_lost(past, holder, key, is_machine=is_machine) for key in sorted(own)}
        else:
            told = {"": _left(past, holder, own, is_machine=is_machine)}
        for key, departure in told.items():
            if departure is not None:
                gone.setdefault((departure.holder.names, key), departure)
    return sorted(gone.values(), key=lambda departure: departure.holder.name)


class FormerHolder(NamedTuple):
    """Whoever had a key before `at`, the commit that took it out; `has_left` if they were left with none."""

    name: str
    has_left: bool
    at: Moment


def former_holders(project: Project, keys: Iterable[str]) -> Iterator[tuple[str, FormerHolder]]:
    """Those of some public keys that HEAD's history has as somebody's who lost them, with whose they were."""
    steps = tuple(_steps(Timeline(project, only_head=True, only_policy=True)))
    for key in keys:
        opener = recipient_id(opener_of(key))
        step = _removal(steps, {opener})
        if step is not None:
            names = {name for version in step.before for name in version.owners({opener})}
            yield key, FormerHolder(", ".join(sorted(names)), step.is_leaving(opener), step.at)


def left_between(before: Policy, after: Policy) -> list[str]:
    """Those of one policy who have left by the next, sorted."""
    step = _Step((_version(before),), _version(after), Moment())
    (old,) = step.before
    passed = old.machines if step.has_new_machine() else frozenset()
    return sorted(name for name, own in old.keys.items() if name not in passed and any(map(step.is_leaving, own)))


def _left(past: _Past, holder: KeyHolder, keys: AbstractSet[str], *, is_machine: bool) -> Departure | None:
    """Somebody who has no key any more; None for a machine that was replaced."""
    step = _removal(past.steps, keys)
    if step is None:
        return Departure(holder, is_key=False, at=_first_opened(past.timeline, holder.recipients))
    return _leaving(step, holder, keys) if not is_machine or not step.has_new_machine() else None


def _leaving(step: _Step, holder: KeyHolder, keys: AbstractSet[str]) -> Departure:
    # Of all the names that they had, the one that they left under.
    last = {name for version in step.before for name in version.owners(keys)}
    return Departure(holder._replace(name=", ".join(sorted(last))), is_key=False, at=step.at)


def _back_or_lost(past: _Past, holder: KeyHolder, key: str, *, is_machine: bool) -> Departure | None:
    """One key of somebody who has a key today; None if it was never taken out, or renewed."""
    step = _removal(past.steps, {key})
    back = past.today.owners({key})
    if step is not None and back and step.is_leaving(key):
        is_replaced = is_machine and step.has_new_machine()
        return None if is_replaced else _leaving(step, holder, {key})._replace(returned=back)
    if is_machine or (step is None and back):
        return None
    if step is not None and all(step.after.of(holder.names) - version.of(holder.names) for version in step.before):
        return None
    recipient = next(one for one in sorted(holder.recipients) if key in openers_of(past.timeline, {one}))
    lost = with_recipient(past.timeline, recipient)
    at = step.at if step is not None else _first_opened(past.timeline, lost.recipients)
    return Departure(lost._replace(name=holder.name), is_key=True, at=at, returned=back)


def _removal(steps: tuple[_Step, ...], keys: AbstractSet[str]) -> _Step | None:
    """The last step that took the last of these keys out; None if no sound policy ever had them."""
    # A merge took out only what each of its sides still had: what one side took out is told there.
    taken = (step for step in steps if not step.after.has(keys))
    return next((step for step in taken if all(version.has(keys) for version in step.before)), None)


def _first_opened(timeline: Timeline, recipients: AbstractSet[str]) -> Moment:
    """When one of these recipients was first given a data key: all that there is of somebody whom only headers name."""
    stanzas = (stanza for key in timeline.keys.values() for stanza in key.stanzas.items())
    return earliest(iter([past.at for (_name, recipient), past in stanzas if recipient in recipients] or [Moment()]))


def _known(past: _Past) -> tuple[dict[str, set[str]], set[str]]:
    """Every key that each name ever had, by versions and headers, and the names that some version has as people."""
    known: dict[str, set[str]] = {}
    machines: set[str] = set()
    people: set[str] = set()
    for version in (past.today, *(version for step in past.steps for version in (step.after, *step.before))):
        for name, own in version.keys.items():
            known.setdefault(name, set()).update(own)
        machines |= version.machines
        people |= version.keys.keys() - version.machines
    for key in past.timeline.keys.values():
        for name, recipient in key.stanzas:
            known.setdefault(name, set()).update(openers_of(past.timeline, {recipient}))
    # Whom only headers name may be anybody.
    return known, people | (known.keys() - machines)


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
    keys = {
        name: frozenset(recipient_id(opener_of(key)) for key in own.keys) for name, own in policy.recipients.items()
    }
    machines = {name for name, principal in policy.recipients.items() if principal.kind != PERSON}
    return _Version(keys, machines)
