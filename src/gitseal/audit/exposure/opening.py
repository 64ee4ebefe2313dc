"""The values of all of history, opened with the identities at hand as far as they serve."""

from gitseal.audit.exposure.timeline import Timeline
from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.document.token import Token, parse_stanza, parse_token
from gitseal.document.value import TypedValue, ValueType, from_plaintext
from gitseal.errors import Error, Malformed
from gitseal.identities import Keyring
from gitseal.project.keys import unwrap
from gitseal.yamltext import scalars


class PastValues:
    """Opens the values of a timeline. Each data key is unwrapped once, by any stanza that was ever made for it."""

    def __init__(self, timeline: Timeline, keyring: Keyring) -> None:
        self._timeline = timeline
        self._keyring = keyring
        self._keys: dict[str, DataKey | None] = {}

    def opened(self, name: str, value: str) -> TypedValue | None:
        """A value of this name, plain or sealed; None if nothing at hand opens it, or if it is damaged or was moved."""
        try:
            token = parse_token(value, 0)
            if token is None:
                return _plain(value)
            key = self._key(token)
            return (
                from_plaintext(key.open(token.kind, tuple(name.split("/")), token.ciphertext()))
                if key is not None
                else None
            )
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


def _plain(source: str) -> TypedValue:
    try:
        value = scalars.parse(source, 0)
    except Malformed:
        value = None
    content = value if isinstance(value, str) else source
    return TypedValue(ValueType.TEXT, content.encode("utf-8", "surrogateescape"))
