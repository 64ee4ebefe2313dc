"""The cipher of dotenvx: one value as `encrypted:` and base64 of an ECIES message on secp256k1, as the library eciesjs has it.

A message is an ephemeral public key (65 bytes), a nonce and a tag of AES-GCM (16 each), and the ciphertext. Nothing in it is
bound to a name or a file, and whoever has the public key can make one.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64

from gitseal.errors import Damaged, Error
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PREFIX = "encrypted:"
_POINT, _NONCE, _TAG = 65, 16, 16
_HEX_DIGITS = 64
_FIELD = 2**256 - 2**32 - 977  # secp256k1: y*y = x*x*x + 7 modulo this prime


class DotenvxKey(NamedTuple):
    """A private key, and its public half as dotenvx writes it: 33 bytes in hex."""

    key: "EllipticCurvePrivateKey"
    public: str


def private_key(digits: str) -> DotenvxKey | None:
    """The key of 64 hex digits; None if they are none. Raises Error if this machine's OpenSSL lacks the curve."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    digits = digits.strip()
    if len(digits) != _HEX_DIGITS or not digits.isalnum():
        return None
    try:
        key = ec.derive_private_key(int(digits, 16), ec.SECP256K1())
    except ValueError:
        return None
    except UnsupportedAlgorithm:
        key = None
    if key is None:
        raise Error("OpenSSL has no secp256k1 here, the curve of dotenvx", "decrypt the file with dotenvx decrypt")
    return DotenvxKey(key, key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex())


def open_value(token: str, private: DotenvxKey) -> bytes:
    """The plaintext of a value with its prefix. Raises Damaged, which quotes nothing, for all that does not open."""
    try:
        message = a2b_base64(token.removeprefix(PREFIX).strip(), strict_mode=True)
    except (Base64Error, ValueError):
        message = b""
    content = _opened(message, private) if len(message) >= _POINT + _NONCE + _TAG else None
    # Raised out here: in an `except` the library's error would be its context.
    if content is None:
        raise Damaged("it does not open with this private key: it is damaged, or was sealed for another key")
    return content


def _opened(message: bytes, private: DotenvxKey) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    point, rest = message[:_POINT], message[_POINT:]
    nonce, tag, sealed = rest[:_NONCE], rest[_NONCE : _NONCE + _TAG], rest[_NONCE + _TAG :]
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), point)
    except ValueError:
        return None
    for shared in _shared_points(private.key.exchange(ec.ECDH(), ephemeral)):
        try:
            return AESGCM(_derived(point + shared)).decrypt(nonce, sealed + tag, None)
        except InvalidTag:
            continue
    return None


def _shared_points(x: bytes) -> tuple[bytes, bytes]:
    """Both points with this x. The key exchange gives x alone, and the message is under a key made of x and y."""
    number = int.from_bytes(x)
    y = pow(pow(number, 3, _FIELD) + 7, (_FIELD + 1) // 4, _FIELD)
    even, odd = sorted((y, _FIELD - y), key=lambda root: root % 2)
    return b"\4" + x + even.to_bytes(32), b"\4" + x + odd.to_bytes(32)


def _derived(material: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=None).derive(material)
