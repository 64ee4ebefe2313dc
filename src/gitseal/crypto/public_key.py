"""The public half of a data key, which everybody may have (docs/format.md, section 4).

Reading a file makes one for each access group, to compare its id: a merge, the hook and `check` do nothing else with it.
So `cryptography`, a third of such a command's time, is loaded only by what seals.
"""

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame, frame_parts, u32be
from gitseal.crypto.points import good_x25519
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.errors import Malformed
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

SIZE = 32

_KEY_ID_INFO = "gitseal/v1/key-id"
_CONTEXT = "gitseal/v1"
BEGINNING_PARTS = 6


class Scope(NamedTuple):
    """The place that a data key belongs to: one access group in one environment file. Every derivation and context binds it."""

    file_id: str
    environment: str
    group: str


def context(beginning: bytes, name: tuple[str, ...]) -> bytes:
    """`L("gitseal/v1", kind, file id, environment, group, key id, part1, ..., partn)` of docs/format.md, section 4."""
    chunks = [u32be(BEGINNING_PARTS + len(name)), beginning]
    for part in name:
        content = part.encode()
        chunks.append(len(content).to_bytes(4, "big"))
        chunks.append(content)
    return b"".join(chunks)


def beginning(kind: str, scope: Scope, key_id: str) -> bytes:
    """The part that all contexts of one key and kind begin with: framed once, not for each of 100,000 values."""
    return frame_parts(_CONTEXT, kind, *scope, key_id)


def hpke() -> "Suite":
    """The suite of write-only values: RFC 9180 with X25519, HKDF-SHA256 and ChaCha20-Poly1305."""
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
        # The id binds the key to its scope, so a block that was copied to another file or group is told as another key.
        self.key_id = "k" + sha256_hex(frame(_KEY_ID_INFO, *scope, raw))[:32]
        self._beginning = beginning(WRITE_ONLY, scope, self.key_id)

    def seal(self, name: tuple[str, ...], plaintext: bytes) -> bytes:
        """A write-only value (kind `w`): RFC 9180 HPKE, base mode. Whoever made it cannot read it again."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        from gitseal.crypto.padding import pad

        public = X25519PublicKey.from_public_bytes(self.raw)
        return hpke().encrypt(pad(plaintext), public, context(self._beginning, name))
