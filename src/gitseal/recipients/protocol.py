"""The two halves of every key type, and the header of the age file that passes between them.

One file beside this one holds one key type with both halves; `gitseal.recipients` and `identity_file` hold the tables.
"""

from enum import IntEnum
from typing import NamedTuple, Protocol


class AgeHeader(NamedTuple):
    """The one stanza that counts in an age header: its type, its further arguments as written, its decoded body."""

    type: str
    arguments: tuple[str, ...]
    body: bytes


class Tier(IntEnum):
    """What trying an identity costs; the cheaper is tried first."""

    PLAIN = 0
    LOCKED = 1  # its public half is known, so the passphrase is asked for only where it will serve
    PLUGIN = 2
    SEALED = 3  # what it is shows only after the passphrase


class Recipient(Protocol):
    """A public key that a data key can be wrapped to."""

    @property
    def canonical(self) -> str:
        """The one spelling of this key, under which it is known, compared and hashed."""

    def wrap(self, data_key: bytes) -> bytes:
        """Wrap 32 bytes; gives a binary age file for this recipient alone. Raises Error where a plugin fails."""

    def fits(self, header: AgeHeader) -> bool:
        """Whether a stanza of this form can be for this key, as far as that shows without its private half."""


class Identity(Protocol):
    """A private key, or the way to one. Its repr shows its label and no key."""

    @property
    def label(self) -> str:
        """Where it was found, in words for a person."""

    @property
    def recipient(self) -> str | None:
        """The canonical public half, or None where it is not known (a plugin, or still behind a passphrase)."""

    @property
    def tier(self) -> Tier:
        """What trying it costs."""

    def wants(self, recipient_id: str) -> bool:
        """Whether a stanza under this id may be its own; True for all where the public half is not known."""

    def unwrap(self, stanza: bytes) -> bytes | None:
        """Open the 32-byte data key; None means that the stanza is not for this identity, try the next.

        Raises Malformed or Damaged where the stanza is broken, and Error where the identity does not serve (a
        passphrase that is not at hand or wrong, a plugin that is missing or fails).
        """
