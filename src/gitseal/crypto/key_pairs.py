"""Key pairs for programs outside, as PEM: the private half is PKCS #8, the public half SubjectPublicKeyInfo (RFC 5958, RFC 5280).

One form that OpenSSL, Java, Go, Node and libraries of JSON Web Tokens read alike. OpenSSH before 9.6 does not read an Ed25519 key
in it, so SSH has a kind of its own, in OpenSSH's form. gitseal's own keys are not made here.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

_EXPONENT = 65537

_Private = ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def generate(kind: str, bits: int = 0) -> tuple[bytes, bytes]:
    """A new private half and its public half. Kinds: ed25519, ssh-ed25519, x25519, p256, rsa; only rsa has a length in bits."""
    key: _Private
    if kind == "ssh-ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
        return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), _ssh_public(key)
    if kind == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    elif kind == "x25519":
        key = x25519.X25519PrivateKey.generate()
    elif kind == "p256":
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        key = rsa.generate_private_key(_EXPONENT, bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), _public(key)


def public_half(private: bytes) -> bytes | None:
    """The public half of a private half that `generate` made; None if the bytes are something else."""
    is_ssh = private.startswith(b"-----BEGIN OPENSSH ")
    try:
        key = load_ssh_private_key(private, None) if is_ssh else load_pem_private_key(private, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, _Private):
        return None
    return _ssh_public(key) if is_ssh else _public(key)


def _ssh_public(key: _Private) -> bytes:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def _public(key: _Private) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
