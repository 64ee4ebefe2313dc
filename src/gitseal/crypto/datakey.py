"""Data keys: what one access group of one file shares, and both ways to seal under it (docs/format.md, section 4).

`DataKey` is the 32 secret bytes with the place they belong to; it seals (kind `s`) and opens both kinds. `PublicKey` is
its public half; it seals write-only values (kind `w`) and opens nothing.
"""

import os
from functools import cached_property

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256

from gitseal.crypto.framing import frame, u32be
from gitseal.crypto.padding import pad, unpad
from gitseal.crypto.public_key import (
    BEGINNING_PARTS,
    SIZE,
    PublicKey,
    Scope,
    beginning,
    context,
    hpke,
)
from gitseal.crypto.token_kinds import SEALED, WRITE_ONLY
from gitseal.errors import Damaged, DamagedOrMoved

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` and the X25519 classes cost start-up time that opening an `s` value does not need
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_VALUE_INFO = "gitseal/v1/value"
_WRITE_ONLY_INFO = "gitseal/v1/write-only"
_PUBLISH_INFO = "gitseal/v1/publish"


class DataKey:
    """The data key of one access group in one file. Never copied to another scope.

    `secret` is 32 random bytes. The value key and the write-only pair are derived from it with HKDF-SHA256. `claimed` is the
    key id that a file gives it: opening binds to that id without deriving the pair, which costs a fifth of a short
    command's time. Before it is used for anything, `is_genuine` must hold.
    """

    def __init__(self, scope: Scope, secret: bytes, claimed: str = "") -> None:
        # An age file holds any number of bytes, and whoever can commit chooses them.
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

        # No salt: the secret is 32 random bytes already. `label` keeps the two keys apart, and the scope keeps a secret that
        # was copied into another file from opening anything there.
        return HKDF(SHA256(), SIZE, salt=b"", info=frame(label, *self.scope)).derive(self._secret)

    @cached_property
    def _beginnings(self) -> dict[str, bytes]:
        return {kind: beginning(kind, self.scope, self.key_id) for kind in (SEALED, WRITE_ONLY)}

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

    def is_genuine(self, public_half: "Callable[[bytes], bytes] | None" = None) -> bool:
        """True if the key id follows from the secret, as it does for every key that was not swapped under its id.

        `public_half` gives the X25519 public key of a private scalar, by whatever library is loaded already.
        """
        if public_half is None:
            return self.key_id == self.public.key_id
        return self.key_id == PublicKey(self.scope, public_half(self._derive(_WRITE_ONLY_INFO))).key_id

    def published_mac(self, *parts: str | bytes) -> bytes:
        """The 32 bytes by which whoever has this key knows a published value again (docs/format.md, section 12).

        HMAC-SHA256 over `frame(*parts)`, under a key of its own: whoever has not this data key cannot even guess at the value.
        """
        import hmac  # only `publish` needs it

        return hmac.digest(self.publish_key(), frame(*parts), "sha256")

    def publish_key(self) -> bytes:
        """The 32 bytes that marks are made with, alone or composed with those of other data keys."""
        return self._derive(_PUBLISH_INFO)

    def seal(self, name: tuple[str, ...], plaintext: bytes) -> bytes:
        """A value sealed by a holder of the data key (kind `s`), bound to its scope, key id and name."""
        encryptor = Cobblestone256Encryptor(self._value_key, context(self._beginnings[SEALED], name))
        return encryptor.update(pad(plaintext)) + encryptor.finalize()

    def sealer(self) -> "Callable[[str, bytes], bytes]":
        """A function that seals many values as `seal` does, by a name of one part and a plaintext."""
        # The context is framed by hand below: a call for each of 100,000 values can be felt.
        key, beginning = self._value_key, u32be(BEGINNING_PARTS + 1) + self._beginnings[SEALED]

        def sealed(name: str, plaintext: bytes) -> bytes:
            part = name.encode()
            encryptor = Cobblestone256Encryptor(key, beginning + len(part).to_bytes(4, "big") + part)
            return encryptor.update(pad(plaintext)) + encryptor.finalize()

        return sealed

    def opener(self) -> "Callable[[str, bytes], bytes]":
        """A function that opens many values of kind `s` as `open` does, by a name of one part and a ciphertext.

        All that the values have in common is done here, once. The function raises as `open` does.
        """
        key, beginning = self._value_key, u32be(BEGINNING_PARTS + 1) + self._beginnings[SEALED]

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
        # A value that was moved to another name, group, environment or file has another context, and does not open.
        bound_to = context(self._beginnings[kind], name)
        try:
            if kind == SEALED:
                decryptor = Cobblestone256Decryptor(self._value_key, bound_to)
                # The decryptor hands out whole chunks before it has seen the last tag; nothing is used before `finalize`.
                padded = decryptor.update(ciphertext) + decryptor.finalize()
            else:
                padded = hpke().decrypt(ciphertext, self._write_only_private, bound_to)
        except (InvalidTag, ValueError):
            # One answer for all: which of them it was is no business of whoever made the ciphertext. ValueError is one that is
            # too short to have a tag.
            raise DamagedOrMoved("damaged or moved") from None
        return unpad(padded)
