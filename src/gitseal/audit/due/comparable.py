"""The values of history as texts that are equal if the values are, as far as the identities at hand open them.

Sealing is randomised, so two tokens of one value differ, and without a key only `is_new_value` can say what that means. A value
that opens stands here as a digest of its content, and so does a plain one: then nothing has to be concluded.
"""

import os
from collections.abc import Sequence

from gitseal.audit.exposure.timeline import Name, Timeline, ValueChange
from gitseal.crypto.datakey import DataKey
from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.public_key import Scope
from gitseal.document.token import Token, parse_stanza, parse_token
from gitseal.document.value import from_plaintext
from gitseal.errors import Error, Malformed
from gitseal.identities import Keyring
from gitseal.project.keys import unwrap
from gitseal.yamltext import scalars


class ComparableValues:
    """The values of one timeline, opened with the identities in `keyring`. Each data key is unwrapped once."""

    def __init__(self, timeline: Timeline, keyring: Keyring) -> None:
        self._timeline = timeline
        self._keyring = keyring
        self._keys: dict[str, DataKey | None] = {}
        # The digests never leave the process, but a traceback might: with a salt they say nothing of a short value.
        self._salt = os.urandom(32)
        self._texts: dict[tuple[str, str], str] = {}

    def changes(self, name: Name) -> list[ValueChange]:
        """The changes of a name. Those that left the value as it was are no longer there."""
        compared = (
            change._replace(before=self.text(name[1], change.before), after=self.text(name[1], change.after))
            for change in self._timeline.changes[name]
        )
        return [change for change in compared if change.before != change.after]

    def text(self, name: str, value: str) -> str:
        """The text that stands for a value of this name; the token itself if it does not open, and nothing for no value."""
        if (name, value) not in self._texts:
            content = self._content(tuple(name.split("/")), value) if value else None
            # No token looks like it, so `sealed_under` takes it for plain: what is known is as certain as that.
            text = f"={sha256_hex(self._salt + content)}" if content is not None else value
            self._texts[name, value] = text
        return self._texts[name, value]

    def _content(self, path: Sequence[str], value: str) -> bytes | None:
        try:
            token = parse_token(value, 0)
            if token is None:
                return _plain_content(value)
            key = self._key(token)
            if key is None:
                return None
            return from_plaintext(key.open(token.kind, tuple(path), token.ciphertext())).reveal()
        except Error:
            return None  # damaged, moved, or of a later version: no more is known of it than without a key

    def _key(self, token: Token) -> DataKey | None:
        if token.key_id not in self._keys:
            self._keys[token.key_id] = self._unwrapped(token.key_id)
        return self._keys[token.key_id]

    def _unwrapped(self, key_id: str) -> DataKey | None:
        past = self._timeline.keys.get(key_id)
        if past is None:
            return None
        scope = Scope(past.file_id, past.environment, past.access)
        stanzas = ((recipient, parse_stanza(one.text, 0)) for (_name, recipient), one in past.stanzas.items())
        try:
            return unwrap(scope, key_id, stanzas, self._keyring)
        except Error:
            return None


def _plain_content(source: str) -> bytes:
    try:
        value = scalars.parse(source, 0)
    except Malformed:
        value = None
    return (value if isinstance(value, str) else source).encode("utf-8", "surrogateescape")
