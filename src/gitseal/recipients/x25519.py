"""age's own key type: `age1…` and `AGE-SECRET-KEY-1…` (C2SP age.md, "The X25519 recipient type")."""

from gitseal.crypto import bech32, points
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.recipients import rage
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.protocol import AgeHeader, Generated, Tier
from gitseal.recipients.rage import Key, pyrage
from gitseal.recipients.stanza import parse_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.dialogue import Dialogue

_TYPE = "X25519"
_HINT = "copy the whole line that keygen printed: age1 and 58 more characters, in lower case"


class X25519Recipient:
    """The public half of an age key: 32 bytes, a point on Curve25519."""

    __slots__ = ("_key", "canonical")

    def __init__(self, canonical: str, key: Key) -> None:
        self.canonical = canonical
        self._key = key

    def __repr__(self) -> str:
        return f"X25519Recipient({self.canonical!r})"

    def wrap(self, data_key: bytes, _dialogue: "Dialogue | None" = None) -> bytes:
        """See `Recipient.wrap`. It never fails: every point that wraps to nobody was refused by `parse`."""
        return rage.wrap(data_key, self, self._key)

    def fits(self, header: AgeHeader) -> bool:
        """True if it is an X25519 stanza. age leaves out for whom, so any other X25519 key fits as well."""
        return header.type == _TYPE


class X25519Identity:
    """The private half of an age key. pyrage holds the secret bytes; nothing here keeps the text they came from."""

    __slots__ = ("_id", "_key", "label", "recipient", "tier")

    def __init__(self, key: Key, label: str) -> None:
        self._key = key
        self.label = label
        self.recipient = str(key.to_public())
        self._id = recipient_id(self.recipient)
        self.tier = Tier.PLAIN

    def __repr__(self) -> str:
        return f"X25519Identity({self.label!r}, {self.recipient!r})"

    def wants(self, recipient_id: str) -> bool:
        """True if the stanza stands under the id of its own public half."""
        return recipient_id == self._id

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`."""
        if parse_header(stanza).type != _TYPE:
            return None  # pyrage would say the same, at the cost of an exception
        return rage.unwrap(stanza, self._key)

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`."""
        return rage.open_file(file, self._key)


def public_half(scalar: bytes) -> bytes:
    """The X25519 public key of a private scalar of 32 bytes (RFC 7748).

    By pyrage, which whoever opens a stanza has loaded: the first such operation of `cryptography` takes 20 ms, this less
    than one. Both run in constant time.
    """
    identity = pyrage.x25519.Identity.from_str(bech32.encode("age-secret-key-", scalar).upper())
    public = bech32.payload(str(identity.to_public()))
    if public is None:
        raise ValueError("pyrage writes a recipient that is no bech32")
    return public


def parse(text: str) -> X25519Recipient:
    """Parse `age1…`. Raises Error if it is mistyped, in a second spelling, or a key that anybody could open."""
    try:
        key = pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Error("the age recipient is mistyped or cut short", _HINT) from None
    # Bech32 allows upper case too. Ids and comparisons are made of the text, so one key must have one spelling.
    if str(key) != text:
        raise Error("the age recipient is not in its canonical spelling", _HINT)
    # pyrage parses points of low order as well. What is wrapped to one of them, everybody can unwrap.
    point = bech32.payload(text)
    if point is None or not points.good_x25519(point):
        raise Error("the age recipient is a weak point, which everyone can open", "ask for another key")
    return X25519Recipient(text, key)


def parse_identity(text: str, label: str, _dialogue: "Dialogue | None" = None) -> X25519Identity:
    """Parse `AGE-SECRET-KEY-1…`; `label` names it in messages. Nobody is asked: such a key needs no passphrase.

    Raises Error if a character is wrong, without quoting the line.
    """
    try:
        key = pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Error(f'"{label}" is not a whole age identity', "one character is wrong; restore a backup") from None
    return X25519Identity(key, label)


def generate() -> Generated:
    """Make a new identity from the system's randomness, with the comment that age-keygen writes above it.

    age-keygen writes a date too; there is no clock here.
    """
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    return Generated(SecretBytes(f"# public key: {recipient}\n{key}\n".encode()), recipient)
