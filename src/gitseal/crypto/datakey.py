"""Data keys: what one access group of one file shares, and both ways to seal under it (docs/format.md, section 4).

`DataKey` is the 32 secret bytes with the place they belong to; it seals (kind `s`) and opens both kinds. `PublicKey` is
its public half; it seals write-only values (kind `w`) and opens nothing.
"""

import os
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from gitseal.crypto.framing import frame
from gitseal.crypto.padding import pad, unpad
from gitseal.errors import Damaged, Error, Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` and the X25519 classes cost start-up time that opening an `s` value does not need
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import Suite

SIZE = 32
SEALED = "s"
WRITE_ONLY = "w"

_FIELD_PRIME = 2**255 - 19
_VALUE_INFO = "gitseal/v1/value"
_WRITE_ONLY_INFO = "gitseal/v1/write-only"
_KEY_ID_INFO = "gitseal/v1/key-id"
_CONTEXT = "gitseal/v1"


class Scope(NamedTuple):
    """Where a data key belongs: one access group in one environment file. Every derivation and context binds it."""

    file_id: str
    environment: str
    group: str


def _context(kind: str, scope: Scope, key_id: str, name: tuple[str, ...]) -> bytes:
    return frame(_CONTEXT, kind, *scope, key_id, *name)


def _hpke() -> "Suite":
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class PublicKey:
    """The public half of an access group's write-only pair, with the key id that it determines.

    `raw` is a u-coordinate of 32 bytes in the one canonical form (RFC 7748, section 5: below 2^255 - 19, high bit clear).
    Raises Malformed for any other.
    """

    __slots__ = ("key_id", "raw", "scope")

    def __init__(self, scope: Scope, raw: bytes) -> None:
        if len(raw) != SIZE or int.from_bytes(raw, "little") >= _FIELD_PRIME:
            raise Malformed(f'the public key of access group "{scope.group}" is not a canonical X25519 key')
        self.scope = scope
        self.raw = raw
        self.key_id = "k" + sha256(frame(_KEY_ID_INFO, *scope, raw)).hexdigest()[:32]

    def seal(self, name: tuple[str, ...], plaintext: bytes) -> bytes:
        """A write-only value (kind `w`): RFC 9180 HPKE, base mode. Whoever made it cannot read it again.

        Raises Error for a public key of low order.
        """
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        public = X25519PublicKey.from_public_bytes(self.raw)
        try:
            return _hpke().encrypt(pad(plaintext), public, _context(WRITE_ONLY, self.scope, self.key_id, name))
        except ValueError:
            raise Error(
                f'the public key of access group "{self.scope.group}" is of low order: it is no one\'s key'
            ) from None


class DataKey:
    """The data key of one access group in one file. Never copied to another scope.

    `secret` is 32 random bytes. The value key and the write-only pair are derived from it with HKDF-SHA256.
    """

    def __init__(self, scope: Scope, secret: bytes) -> None:
        if len(secret) != SIZE:
            raise Damaged(f'the data key of access group "{scope.group}" has {len(secret)} bytes, not {SIZE}')
        self.scope = scope
        self._secret = secret

    def __repr__(self) -> str:
        return f"DataKey({self.scope!r}, …)"

    @classmethod
    def generate(cls, scope: Scope) -> "DataKey":
        """A new random data key."""
        return cls(scope, os.urandom(SIZE))

    def reveal(self) -> bytes:
        """The 32 bytes, to be wrapped for a recipient and for nothing else."""
        return self._secret

    def _derive(self, label: str) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), SIZE, salt=b"", info=frame(label, *self.scope)).derive(self._secret)

    @cached_property
    def _value_key(self) -> bytes:
        return self._derive(_VALUE_INFO)

    @cached_property
    def _write_only_private(self) -> "X25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return X25519PrivateKey.from_private_bytes(self._derive(_WRITE_ONLY_INFO))

    @cached_property
    def public(self) -> PublicKey:
        """The public half, by which anyone seals write-only values and from which the key id follows."""
        return PublicKey(self.scope, self._write_only_private.public_key().public_bytes_raw())

    @property
    def key_id(self) -> str:
        """`k` and 32 hex digits; see docs/format.md, section 4."""
        return self.public.key_id

    def seal(self, name: tuple[str, ...], plaintext: bytes) -> bytes:
        """A value sealed by a holder of the data key (kind `s`), bound to its scope, key id and name."""
        encryptor = Cobblestone256Encryptor(self._value_key, _context(SEALED, self.scope, self.key_id, name))
        return encryptor.update(pad(plaintext)) + encryptor.finalize()

    def open(self, kind: str, name: tuple[str, ...], ciphertext: bytes) -> bytes:
        """The plaintext of a value of kind `s` or `w` that was sealed under this key at this name.

        Raises Damaged for everything else: another key, another place, damage and truncation look alike.
        """
        context = _context(kind, self.scope, self.key_id, name)
        try:
            if kind == SEALED:
                decryptor = Cobblestone256Decryptor(self._value_key, context)
                # The decryptor hands out whole chunks before it has seen the last tag; nothing is used before `finalize`.
                padded = decryptor.update(ciphertext) + decryptor.finalize()
            else:
                padded = _hpke().decrypt(ciphertext, self._write_only_private, context)
        except (InvalidTag, ValueError):
            raise Damaged("damaged or moved") from None
        return unpad(padded)
