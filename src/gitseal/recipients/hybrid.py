"""age's post-quantum keys: `age1pq1…` and `AGE-SECRET-KEY-PQ-1…` (C2SP age.md, "The MLKEM768-X25519 recipient type").

ML-KEM-768 and X25519 together, by HPKE: what is wrapped to such a key stays closed as long as one of the two holds.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from gitseal.crypto import bech32, points
from gitseal.errors import Damaged, Error
from gitseal.hidden import SecretBytes
from gitseal.recipients import age_file
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.protocol import AgeHeader, Generated, Tier
from gitseal.recipients.stanza import decode, encode, parse_header, parse_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.dialogue import Dialogue

TYPE = "mlkem768x25519"
_PUBLIC, _PRIVATE = "age1pq", "age-secret-key-pq-"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"age-encryption.org/mlkem768x25519"
_SEED = 32
_ENCAPSULATED = 1120
# The public key: ML-KEM's encapsulation key, then X25519's point.
_ML_KEM, _POINT = 1184, 32
_ML_KEM_SEED = 64
_HINT = "copy the whole line that keygen printed: age1pq1 and 1,952 more characters, in lower case"


class HybridRecipient:
    """The public half of a post-quantum age key: 1,216 bytes."""

    __slots__ = ("_key", "canonical")

    def __init__(self, canonical: str, key: MLKEM768X25519PublicKey) -> None:
        self.canonical = canonical
        self._key = key

    def __repr__(self) -> str:
        return f"HybridRecipient({self.canonical!r})"

    def wrap(self, data_key: bytes, _dialogue: "Dialogue | None" = None) -> bytes:
        """See `Recipient.wrap`."""
        return age_file.wrap(data_key, self, self.wrap_file_key)

    def wrap_file_key(self, file_key: bytes) -> age_file.WrappedFileKey:
        """The stanza of an age file that has this file key."""
        sealed = _SUITE.encrypt(file_key, self._key, _INFO)
        return age_file.WrappedFileKey(TYPE, (encode(sealed[:_ENCAPSULATED]),), sealed[_ENCAPSULATED:])

    def fits(self, header: AgeHeader) -> bool:
        """True if it is a post-quantum stanza. It does not say for whom, so any other such key fits as well."""
        return header.type == TYPE


class HybridIdentity:
    """The private half of a post-quantum age key. `cryptography` holds the secret bytes."""

    __slots__ = ("_id", "_key", "label", "recipient", "tier")

    def __init__(self, key: MLKEM768X25519PrivateKey, recipient: str, label: str) -> None:
        self._key = key
        self.label = label
        self.recipient = recipient
        self._id = recipient_id(recipient)
        self.tier = Tier.PLAIN

    def __repr__(self) -> str:
        return f"HybridIdentity({self.label!r}, {self.recipient!r})"

    def wants(self, recipient_id: str) -> bool:
        """True if the stanza stands under the id of its own public half."""
        return recipient_id == self._id

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`."""
        file_key = self.file_key(parse_header(stanza))
        return age_file.unwrap(stanza, file_key) if file_key is not None else None

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`."""
        for header in parse_headers(file):
            file_key = self.file_key(header)
            if file_key is not None:
                return age_file.open_payload(file, file_key)
        return None

    def file_key(self, header: AgeHeader) -> bytes | None:
        """The file key of 16 bytes in a stanza with the lengths of its type, or None if it is for another key.

        Raises Damaged if the stanza's X25519 half is a point with which every key agrees on the same secret.
        """
        if header.type != TYPE:
            return None
        encapsulated = decode(header.arguments[0].encode(), "the stanza's argument")
        if not points.good_x25519(encapsulated[-_POINT:]):
            raise Damaged("the stanza does not open: it is damaged")
        try:
            return _SUITE.decrypt(encapsulated + header.body, self._key, _INFO)
        except InvalidTag:
            return None


def parse(text: str) -> HybridRecipient:
    """Parse `age1pq1…`. Raises Error if it is mistyped, in a second spelling, or a key that anybody could open."""
    data = bech32.payload(text)
    if not bech32.is_whole(text) or data is None or len(data) != _ML_KEM + _POINT:
        raise Error("the post-quantum age recipient is mistyped or cut short", _HINT)
    encapsulation_key, point = data[:_ML_KEM], data[_ML_KEM:]
    if not points.good_x25519(point):
        raise Error("the age recipient is a weak point, which everyone can open", "ask for another key")
    try:
        ml_kem = MLKEM768PublicKey.from_public_bytes(encapsulation_key)
    except ValueError:
        raise Error("the post-quantum age recipient is no key of ML-KEM-768", _HINT) from None
    return HybridRecipient(text, MLKEM768X25519PublicKey(ml_kem, X25519PublicKey.from_public_bytes(point)))


def parse_identity(text: str, label: str, _dialogue: "Dialogue | None" = None) -> HybridIdentity:
    """Parse `AGE-SECRET-KEY-PQ-1…`; `label` names it in messages. Nobody is asked: such a key needs no passphrase.

    Raises Error if a character is wrong, without quoting the line.
    """
    lowered = text.lower()
    seed = bech32.payload(lowered)
    # Bech32 allows either case, and no mixture.
    if text not in {lowered, text.upper()} or not bech32.is_whole(lowered) or seed is None or len(seed) != _SEED:
        raise Error(f'"{label}" is not a whole age identity', "one character is wrong; restore a backup") from None
    return _identity(seed, label)


def generate() -> Generated:
    """Make a new identity from the system's randomness, with the comment that age-keygen writes above it."""
    seed = os.urandom(_SEED)
    recipient = _identity(seed, "a new identity").recipient
    text = bech32.encode(_PRIVATE, seed).upper()
    return Generated(SecretBytes(f"# public key: {recipient}\n{text}\n".encode()), recipient)


def _identity(seed: bytes, label: str) -> HybridIdentity:
    """Both private keys follow from one seed (draft-ietf-hpke-pq, as X-Wing does it), and the public half from them."""
    from hashlib import shake_256

    expanded = shake_256(seed).digest(_ML_KEM_SEED + _POINT)
    ml_kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_ML_KEM_SEED])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[_ML_KEM_SEED:])
    public = ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return HybridIdentity(MLKEM768X25519PrivateKey(ml_kem, x25519), bech32.encode(_PUBLIC, public), label)
