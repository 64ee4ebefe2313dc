"""Whose keys are whose, in any version of any policy or header: the closure over everything that somebody could open."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache

from gitseal.audit.exposure.past import Moment, earliest
from gitseal.audit.exposure.timeline import Timeline
from gitseal.errors import Error, shell_quoted
from gitseal.policy import parser
from gitseal.policy.policy import Policy
from gitseal.project.key_holders import holders, opener_of
from gitseal.project.project import Project
from gitseal.recipients.ids import recipient_id
from gitseal.records import NamedTuple


class KeyHolder(NamedTuple):
    """A person or machine by all that history says of them: names that they had, recipient ids, addresses of their commits.

    `recipients` has every id that history gives to one of their private keys: an SSH key and the age key made of it have two.
    `keys` are the data keys that they could open, with the moment from which they could.
    """

    name: str
    names: frozenset[str]
    recipients: frozenset[str]
    emails: frozenset[str]
    keys: dict[str, Moment]


class UnknownHolder(Error):
    """Neither the policy nor its history, as far as it is here, has somebody or their key."""


class _PastPerson(NamedTuple):
    """What the versions of the policy and the headers say of one name."""

    recipients: set[str]
    emails: set[str]


def person(project: Project, timeline: Timeline, name: str) -> KeyHolder:
    """Everything of one person or machine. Raises Error if neither policy nor history knows the name."""
    people = _past_people(timeline)
    if name not in people:
        hint = parser.nearest(name, people) or "see who there is: gitseal recipient list"
        raise _unknown(timeline, f'neither the policy nor its history has a "{name}"', hint)
    names = _names(timeline, name, set(project.policy.recipients))
    recipients = _same(timeline, {recipient for own in names for recipient in people[own].recipients})
    emails = {email for own in names for email in people[own].emails}
    return KeyHolder(name, frozenset(names), frozenset(recipients), frozenset(emails), keys_of(timeline, recipients))


def by_commits(timeline: Timeline, name: str) -> KeyHolder | None:
    """Somebody who never had a key, but set values: by the name or address of commits. None if no commit of values has it."""
    wanted = name.casefold()
    moments = {change.at for changes in timeline.changes.values() for change in changes if change.after}
    emails = {at.email.casefold() for at in moments if wanted in _callings(at)}
    return KeyHolder(name, frozenset((name,)), frozenset(), frozenset(emails), {}) if emails - {""} else None


def nobody(name: str) -> KeyHolder:
    """Somebody of whom the history that is here knows nothing."""
    return KeyHolder(name, frozenset((name,)), frozenset(), frozenset(), {})


def _callings(at: Moment) -> set[str]:
    email = at.email.casefold()
    return {at.who.casefold().removesuffix(f" <{email}>"), email, email.partition("@")[0]} - {""}


def _unknown(timeline: Timeline, message: str, hint: str) -> UnknownHolder:
    if timeline.is_shallow:
        return UnknownHolder(
            f"{message}, as far as it is here", "this clone is shallow; get the rest: git fetch --unshallow"
        )
    return UnknownHolder(message, hint)


def with_recipient(timeline: Timeline, recipient: str, name: str = "") -> KeyHolder:
    """Everything that one private key could open, of the person of this name if one is given.

    `recipient` is the id of any of its public keys that history has, or of what opens them all (`openers.opener_id`).

    Raises Error if neither policy nor history knows the key, or knows it as somebody else's.
    """
    recipients = _same(timeline, {recipient})
    names = frozenset(own for own, past in _past_people(timeline).items() if recipients & past.recipients)
    if not names:
        every = f"see what all their keys opened: gitseal offboard {shell_quoted(name)} --report" if name else ""
        hint = every or "see whose keys there are: gitseal recipient list"
        raise _unknown(timeline, "neither the policy nor its history has this key", hint)
    if name and name not in names:
        whose = " or ".join(sorted(names))
        raise Error(
            f'"{name}" never had this key: it is one of "{whose}"',
            f"see what it opened: gitseal offboard {shell_quoted(min(names))} --report",
        )
    # Whose commits are whose says a person's address, and this is about a key alone.
    shown = name or ", ".join(sorted(names))
    return KeyHolder(shown, names, frozenset(recipients), frozenset(), keys_of(timeline, recipients))


def openers_of(timeline: Timeline, recipients: AbstractSet[str]) -> set[str]:
    """The ids of the private keys of some recipients (`openers.opener_id`), as far as a version of the policy has the key."""
    known = _openers(timeline)
    return {known.get(recipient, recipient) for recipient in recipients}


def _same(timeline: Timeline, recipients: AbstractSet[str]) -> set[str]:
    """The recipient ids of history that the private keys of these open."""
    theirs, known = openers_of(timeline, recipients), _openers(timeline)
    every = {recipient for past in _past_people(timeline).values() for recipient in past.recipients}
    return {recipient for recipient in every if known.get(recipient, recipient) in theirs}


@lru_cache(1)
def _openers(timeline: Timeline) -> dict[str, str]:
    return {
        recipient: recipient_id(opener_of(key))
        for policy in policies(timeline)
        for (_name, recipient), key in holders_by(policy)
    }


def keys_of(timeline: Timeline, recipients: AbstractSet[str]) -> dict[str, Moment]:
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


def _names(timeline: Timeline, name: str, current: set[str]) -> set[str]:
    """The names of one person: those that had one of their keys, unless the policy has somebody else by that name now."""
    people = {own: openers_of(timeline, past.recipients) for own, past in _past_people(timeline).items()}
    by_opener: dict[str, set[str]] = {}
    for own, openers in people.items():
        for opener in openers:
            by_opener.setdefault(opener, set()).add(own)
    names, pending = {name}, [name]
    while pending:
        for opener in people[pending.pop()]:
            others = by_opener[opener] - names - current
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
