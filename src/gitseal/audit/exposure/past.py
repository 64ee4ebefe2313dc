"""What history tells, as frozen values: what was changed and when, of values, of data keys and of policies."""

import re
from collections.abc import Iterator

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import token_grammar
from gitseal.records import NamedTuple

_TOKEN = re.compile(token_grammar.TOKEN_START)


class Moment(NamedTuple):
    """The commit that did something, as it says of itself; `when` in seconds since 1970.

    `ref` is empty for the history of HEAD, else the full name of a ref that leads to the commit. Of what is in no commit yet
    all is empty.
    """

    when: int = 0
    commit: str = ""
    who: str = ""
    email: str = ""
    ref: str = ""


class ValueChange(NamedTuple):
    """One commit's change of one name. `before` and `after` are the value as the file has it, empty if there is none."""

    before: str
    after: str
    at: Moment


class PolicyChange(NamedTuple):
    """One commit's change of a policy. `before` has its text in each parent; None stands for no policy."""

    before: tuple[bytes | None, ...]
    after: bytes | None
    at: Moment


class SealedUnder(NamedTuple):
    """What a value says of its data key: the kind of token, the access group, the key's id."""

    kind: str
    access: str
    key_id: str


class StanzaPast(NamedTuple):
    """A stanza with the moment from which it was published."""

    text: str
    at: Moment


class KeyPast(NamedTuple):
    """A data key: the scope that it belongs to, and every stanza ever made for it, by person and recipient id."""

    file_id: str
    environment: str
    access: str
    stanzas: dict[tuple[str, str], StanzaPast]


Name = tuple[str, str]
"""An environment, and a name in it."""


def sealed_under(value: str) -> SealedUnder | None:
    """The data key of a value; None if it stands plain."""
    token = _TOKEN.match(value)
    return SealedUnder(token[1], token[2], token[3]) if token else None


def is_new_value(change: ValueChange) -> bool:
    """True if a change certainly gave the name another value.

    It did not for certain if the value only came under another data key, out of the plain, or if a member took over what was
    set without reading.
    """
    if not change.before or not change.after:
        return bool(change.after)
    before, after = sealed_under(change.before), sealed_under(change.after)
    if before is None or after is None:
        return before is after
    return before.key_id == after.key_id and not (before.kind == WRITE_ONLY and after.kind != WRITE_ONLY)


def age_order(at: Moment) -> tuple[bool, bool, int]:
    """What moments are sorted by: first the history of HEAD, its oldest first; last what is in no commit."""
    return bool(at.ref), not at.commit, at.when


def earliest(moments: Iterator[Moment]) -> Moment:
    """The first of some moments: one in the history of HEAD if there is one."""
    return min(moments, key=age_order)


def in_time(at: Moment) -> tuple[bool, int]:
    """What moments are sorted by, oldest first; what is in no commit yet is later than all that is."""
    return not at.commit, at.when
