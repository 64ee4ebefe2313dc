"""The two halves of every key type, and the header of the age file that passes between them.

Each kind of key is one file beside this one, with both halves in it; the table of kinds is in `kinds`.
"""

from gitseal.hidden import SecretBytes
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.records import Enum, NamedTuple, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class AgeHeader(NamedTuple):
    """The one stanza that counts in an age header: its type, its further arguments as written, its decoded body."""

    type: str
    arguments: tuple[str, ...]
    body: bytes


class Generated(NamedTuple):
    """A new identity: `text` is the whole file to keep secret, `recipient` the public half to hand out."""

    text: SecretBytes
    recipient: str


class Tier(Enum):
    """The costs of trying an identity. Cheaper ones are tried first, so that nobody is asked if a key serves."""

    PLAIN = 0
    LOCKED = 1  # its public half is known, so the passphrase is asked for only if it will serve
    PLUGIN = 2
    SEALED = 3  # what it is shows only after the passphrase
    CLOUD = 4  # a key service is called


class Recipient(Protocol):
    """A public key that a data key can be wrapped to."""

    @property
    def canonical(self) -> str:
        """The one spelling of this key, under which it is known, compared and hashed."""

    def wrap(self, data_key: bytes, dialogue: Dialogue = NOBODY, /) -> bytes:
        """Wrap 32 bytes as a binary age file for this recipient alone; a plugin may ask. Raises Error if it fails."""

    def fits(self, header: AgeHeader) -> bool:
        """True if a stanza of this form can be for this key. Without the private half that is often all that shows."""


class Identity(Protocol):
    """A private key, or the way to one. Its repr shows its label and no key."""

    @property
    def label(self) -> str:
        """In words for a person: the file or the variable that it came from."""

    @property
    def recipient(self) -> str | None:
        """The canonical public half, or None while it is not known (a plugin, or still behind a passphrase)."""

    @property
    def tier(self) -> Tier:
        """The cost of trying this identity; it may fall once the identity was opened."""

    def wants(self, recipient_id: str) -> bool:
        """True if a stanza under this id may be its own; True for every id while the public half is not known."""

    def unwrap(self, stanza: bytes) -> bytes | None:
        """The 32-byte data key in the stanza, or None if the stanza is for another identity: try the next one.

        Raises Malformed or Damaged if the stanza is broken, and Error if the identity is of no use (a passphrase that is
        wrong or cannot be asked for, a plugin that is missing or fails).
        """

    def open_file(self, file: bytes) -> bytes | None:
        """The content of a whole age file with any number of recipients, or None if none of them is this identity.

        Raises Error as `unwrap` does.
        """


def foresee(identity: Identity, stanzas: "Iterable[bytes]") -> None:
    """Tells an identity which stanzas it will be tried on next: a plugin then opens all of them in one conversation."""
    told = getattr(identity, "foresee", None)
    if told is not None:
        told(stanzas)
