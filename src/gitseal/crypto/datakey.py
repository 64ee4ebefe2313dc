"""Data keys: what one access group of one file shares, and both ways to seal under it (docs/format.md, section 4).

`DataKey` is the 32 secret bytes with the place they belong to; it seals (kind `s`) and opens both kinds. `PublicKey` is
its public half; it seals write-only values (kind `w`) and opens nothing.
"""

import os
from functools import cached_property
from typing import NamedTuple

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame, frame_parts, u32be
from gitseal.crypto.padding import pad, unpad
from gitseal.crypto.points import good_x25519
from gitseal.errors import Damaged, DamagedOrMoved, Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` and the X25519 classes cost start-up time that opening an `s` value does not need
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import Suite

SIZE = 32
SEALED = "s"
WRITE_ONLY = "w"

_VALUE_INFO = "gitseal/v1/value"
_WRITE_ONLY_INFO = "gitseal/v1/write-only"
_KEY_ID_INFO = "gitseal/v1/key-id"
_CONTEXT = "gitseal/v1"
_BEGINNING_PARTS = 6


class Scope(NamedTuple):
    """Where a data key belongs: one access group in one environment file. Every derivation and context binds it."""

    file_id: str
    environment: str
    group: str


def _context(beginning: bytes, name: tuple[str, ...]) -> bytes:
    """`L("gitseal/v1", kind, file id, environment, group, key id, part1, ..., partn)` of docs/format.md, section 4."""
    chunks = [u32be(_BEGINNING_PARTS + len(name)), beginning]
    for part in name:
        content = part.encode()
        chunks.append(len(content).to_bytes(4, "big"))
        chunks.append(content)
    return b"".join(chunks)


def _beginning(kind: str, scope: Scope, key_id: str) -> bytes:
    """What the contexts of one key and kind have in common: framed once, not for each of 100,000 values."""
    return frame_parts(_CONTEXT, kind, *scope, key_id)


def _hpke() -> "Suite":
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class PublicKey:
    """The public half of an access group's write-only pair, with the key id that it determines.

    `raw` is a u-coordinate of 32 bytes in the one canonical form (RFC 7748, section 5: below 2^255 - 19, high bit clear).
    Raises Malformed for any other, and for the points of low order: what is sealed to those is open to everyone.
    """

    __slots__ = ("_beginning", "key_id", "raw", "scope")

    def __init__(self, scope: Scope, raw: bytes) -> None:
        if len(raw) != SIZE or not good_x25519(raw):
            raise Malformed(f'the public key of access group "{scope.group}" is not a canonical X25519 key')
        self.scope = scope
        self.raw = raw
        self.key_id = "k" + sha256_hex(frame(_KEY_ID_INFO, *scope, raw))[:32]
        self._beginning = _beginning(WRITE_ONLY, scope, self.key_id)

    def seal(self, name: tuple[str, ...], plaintext: bytes) -> bytes:
        """A write-only value (kind `w`): RFC 9180 HPKE, base mode. Whoever made it cannot read it again."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        public = X25519PublicKey.from_public_bytes(self.raw)
        return _hpke().encrypt(pad(plaintext), public, _context(self._beginning, name))


class DataKey:
    """The data key of one access group in one file. Never copied to another scope.

    `secret` is 32 random bytes. The value key and the write-only pair are derived from it with HKDF-SHA256. `claimed` is the
    key id that a file gives it: opening binds to that id without deriving the pair, which costs a fifth of a short
    command's time. Before anything is sealed or wrapped, `is_genuine` must hold.
    """

    def __init__(self, scope: Scope, secret: bytes, claimed: str = "") -> None:
        if len(secret) != SIZE:
            raise Damaged(f'the data key of access group "{scope.group}" has {len(secret)} bytes, not {SIZE}')
        self.scope = scope
        self._secret = secret
        self._claimed = claimed

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
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), SIZE, salt=b"", info=frame(label, *self.scope)).derive(self._secret)

    @cached_property
    def _beginnings(self) -> dict[str, bytes]:
        return {kind: _beginning(kind, self.scope, self.key_id) for kind in (SEALED, WRITE_ONLY)}

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
        return self._claimed or self.public.key_id

    @property
    def is_genuine(self) -> bool:
        """Whether the key id follows from the secret, as it does for every key that was not swapped under its id."""
        return self.key_id == self.public.key_id

    def seal(self, name: tuple[str, ...], plaintext: bytes) -> bytes:
        """A value sealed by a holder of the data key (kind `s`), bound to its scope, key id and name."""
        encryptor = Cobblestone256Encryptor(self._value_key, _context(self._beginnings[SEALED], name))
        return encryptor.update(pad(plaintext)) + encryptor.finalize()

    def opener(self) -> "Callable[[str, bytes], bytes]":
        """What `open` does for kind `s` and names of one part, as a function of name and ciphertext, for many values.

        All that the values have in common is done here, once. The function raises as `open` does.
        """
        key, beginning = self._value_key, u32be(_BEGINNING_PARTS + 1) + self._beginnings[SEALED]

        def opened(name: str, ciphertext: bytes) -> bytes:
            part = name.encode()
            try:
                decryptor = Cobblestone256Decryptor(key, beginning + len(part).to_bytes(4, "big") + part)
                padded = decryptor.update(ciphertext) + decryptor.finalize()
            except (InvalidTag, ValueError):
                raise DamagedOrMoved("damaged or moved") from None
            return unpad(padded)

        return opened

    def open(self, kind: str, name: tuple[str, ...], ciphertext: bytes) -> bytes:
        """The plaintext of a value of kind `s` or `w` that was sealed under this key at this name.

        Raises Damaged for everything else: another key, another place, damage and truncation look alike.
        """
        context = _context(self._beginnings[kind], name)
        try:
            if kind == SEALED:
                decryptor = Cobblestone256Decryptor(self._value_key, context)
                # The decryptor hands out whole chunks before it has seen the last tag; nothing is used before `finalize`.
                padded = decryptor.update(ciphertext) + decryptor.finalize()
            else:
                padded = _hpke().decrypt(ciphertext, self._write_only_private, context)
        except (InvalidTag, ValueError):
            raise DamagedOrMoved("damaged or moved") from None
        return unpad(padded)
