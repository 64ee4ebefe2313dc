"""The cipher of sops files: one value as `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]` under the file's data key.

The type is in clear and outside of what the tag covers: whoever writes the file can change it.
"""

import os
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from gitseal.errors import Damaged
from gitseal.records import NamedTuple

DATA_KEY = 32
_IV = 32  # what sops writes; it takes any length
_TAG = 16
_LEAST_IV, _GREATEST_IV = 8, 128  # what `cryptography` takes
_BEGINNING = "ENC[AES256_GCM,"
_BASE64 = "[A-Za-z0-9+/=]"
_TOKEN = re.compile(
    rf"ENC\[AES256_GCM,data:({_BASE64}+),iv:({_BASE64}{{1,256}}),tag:({_BASE64}{{24}}),type:([a-z]{{1,16}})\]"
)


class Plain(NamedTuple):
    """What was in a token: sops' word for its type, and the bytes."""

    kind: str
    content: bytes


def is_token(text: str) -> bool:
    """True if a text is one whole token."""
    return text.startswith(_BEGINNING) and _TOKEN.fullmatch(text) is not None


def open_token(token: str, data_key: bytes, context: str) -> Plain:
    """The plaintext of a token. Raises Damaged, which quotes nothing, for all that does not open."""
    match = _TOKEN.fullmatch(token)
    content = _opened(match, data_key, context) if match else None
    # Raised out here: in an `except` the library's error would be its context.
    if match is None or content is None:
        raise Damaged("it does not open with the file's data key: it is damaged, or was moved here")
    return Plain(match[4], content)


def _opened(match: re.Match[str], data_key: bytes, context: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        data, iv, tag = (a2b_base64(match[part], strict_mode=True) for part in (1, 2, 3))
        if not _LEAST_IV <= len(iv) <= _GREATEST_IV or len(tag) != _TAG:
            return None
        return AESGCM(data_key).decrypt(iv, data + tag, context.encode())
    except (Base64Error, InvalidTag):
        return None


def seal_token(plain: Plain, data_key: bytes, context: str) -> str:
    """A token that holds this plaintext. An empty one is not sealed, as sops has it: it is written as the empty text."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not plain.content:
        return ""
    iv = os.urandom(_IV)
    sealed = AESGCM(data_key).encrypt(iv, plain.content, context.encode())
    data, tag = _text(sealed[:-_TAG]), _text(sealed[-_TAG:])
    return f"{_BEGINNING}data:{data},iv:{_text(iv)},tag:{tag},type:{plain.kind}]"


def _text(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode()
