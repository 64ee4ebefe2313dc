"""The key of a mark whose text holds values of several access groups (docs/format.md, section 12).

It follows from the data keys of all of them. By the key of one group, whoever opens that group alone could try guesses of the
others' values against a mark, which everybody at the store reads.
"""

from collections.abc import Iterable
from functools import cached_property

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.crypto.public_key import SIZE
from gitseal.records import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.datakey import DataKey

_LABEL = "gitseal/v1/publish-composed"
_ID_DIGITS = 32


class MarkKey(Protocol):
    """What marks are made with: a data key, or one that is composed of several."""

    @property
    def key_id(self) -> str:
        """`k` and 32 hex digits."""
        raise NotImplementedError

    def published_mac(self, *parts: str | bytes) -> bytes:
        """The 32 bytes by which whoever has this key knows a published value again."""
        raise NotImplementedError


class ComposedKey:
    """The key of two or more data keys. `key_ids` are theirs, in order."""

    def __init__(self, keys: "Iterable[DataKey]") -> None:
        by_id = {key.key_id: key for key in keys}
        self.key_ids = tuple(sorted(by_id))
        self.key_id = composed_id(self.key_ids)
        self._keys = [by_id[key_id] for key_id in self.key_ids]

    def __repr__(self) -> str:
        return f"ComposedKey({self.key_ids!r})"

    def published_mac(self, *parts: str | bytes) -> bytes:
        """See `DataKey.published_mac`. Who lacks one of the data keys cannot make it."""
        import hmac  # only `publish` needs it

        return hmac.digest(self._secret, frame(*parts), "sha256")

    @cached_property
    def _secret(self) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        # Each is 32 bytes and bound to its own scope, so joined they mean one list of keys and no other.
        secrets = b"".join(key.publish_key() for key in self._keys)
        return HKDF(SHA256(), SIZE, salt=b"", info=frame(_LABEL, *self.key_ids)).derive(secrets)


def composed_id(key_ids: Iterable[str]) -> str:
    """The id of the key that is composed of these."""
    return "k" + sha256_hex(frame(_LABEL, *sorted(key_ids)))[:_ID_DIGITS]


def mark_key(keys: "Iterable[DataKey]") -> MarkKey | None:
    """The key of a text by the data keys of all values in it: theirs if it is one, else a composed one. None without any."""
    distinct = {key.key_id: key for key in keys}
    if len(distinct) > 1:
        return ComposedKey(distinct.values())
    return next(iter(distinct.values()), None)
