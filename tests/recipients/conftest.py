"""Keys of every kind, made once: private and public halves as their files hold them."""

import base64
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gitseal.recipients import hybrid

HERE = Path(__file__).parent
PASSPHRASE = b"correct horse"


class Pair(NamedTuple):
    """The two halves as text."""

    private: bytes
    public: str


def ssh_pair(
    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey,
    form: PrivateFormat = PrivateFormat.OpenSSH,
    lock: KeySerializationEncryption | None = None,
) -> Pair:
    private = key.private_bytes(Encoding.PEM, form, lock or NoEncryption())
    return Pair(private, key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


@pytest.fixture(scope="session")
def pairs() -> dict[str, Pair]:
    """One pair of every native kind and form, `locked` ones behind PASSPHRASE."""
    age, hybrid_key = pyrage.x25519.Identity.generate(), hybrid.generate()
    ed, small = ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)
    lock = BestAvailableEncryption(PASSPHRASE)
    return {
        "x25519": Pair(f"{age}\n".encode(), str(age.to_public())),
        "hybrid": Pair(hybrid_key.text.reveal(), hybrid_key.recipient),
        "ssh-ed25519": ssh_pair(ed),
        "ssh-ed25519 locked": ssh_pair(ed25519.Ed25519PrivateKey.generate(), lock=lock),
        "ssh-ed25519 pkcs8": ssh_pair(ed, PrivateFormat.PKCS8),
        "ssh-rsa": ssh_pair(small),
        "ssh-rsa locked": ssh_pair(rsa.generate_private_key(65537, 2048), lock=lock),
        "ssh-rsa pem": ssh_pair(small, PrivateFormat.TraditionalOpenSSL),
        "ssh-rsa pem locked": ssh_pair(small, PrivateFormat.TraditionalOpenSSL, lock),
        "ssh-rsa pkcs8 locked": ssh_pair(small, PrivateFormat.PKCS8, lock),
    }


@pytest.fixture(scope="session")
def sealed(pairs: dict[str, Pair]) -> dict[str, bytes]:
    """The X25519 identity file behind PASSPHRASE, in age's two forms."""
    binary = behind_passphrase(pairs["x25519"].private)
    lines = base64.encodebytes(binary).replace(b"\n", b"")
    wrapped = b"\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    begin, end = b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"\n-----END AGE ENCRYPTED FILE-----\n"
    return {"binary": binary, "armored": begin + wrapped + end}


def behind_passphrase(content: bytes, cost: int = 8) -> bytes:
    """An age file behind PASSPHRASE (C2SP age, "scrypt recipient type"), with a cost that does not take age's second."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrapping = Scrypt(b"age-encryption.org/v1/scrypt" + salt, 32, 1 << cost, 8, 1).derive(PASSPHRASE)
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    head = f"age-encryption.org/v1\n-> scrypt {_unpadded(salt)} {cost}\n{_unpadded(body)}\n---".encode()
    mac = hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")
    # One chunk, the last: a counter of 11 bytes and the flag 1.
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")).encrypt(bytes(11) + b"\1", content, None)
    return head + f" {_unpadded(mac)}\n".encode() + nonce + payload


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(secret)


def _unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def bech32(prefix: str, data: bytes) -> str:
    """Encode without a limit of length (BIP 173)."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return spelled(prefix, [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)])


def spelled(prefix: str, values: list[int]) -> str:
    """Add the checksum to values of 5 bits."""
    check = 1
    for value in [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values, *[0] * 6]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, constant in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= constant if top >> bit & 1 else 0
    tail = [(check ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value] for value in [*values, *tail])


@pytest.fixture(scope="session")
def encode() -> Callable[[str, bytes], str]:
    """`encode(prefix, data)` is the Bech32 string, with a right checksum."""
    return bech32


@pytest.fixture(scope="session")
def encode_values() -> Callable[[str, list[int]], str]:
    """The same for values of 5 bits, so that the final bits can be wrong."""
    return spelled


class Toy(NamedTuple):
    """The toy plugin's pair, its log, the file with a line for each start, and the way to make it misbehave."""

    recipient: str
    identity: str
    log: Path
    starts: Path
    mode: Callable[[str], None]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """age-plugin-toy on PATH."""
    log = tmp_path / "toy.log"
    monkeypatch.setenv("PATH", f"{HERE}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TOY_LOG", str(log))
    monkeypatch.setenv("TOY_STARTS", str(tmp_path / "starts"))
    data = os.urandom(10)
    identity = bech32("age-plugin-toy-", data).upper()
    return Toy(
        bech32("age1toy", data), identity, log, tmp_path / "starts", lambda mode: monkeypatch.setenv("TOY_MODE", mode)
    )
