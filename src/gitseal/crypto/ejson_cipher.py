"""The cipher of ejson: one text as `EJ[1:KEY:NONCE:BOX]`, a NaCl box (X25519, XSalsa20 and Poly1305) from a key made for one run.

Nothing in it is bound to a name or a file, and whoever has the public key can make one.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64

from gitseal.errors import Damaged

BEGINNING = "EJ["
_BASE64 = "[A-Za-z0-9+/=]"
_TOKEN = re.compile(rf"EJ\[1:({_BASE64}{{44}}):({_BASE64}{{32}}):({_BASE64}+)\]")
_KEY = re.compile(r"[0-9a-fA-F]{64}")


def is_key(text: str) -> bool:
    """True for what can be a key of ejson, public or private: 64 hex digits."""
    return _KEY.fullmatch(text) is not None


def private_key(digits: str, public: str) -> bytes | None:
    """The private key behind 64 hex digits; None if they are no key, or not the one of this public key.

    Raises ImportError if PyNaCl is missing.
    """
    from nacl.public import PrivateKey

    if not is_key(digits):
        return None
    key = bytes.fromhex(digits)
    return key if bytes(PrivateKey(key).public_key).hex() == public.lower() else None


def open_text(token: str, private: bytes) -> bytes:
    """The plaintext of a token. Raises Damaged, which quotes nothing, for all that does not open."""
    match = _TOKEN.fullmatch(token)
    content = _opened(match, private) if match else None
    # Raised out here: in an `except` the library's error would be its context.
    if content is None:
        raise Damaged("it does not open with the private key: it is damaged, or was sealed for another key")
    return content


def _opened(match: re.Match[str], private: bytes) -> bytes | None:
    from nacl.exceptions import CryptoError
    from nacl.exceptions import TypeError as NaClTypeError
    from nacl.exceptions import ValueError as NaClValueError
    from nacl.public import Box, PrivateKey, PublicKey

    try:
        key, nonce, box = (a2b_base64(match[part], strict_mode=True) for part in (1, 2, 3))
        return bytes(Box(PrivateKey(private), PublicKey(key)).decrypt(box, nonce))
    except (Base64Error, CryptoError, NaClTypeError, NaClValueError):
        return None
