"""Succession: the proof, in a header, that its data key replaced another by the hand of someone who held that one.

A former member held the old key too and can forge one: offboarding therefore shows up in a review, always to be read
by a person (SECURITY.md).
"""

from collections.abc import Mapping
from typing import NamedTuple

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import SEALED, PublicKey
from gitseal.document.header import Access, Header, public_text, succession_path
from gitseal.document.token import Stanza, Token
from gitseal.document.value import TypedValue, ValueType, from_plaintext, to_plaintext
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project import history, keys
from gitseal.project.project import Project

_MAX_STEPS = 64


def token_of(old: DataKey, new: PublicKey) -> Token:
    """The token, under the old key, by which whoever held it accepts the new one."""
    group = old.scope.group
    return Token.of(SEALED, group, old.key_id, old.seal(succession_path(group), to_plaintext(_naming(new))))


def is_proof(token: Token, old: DataKey, new: PublicKey) -> bool:
    """True if a token under `old` names exactly `new`."""
    try:
        value = from_plaintext(old.open(token.kind, succession_path(old.scope.group), token.ciphertext()))
    except Error:
        return False
    return token.kind == SEALED and value == _naming(new)


class Believed(NamedTuple):
    """A data key that a clone believes: its id, and its stanzas by recipient id."""

    key_id: str
    stanzas: Mapping[str, Stanza]


def leads_back(project: Project, header: Header, group: str, believed: Believed, keyring: Keyring) -> bool:
    """True if a group's key succeeds a believed one, in one step or several.

    The keys between are found in the file's history; each step has to be proved by the key before it, which the
    identities at hand must have held.
    """
    access = header.access[group]
    between: dict[str, Access] | None = None
    for _ in range(_MAX_STEPS):
        token = access.succeeds
        if token is None or token.group != group:
            return False
        before, wrapped = None, believed.stanzas
        if token.key_id != believed.key_id:
            between = history.blocks(project, header, group) if between is None else between
            before = between.get(token.key_id)
            if before is None:
                return False
            wrapped = before.by_recipient()
        old = keys.unwrap(header.scope(group), token.key_id, wrapped, keyring, genuine=True)
        if old is None or not is_proof(token, old, access.public):
            return False
        if before is None:
            return True
        access = before
    return False


def _naming(new: PublicKey) -> TypedValue:
    return TypedValue(ValueType.TEXT, f"{new.key_id} {public_text(new)}".encode())
