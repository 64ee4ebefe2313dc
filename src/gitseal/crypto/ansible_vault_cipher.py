"""The cipher of ansible-vault: `$ANSIBLE_VAULT;1.1;AES256`, or `1.2` with a label, and lines of hex below.

The hex is that of three more, with line feeds between: a salt, an HMAC of the ciphertext, and the ciphertext, AES-256 in counter
mode. Both keys come from a password by 10,000 rounds of PBKDF2; a file cannot ask for more.
"""

import re
from binascii import Error as HexError
from binascii import a2b_hex

from gitseal.errors import Damaged, Malformed
from gitseal.records import NamedTuple

BEGINNING = "$ANSIBLE_VAULT;"
_HEADER = re.compile(r"\$ANSIBLE_VAULT;1\.[12];AES256(?:;([^\s;]{1,128}))?")
_ROUNDS = 10_000
_LONGEST_SALT = 1024


class Envelope(NamedTuple):
    """A vault before it is opened. `label` is the id of its password, which only says which to try first; it may be empty."""

    label: str
    salt: bytes
    mac: bytes
    sealed: bytes


def parse(text: str) -> Envelope:
    """The parts of a vault. Raises Malformed for what ansible-vault does not write, its first format (AES) among it."""
    first, _, body = text.strip().partition("\n")
    header = _HEADER.fullmatch(first.strip())
    if header is None:
        raise Malformed("the vault is of a kind that ansible-vault no longer writes")
    try:
        salt, mac, sealed = (a2b_hex(part) for part in a2b_hex("".join(body.split())).split(b"\n", 2))
    except (HexError, ValueError):
        sealed = b""
    if not sealed or len(salt) > _LONGEST_SALT:
        raise Malformed("the vault is cut off, or its hex digits are damaged")
    return Envelope(header[1] or "", salt, mac, sealed)


def open_envelope(envelope: Envelope, password: bytes) -> bytes:
    """The plaintext. Raises Damaged, which quotes nothing, if the password is wrong or something was changed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.hmac import HMAC
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
    from cryptography.hazmat.primitives.padding import PKCS7

    derived = PBKDF2HMAC(SHA256(), 80, envelope.salt, _ROUNDS).derive(password)
    key, mac_key, counter = derived[:32], derived[32:64], derived[64:]
    mac = HMAC(mac_key, SHA256())
    mac.update(envelope.sealed)
    content = None
    try:
        mac.verify(envelope.mac)
        decryptor, unpadder = Cipher(algorithms.AES(key), modes.CTR(counter)).decryptor(), PKCS7(128).unpadder()
        padded = decryptor.update(envelope.sealed) + decryptor.finalize()
        content = unpadder.update(padded) + unpadder.finalize()
    except (InvalidSignature, ValueError):
        pass
    if content is None:
        raise Damaged("it does not open with this password, or it was changed")
    return content
