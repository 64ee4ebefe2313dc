"""docs/format.md once more, written from its text alone and from the specifications it names: what `make.py` seals with.

It shares no line with gitseal and no construction with the library that gitseal seals with: Cobblestone and HPKE are
built here from AES-GCM, ChaCha20-Poly1305, X25519 and HMAC, so that a vector is right by two roads. Whatever is random
in a real file is an argument here, and comes from `Stream`.
"""

import base64
import hashlib
import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CHUNK = 16 * 1024


class Stream:
    """Bytes that look random and are the same in every run: SHAKE-256 of a label and a count."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.count = 0

    def take(self, size: int) -> bytes:
        self.count += 1
        return hashlib.shake_256(f"{self.label} {self.count}".encode()).digest(size)


class Scope(NamedTuple):
    """Where a data key belongs."""

    file_id: str
    environment: str
    group: str


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def frame(*parts: str | bytes) -> bytes:
    out = len(parts).to_bytes(4, "big")
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        out += len(content).to_bytes(4, "big") + content
    return out


def extract(digest: str, salt: bytes, material: bytes) -> bytes:
    """HKDF-Extract of RFC 5869."""
    return hmac.digest(salt or bytes(hashlib.new(digest).digest_size), material, digest)


def expand(digest: str, key: bytes, info: bytes, size: int) -> bytes:
    """HKDF-Expand of RFC 5869."""
    out = block = b""
    while len(out) < size:
        block = hmac.digest(key, block + info + bytes([len(out) // hashlib.new(digest).digest_size + 1]), digest)
        out += block
    return out[:size]


def derive(scope: Scope, data_key: bytes, label: str) -> bytes:
    return expand("sha256", extract("sha256", b"", data_key), frame(f"gitseal/v1/{label}", *scope), 32)


def public_of(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def shared(private: bytes, public: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))


def public_key(scope: Scope, data_key: bytes) -> bytes:
    """The public half of the write-only pair."""
    return public_of(derive(scope, data_key, "write-only"))


def key_id(scope: Scope, public: bytes) -> str:
    return "k" + hashlib.sha256(frame("gitseal/v1/key-id", *scope, public)).hexdigest()[:32]


def context(kind: str, scope: Scope, key: str, name: tuple[str, ...]) -> bytes:
    return frame("gitseal/v1", kind, *scope, key, *name)


def padded_size(length: int) -> int:
    """The size class of a plaintext of that many bytes, marker included."""
    step = 64 if length <= 512 else 2 ** (length.bit_length() - 1 - 3)
    return (length + step - 1) // step * step


def pad(plaintext: bytes) -> bytes:
    marked = plaintext + b"\x80"
    return marked + bytes(padded_size(len(marked)) - len(marked))


def cobblestone_256(key: bytes, info: bytes, padded: bytes, salt: bytes) -> bytes:
    """c2sp.org/chunked-encryption with SHA-512 and AES-256-GCM; `salt` is of 24 bytes."""
    derived = expand("sha512", key, b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + info, 32 + 12 + 32)
    aead, base, commitment = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big"), derived[44:]
    # The last chunk is shorter than the others, and empty where they hold everything.
    chunks = [padded[start : start + CHUNK] for start in range(0, len(padded) + 1, CHUNK)]
    sealed = [aead.encrypt((base ^ number).to_bytes(12, "big"), chunk, b"") for number, chunk in enumerate(chunks)]
    return salt + commitment + b"".join(sealed)


_KEM = b"KEM\x00\x20"
_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"


def _labeled_extract(suite: bytes, salt: bytes, label: str, material: bytes) -> bytes:
    return extract("sha256", salt, b"HPKE-v1" + suite + label.encode() + material)


def _labeled_expand(suite: bytes, key: bytes, label: str, info: bytes, size: int) -> bytes:
    return expand("sha256", key, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label.encode() + info, size)


def hpke(public: bytes, info: bytes, padded: bytes, ephemeral: bytes) -> bytes:
    """RFC 9180, base mode, one message without additional data: the encapsulated key and the ciphertext."""
    encapsulated = public_of(ephemeral)
    return encapsulated + hpke_seal(encapsulated, public, shared(ephemeral, public), info, padded)


def hpke_seal(encapsulated: bytes, public: bytes, exchanged: bytes, info: bytes, padded: bytes) -> bytes:
    """The ciphertext alone, from what the key exchange gave."""
    key, nonce = hpke_key(encapsulated, public, exchanged, info)
    return ChaCha20Poly1305(key).encrypt(nonce, padded, b"")


def hpke_key(encapsulated: bytes, public: bytes, exchanged: bytes, info: bytes) -> tuple[bytes, bytes]:
    """The AEAD's key and nonce for the first message."""
    pseudorandom = _labeled_extract(_KEM, b"", "eae_prk", exchanged)
    secret = _labeled_expand(_KEM, pseudorandom, "shared_secret", encapsulated + public, 32)
    schedule = (
        b"\0" + _labeled_extract(_SUITE, b"", "psk_id_hash", b"") + _labeled_extract(_SUITE, b"", "info_hash", info)
    )
    key_secret = _labeled_extract(_SUITE, secret, "secret", b"")
    key = _labeled_expand(_SUITE, key_secret, "key", schedule, 32)
    nonce = _labeled_expand(_SUITE, key_secret, "base_nonce", schedule, 12)
    return key, nonce


def age_line(content: bytes) -> str:
    return b64(content).rstrip("=")


def age_stanza(public: bytes, file_key: bytes, ephemeral: bytes) -> str:
    """A file key wrapped for an X25519 recipient (c2sp.org/age, "The X25519 recipient type")."""
    share = public_of(ephemeral)
    wrapping = expand(
        "sha256",
        extract("sha256", share + public, shared(ephemeral, public)),
        b"age-encryption.org/v1/X25519",
        32,
    )
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, b"")
    return f"-> X25519 {age_line(share)}\n{age_line(body)}\n"


def age_file(stanzas: str, file_key: bytes, nonce: bytes, payload: bytes) -> bytes:
    """A whole age file of one chunk around ready stanzas; `nonce` is of 16 bytes."""
    header = "age-encryption.org/v1\n" + stanzas + "---"
    mac_key = expand("sha256", extract("sha256", b"", file_key), b"header", 32)
    mac = hmac.digest(mac_key, header.encode(), "sha256")
    key = expand("sha256", extract("sha256", nonce, file_key), b"payload", 32)
    sealed = ChaCha20Poly1305(key).encrypt(bytes(11) + b"\x01", payload, b"")
    return f"{header} {age_line(mac)}\n".encode() + nonce + sealed


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32(prefix: str, data: bytes) -> str:
    """BIP 173 without its limit of length, as age uses it."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    check = 1
    for value in [*(ord(char) >> 5 for char in prefix), 0, *(ord(char) & 31 for char in prefix), *values, *[0] * 6]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, constant in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= constant if top >> bit & 1 else 0
    tail = [(check ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(_BECH32[value] for value in [*values, *tail])


def recipient_id(canonical: str) -> str:
    return "r" + hashlib.sha256(canonical.encode()).hexdigest()[:32]
