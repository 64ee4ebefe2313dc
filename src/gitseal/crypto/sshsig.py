"""SSH signatures over bytes, checked in this process (OpenSSH's PROTOCOL.sshsig). The caller knows whose a key is.

It takes what `ssh-keygen -Y verify` takes, except these: another version than 1 in front, a `reserved` that is not empty, text
after the last line or between the characters of the first, a NUL after the namespace or the name of an algorithm, an Ed25519
signature with a scalar that is not reduced (RFC 8032, section 5.1.7), and keys that are WEAK.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gitseal.crypto.framing import frame_parts
from gitseal.crypto.points import good_ed25519
from gitseal.crypto.ssh_wire import number, string, strings

if TYPE_CHECKING:  # loaded when a signature is checked
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

GOOD = "good"
"""The key made the signature over the message."""
BAD = "bad"
WEAK = "weak"
"""Others than the key's owner could have made it: RSA below 2048 bits, a point of low order."""
OTHER = "other"
"""Not checked here: keys on tokens (`sk-`), and types that nobody knows."""

_ARMOR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+\n)-----END SSH SIGNATURE-----\n")
_MAGIC = b"SSHSIG"
_VERSION = b"\0\0\0\1"
GIT = "git"
"""The namespace of what Git signs: its objects."""
_HASHES = (b"sha256", b"sha512")
_RSA = {b"rsa-sha2-256": "SHA256", b"rsa-sha2-512": "SHA512"}
_MIN_BITS = 2048
_UNCOMPRESSED = b"\4"  # the only way in which OpenSSH writes a point (RFC 5656, section 3.1)
_ED25519_SIZE = 64


class SshSignature(NamedTuple):
    """A signature taken apart: the public key that it names, in its wire form, the hash function, and what that key made.

    `namespace` is what the signature is for. It is signed too, so a signature for one purpose serves no other.
    """

    key: bytes
    hash: bytes
    made: bytes
    namespace: str = GIT


def parse(armored: bytes, namespace: str = GIT) -> SshSignature | None:
    """The signature in its armor, if it is for that namespace; None for anything else."""
    match = _ARMOR.fullmatch(armored)
    text = match[1].replace(b"\n", b"") if match else b""
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        return None
    begin = _MAGIC + _VERSION
    fields = strings(data.removeprefix(begin)) if data.startswith(begin) else None
    # Bits to spare at the end of base64 are zero, or it could be written in two ways.
    wanted = [5, namespace.encode(), b""]
    if fields is None or [len(fields), *fields[1:3]] != wanted or b2a_base64(data, newline=False) != text:
        return None
    key, _namespace, _reserved, hash_, made = fields
    return SshSignature(key, hash_, made, namespace) if hash_ in _HASHES and made else None


def judge(signature: SshSignature, message: bytes) -> str:
    """GOOD, BAD, WEAK or OTHER, for the key that the signature names."""
    kind, rest = string(signature.key)
    check = _KINDS.get(kind or b"")
    if check is None:
        return OTHER
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    key, made = strings(rest), strings(signature.made)
    if key is None or made is None:
        return BAD
    try:
        # A wrong number of strings is a ValueError, and so is a key that is not one.
        return check(key, made, _signed(signature, message))
    except (InvalidSignature, ValueError):
        return BAD
    except UnsupportedAlgorithm:  # by the OpenSSL that is linked in
        return OTHER


def _signed(signature: SshSignature, message: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import Hash

    # The key signs a digest of the message, framed with namespace and hash so that neither can be changed afterwards.
    digest = Hash(_hash(signature.hash.decode().upper()))
    digest.update(message)
    return _MAGIC + frame_parts(signature.namespace.encode(), b"", signature.hash, digest.finalize())


def _hash(name: str) -> "HashAlgorithm":
    from cryptography.hazmat.primitives import hashes

    algorithm: HashAlgorithm = getattr(hashes, name)()
    return algorithm


def _ed25519(key: list[bytes], made: list[bytes], signed: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    (point,) = key
    algorithm, value = made
    if algorithm != b"ssh-ed25519" or len(value) != _ED25519_SIZE:
        return BAD
    public = Ed25519PublicKey.from_public_bytes(point)
    # With a point of low order anybody can make a signature that verifies, of some messages.
    if not good_ed25519(point):
        return WEAK
    public.verify(value, signed)
    return GOOD


def _ecdsa(curve: str, key: list[bytes], made: list[bytes], signed: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    name, point = key
    algorithm, value = made
    # The curve is named three times (kind, key, algorithm). All have to agree: OpenSSH refuses what does not.
    r, s = strings(value) or []
    if name != curve.encode() or algorithm != b"ecdsa-sha2-" + name or point[:1] != _UNCOMPRESSED:
        return BAD
    class_, hash_ = {
        "nistp256": (ec.SECP256R1, "SHA256"),
        "nistp384": (ec.SECP384R1, "SHA384"),
        "nistp521": (ec.SECP521R1, "SHA512"),
    }[curve]
    public = ec.EllipticCurvePublicKey.from_encoded_point(class_(), point)
    public.verify(utils.encode_dss_signature(number(r), number(s)), signed, ec.ECDSA(_hash(hash_)))
    return GOOD


def _rsa(key: list[bytes], made: list[bytes], signed: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    exponent, modulus = map(number, key)
    algorithm, value = made
    if algorithm not in _RSA:
        return BAD
    if modulus.bit_length() < _MIN_BITS:
        return WEAK
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    # Some agents leave out zeros in front; OpenSSH puts them back too.
    whole = value.rjust((public.key_size + 7) // 8, b"\0")
    public.verify(whole, signed, padding.PKCS1v15(), _hash(_RSA[algorithm]))
    return GOOD


# What the key is made of, what it made, and the bytes that it made that for.
_KINDS: dict[bytes, Callable[[list[bytes], list[bytes], bytes], str]] = {
    b"ssh-ed25519": _ed25519,
    b"ecdsa-sha2-nistp256": partial(_ecdsa, "nistp256"),
    b"ecdsa-sha2-nistp384": partial(_ecdsa, "nistp384"),
    b"ecdsa-sha2-nistp521": partial(_ecdsa, "nistp521"),
    b"ssh-rsa": _rsa,
}
