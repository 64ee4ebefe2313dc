"""Who can open each access group of an environment now, who holds its data key from earlier, and what the policy says.

It needs no identity. A data key is held by everyone who ever had a stanza for it in the history of the trusted ref or of HEAD;
what only other refs have is a claim, and told apart.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document.header import Access, Header
from gitseal.errors import Error
from gitseal.git.versions import elsewhere
from gitseal.policy.patterns import matches
from gitseal.policy.policy import DEFAULT, Policy
from gitseal.project.belief.known import known_in
from gitseal.project.belief.losses import Losses
from gitseal.project.belief.trusted import TrustedState
from gitseal.project.key_holders import Holder, holders, names_by_opener, opener_of
from gitseal.project.project import Project
from gitseal.recipients.ids import recipient_id
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

_PLAIN = "plain"


class PersonAccess(NamedTuple):
    """One person or machine and an access group.

    `opens`: the file has a stanza for a key of theirs. `may_open`: the policy says so, and a rekey makes it true. `held`: an
    earlier version had a stanza for them under the data key that is still in force. `refs`: branches that are not merged and
    have one. `kind` is empty for a name that the policy does not have.
    """

    name: str
    kind: str
    opens: bool
    may_open: bool
    held: bool
    refs: tuple[str, ...]


class GroupAccess(NamedTuple):
    """An access group of an environment with its names, or with `access` "plain" the names that everybody reads.

    `is_post_quantum`: every stanza ever made for the data key is. None if there is no data key, or no history to ask.
    `write_only` are those of its names that are sealed to the group's public key, which is never post-quantum.
    """

    environment: str
    access: str
    names: tuple[str, ...]
    write_only: tuple[str, ...]
    people: tuple[PersonAccess, ...]
    is_post_quantum: bool | None


class PastAccess:
    """What history says of data keys; nothing outside of a repository."""

    def __init__(self, project: Project) -> None:
        """Raises Error if Git cannot show which versions other refs have."""
        self._losses: Losses | None = None
        if project.repository is not None:
            repository = project.git()
            self._losses = Losses(project, TrustedState(project), known_in(repository), elsewhere(repository))

    def holders(self, key: str) -> Collection[Holder]:
        """Everyone who ever had a stanza for a key."""
        return self._losses.holders(key) if self._losses else ()

    def claims(self, header: Header, group: str) -> Mapping[str, tuple[str, ...]]:
        """By name the refs on which somebody has a stanza who has none here and is not to have one."""
        claimed = self._losses.claimed(header, group) if self._losses else ()
        return {claim.name: claim.refs for claim in claimed}

    def is_post_quantum(self, access: Access) -> bool | None:
        """True if every stanza ever made for the group's key is; None outside of a repository."""
        return self._losses.is_post_quantum(access) if self._losses else None


def standings(
    project: Project, environments: Sequence[str], patterns: Sequence[str] = (), person: str = ""
) -> list[GroupAccess]:
    """The access groups of the environments, in their order, narrowed to names that match and to one person's if asked.

    Raises Error if a pattern without `*` names nothing, if the policy does not know the person, or if history cannot be read.
    """
    project = project.fixed()
    if person and person not in project.policy.recipients:
        raise Error(f'the policy has no "{person}"', "see who it has: gitseal recipient list")
    past = PastAccess(project)
    told = [group for environment in environments for group in _groups(project, environment, past)]
    if patterns:
        told = _narrowed(told, patterns)
    if person:
        told = [group for group in told if group.access == _PLAIN or _has(group, person)]
        told = [group._replace(people=tuple(one for one in group.people if one.name == person)) for group in told]
    return told


def _has(group: GroupAccess, person: str) -> bool:
    return any(one.name == person for one in group.people)


def _narrowed(groups: Sequence[GroupAccess], patterns: Sequence[str]) -> list[GroupAccess]:
    every = {name for group in groups for name in group.names}
    for pattern in patterns:
        if "*" not in pattern and not any(matches(pattern, _path(name)) for name in every):
            raise Error(f'there is no name "{pattern}"', "see which there are: gitseal list")
    narrowed = [
        group._replace(names=_matching(group.names, patterns), write_only=_matching(group.write_only, patterns))
        for group in groups
    ]
    return [group for group in narrowed if group.names]


def _matching(names: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if any(matches(pattern, _path(name)) for pattern in patterns))


def _path(name: str) -> NamePath:
    return tuple(name.split("/"))


def _groups(project: Project, environment: str, past: PastAccess) -> Iterator[GroupAccess]:
    document = project.read(environment)
    names: dict[str, list[str]] = {}
    write_only: dict[str, list[str]] = {}
    for entry in sorted(document.entries.values(), key=lambda entry: entry.name):
        group = _PLAIN if entry.token is None else entry.token.group
        names.setdefault(group, []).append(entry.name)
        if entry.token is not None and entry.token.kind == WRITE_ONLY:
            write_only.setdefault(group, []).append(entry.name)
    groups = {*names, *document.header.access, DEFAULT}
    for group in sorted(groups - {_PLAIN}, key=lambda group: (group != DEFAULT, group)):
        access = document.header.access.get(group)
        people = tuple(_people(project, document.header, group, past))
        mine = tuple(names.get(group, ()))
        if mine or access:
            is_safe = past.is_post_quantum(access) if access else None
            yield GroupAccess(environment, group, mine, tuple(write_only.get(group, ())), people, is_safe)
    if _PLAIN in names:
        yield GroupAccess(environment, _PLAIN, tuple(names[_PLAIN]), (), (), None)


def _people(project: Project, header: Header, group: str, past: PastAccess) -> Iterator[PersonAccess]:
    policy = project.policy
    may = policy.open_to(header.environment, group) or ()
    access = header.access.get(group)
    owners = _owners(policy)
    now = {name for holder in (access.wrapped() if access else ()) for name in owners(holder)}
    ever = {name for holder in (past.holders(access.key_id) if access else ()) for name in owners(holder)}
    claims = past.claims(header, group) if access else {}
    for name in sorted({*now, *may, *ever, *claims}):
        kind = policy.recipients[name].kind if name in policy.recipients else ""
        refs = claims.get(name, ())
        yield PersonAccess(name, kind, name in now, name in may, name in ever and name not in now, refs)


def _owners(policy: Policy) -> Callable[[Holder], tuple[str, ...]]:
    """The policy's names for a key: what a header calls its owner is only the word of whoever wrote it.

    Whoever has the private key opens the stanza, so it is everybody who has a key of it.
    """
    names = names_by_opener(policy)
    by_recipient = {recipient_id(key): those for key, those in names.items()}
    for (_name, recipient), key in holders(policy, policy.recipients).items():
        by_recipient[recipient] = names[opener_of(key)]
    return lambda holder: by_recipient.get(holder[1], (holder[0],))
