"""Age files of our own making, for kinds of keys that pyrage lacks: one stanza, and a payload of one chunk (C2SP age.md).

The kind wraps a file key of 16 bytes into the stanza; the rest follows from that key. `cryptography` does the work.
"""

import os
from hmac import compare_digest

from gitseal.errors import Damaged
from gitseal.recipients.stanza import DATA_KEY, encode
from gitseal.records import NamedTuple

FILE_KEY = 16
_NONCE = 16
_LINE = 64
# STREAM: a counter of eleven bytes, and a last byte that is 1 in the final chunk. A data key fills only one chunk.
_ONLY_CHUNK = bytes(11) + b"\x01"
_FOOTER = b"---"


class WrappedFileKey(NamedTuple):
    """A file key as a kind wrapped it: the stanza's type, its further arguments and its body, not yet in base64."""

    type: str
    arguments: tuple[bytes, ...]
    body: bytes


def new_file_key() -> bytes:
    """16 bytes for one age file. A file key must never serve twice: the payload's nonce is all that differs then."""
    return os.urandom(FILE_KEY)


def write(data_key: bytes, wrapped: WrappedFileKey, file_key: bytes) -> bytes:
    """The whole file: a header with this stanza alone, its MAC, and the data key of 32 bytes as its payload."""
    if len(data_key) != DATA_KEY:
        raise ValueError(f"a data key has {DATA_KEY} bytes")
    words = " ".join(("->", wrapped.type, *map(encode, wrapped.arguments)))
    text = encode(wrapped.body)
    # A body always ends in a line that is not full, an empty one if need be: that is how readers find its end.
    lines = [text[at : at + _LINE] for at in range(0, len(text) + 1, _LINE)]
    header = "\n".join(("age-encryption.org/v1", words, *lines, "")).encode() + _FOOTER
    nonce = os.urandom(_NONCE)
    mac = encode(_mac(header, file_key)).encode()
    return header + b" " + mac + b"\n" + nonce + _cipher(file_key, nonce).encrypt(_ONLY_CHUNK, data_key, None)


def open_payload(stanza: bytes, file_key: bytes) -> bytes:
    """The payload of a file that `stanza.parse_header` took. Raises Damaged if its MAC or its payload is wrong."""
    from cryptography.exceptions import InvalidTag

    header, _, rest = stanza.partition(b"\n" + _FOOTER + b" ")
    mac, _, payload = rest.partition(b"\n")
    header += b"\n" + _FOOTER
    if not compare_digest(encode(_mac(header, file_key)).encode(), mac):
        raise Damaged("the stanza does not open: it is damaged")
    try:
        return _cipher(file_key, payload[:_NONCE]).decrypt(_ONLY_CHUNK, payload[_NONCE:], None)
    except InvalidTag:
        raise Damaged("the stanza does not open: it is damaged") from None


def _mac(header: bytes, file_key: bytes) -> bytes:
    import hmac

    return hmac.digest(_derive(file_key, b"", b"header"), header, "sha256")


def _cipher(file_key: bytes, nonce: bytes) -> "ChaCha20Poly1305":
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))


def _derive(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=salt, info=info).derive(file_key)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
