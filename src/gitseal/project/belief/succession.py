"""Succession: the proof, in a header, that its data key replaced another by the hand of someone who held that one.

A former member held the old key too, and can make such a proof. So a review shows every replaced key, for a person to read
(SECURITY.md).
"""

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import PublicKey
from gitseal.crypto.token_kinds import SEALED
from gitseal.document.header import public_text, succession_path
from gitseal.document.token import Token
from gitseal.document.value import TypedValue, ValueType, from_plaintext, to_plaintext
from gitseal.errors import Error


def token_of(old: DataKey, new: PublicKey) -> Token:
    """The token, under the old key, by which whoever held it accepts the new one."""
    group = old.scope.group
    return Token.of(SEALED, group, old.key_id, old.seal(succession_path(group), to_plaintext(_naming(new))))


def is_proof(token: Token, old: DataKey, new: PublicKey) -> bool:
    """True if a token under `old` names exactly `new`."""
    # The path is one that no secret can have, so no value that was sealed under the key can be passed off as a proof.
    try:
        value = from_plaintext(old.open(token.kind, succession_path(old.scope.group), token.ciphertext()))
    except Error:
        return False
    return token.kind == SEALED and value == _naming(new)


def _naming(new: PublicKey) -> TypedValue:
    return TypedValue(ValueType.TEXT, f"{new.key_id} {public_text(new)}".encode())
