"""Whose keys are whose, in any version of any policy or header: the closure over everything that somebody could open."""

from collections.abc import Iterator
from functools import lru_cache

from gitseal.audit.exposure.timeline import Moment, Timeline, earliest
from gitseal.errors import Error
from gitseal.policy import parser
from gitseal.policy.policy import Policy
from gitseal.project.key_holders import holders
from gitseal.project.project import Project
from gitseal.records import NamedTuple


class KeyHolder(NamedTuple):
    """A person or machine by all that history says of them: names that they had, recipient ids, addresses of their commits.

    `keys` are the data keys that they could open, with the moment from which they could.
    """

    name: str
    names: frozenset[str]
    recipients: frozenset[str]
    emails: frozenset[str]
    keys: dict[str, Moment]


class _PastPerson(NamedTuple):
    """What the versions of the policy and the headers say of one name."""

    recipients: set[str]
    emails: set[str]


def person(project: Project, timeline: Timeline, name: str) -> KeyHolder:
    """Everything of one person or machine. Raises Error if neither policy nor history knows the name."""
    people = _past_people(timeline)
    if name not in people:
        hint = parser.nearest(name, people) or "see who there is: gitseal recipient list"
        raise Error(f'neither the policy nor its history has a "{name}"', hint)
    names = _names(people, name, set(project.policy.recipients))
    recipients = {recipient for own in names for recipient in people[own].recipients}
    emails = {email for own in names for email in people[own].emails}
    return KeyHolder(name, frozenset(names), frozenset(recipients), frozenset(emails), keys_of(timeline, recipients))


def with_recipient(timeline: Timeline, recipient: str, name: str = "") -> KeyHolder:
    """Everything that one key could open, of the person of this name if one is given.

    Raises Error if neither policy nor history knows the key, or knows it as somebody else's.
    """
    names = frozenset(own for own, past in _past_people(timeline).items() if recipient in past.recipients)
    if not names:
        raise Error(
            "neither the policy nor its history has this key", "see whose keys there are: gitseal recipient list"
        )
    if name and name not in names:
        raise Error(f'"{name}" never had this key', "see the keys with: gitseal recipient list")
    # Whose commits are whose says a person's address, and this is about a key alone.
    shown = name or ", ".join(sorted(names))
    return KeyHolder(shown, names, frozenset((recipient,)), frozenset(), keys_of(timeline, {recipient}))


def keys_of(timeline: Timeline, recipients: set[str]) -> dict[str, Moment]:
    """The data keys with a stanza for one of these recipient ids, under whatever name it stood there."""
    opened = {}
    for key_id, key in timeline.keys.items():
        moments = [stanza.at for (_, recipient), stanza in key.stanzas.items() if recipient in recipients]
        if moments:
            opened[key_id] = earliest(iter(moments))
    return opened


@lru_cache(1)  # a report may be about many people of one history
def _past_people(timeline: Timeline) -> dict[str, _PastPerson]:
    people: dict[str, _PastPerson] = {}
    for policy in policies(timeline):
        for (name, recipient), _key in holders_by(policy):
            people.setdefault(name, _PastPerson(set(), set())).recipients.add(recipient)
        for name, principal in policy.recipients.items():
            emails = people.setdefault(name, _PastPerson(set(), set())).emails
            emails.update(filter(None, [principal.email.casefold()]))
    for key in timeline.keys.values():
        for name, recipient in key.stanzas:
            people.setdefault(name, _PastPerson(set(), set())).recipients.add(recipient)
    return people


def _names(people: dict[str, _PastPerson], name: str, current: set[str]) -> set[str]:
    """The names of one person: those that had one of their keys, unless the policy has somebody else by that name now."""
    by_recipient: dict[str, set[str]] = {}
    for own, past in people.items():
        for recipient in past.recipients:
            by_recipient.setdefault(recipient, set()).add(own)
    names, pending = {name}, [name]
    while pending:
        for recipient in people[pending.pop()].recipients:
            others = by_recipient[recipient] - names - current
            names |= others
            pending += others
    return names


def policies(timeline: Timeline) -> Iterator[Policy]:
    """Every version of the policy that holds together."""
    return (policy for content in timeline.policies if (policy := policy_of(content)) is not None)


@lru_cache(4096)  # a report asks several times for each version
def policy_of(content: bytes) -> Policy | None:
    """One version of the policy; None if it does not hold together, such as a conflict."""
    try:
        return parser.parse_known(content)[0]
    except Error:
        # What it gave somebody stands in the headers.
        return None


def holders_by(policy: Policy) -> Iterator[tuple[tuple[str, str], str]]:
    """The public keys of a policy by person and recipient id. Text that is no key is left out: it opens nothing."""
    for name in policy.recipients:
        try:
            yield from holders(policy, (name,)).items()
        except Error:
            continue
