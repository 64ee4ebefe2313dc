"""Counts the approvals of a change against what one policy asks for. Pure: who signed what is known already.

Approvals count path by path. One counts if the whole of what it approves is what happened, byte for byte: then two approvals
that share a path agree about it, and any number of them put together are one change after the other. So no search is needed
for the sequence of approved changes that makes up the whole change.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gitseal.audit.verify.approvals.statement import ApprovedChange


class Signer(NamedTuple):
    """A person, machine or forge of the policy, and the fingerprint of the key that signed."""

    name: str
    key: str


class Ask(NamedTuple):
    """A path that takes `needed` approvals, by people among `who`."""

    path: str
    needed: int
    who: frozenset[str]


class Approval(NamedTuple):
    """Changes that somebody approved. The signature is theirs, and nothing has happened since that made it void."""

    approver: Signer
    changes: tuple[ApprovedChange, ...]


class Count(NamedTuple):
    """The answer to one `Ask`: who gave an approval, and who else could."""

    path: str
    needed: int
    given: tuple[str, ...]
    could: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """True if enough people approved."""
        return len(self.given) >= self.needed


def count(
    change: Mapping[str, ApprovedChange],
    asks: Sequence[Ask],
    approvals: Collection[Approval],
    authors: Mapping[str, Collection[Signer]],
) -> list[Count]:
    """Counts the approvals of a change, for each path that asks for some.

    `change` is all that differs, by path. `authors` are the signers of the commits that touched a path on the way: nobody
    approves what they signed themselves.
    """
    fitting = [approval for approval in approvals if all(change.get(part.path) == part for part in approval.changes)]
    names = _names_by_key(
        [*(approval.approver for approval in fitting), *(one for those in authors.values() for one in those)]
    )
    approvers: dict[str, set[str]] = {}
    for approval in fitting:
        # One key that speaks for two names is one person or two: nobody can tell, so it approves nothing.
        if len(names[approval.approver.key]) == 1 and not _is_author(approval, authors):
            for part in approval.changes:
                approvers.setdefault(part.path, set()).add(approval.approver.name)
    return [_counted(ask, approvers.get(ask.path, set()), authors.get(ask.path, ())) for ask in asks]


def _counted(ask: Ask, approvers: set[str], authors: Collection[Signer]) -> Count:
    given = approvers & ask.who
    could = ask.who - given - {author.name for author in authors}
    return Count(ask.path, ask.needed, tuple(sorted(given)), tuple(sorted(could)))


def _is_author(approval: Approval, authors: Mapping[str, Collection[Signer]]) -> bool:
    """True if the approver signed a commit in what they approve, by name or with the same key."""
    signers = {signer for part in approval.changes for signer in authors.get(part.path, ())}
    return any(approval.approver.name == signer.name or approval.approver.key == signer.key for signer in signers)


def _names_by_key(signers: Collection[Signer]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for signer in signers:
        names.setdefault(signer.key, set()).add(signer.name)
    return names
