"""Age files of our own making, for kinds of keys that pyrage lacks (C2SP age.md).

The kind wraps a file key of 16 bytes into a stanza; the rest follows from that key. `cryptography` does the work.
"""

import os
from collections.abc import Iterator, Sequence
from hmac import compare_digest

from gitseal.errors import Damaged
from gitseal.recipients.stanza import body_lines, check_data_key, check_stanza, encode, opened_data_key
from gitseal.records import NamedTuple

FILE_KEY = 16
_NONCE = 16
# STREAM: each chunk has 64 KiB of plaintext, the last one what is left, and a tag behind it.
_CHUNK, _TAG = 64 * 1024, 16
_COUNTER = 11
_FOOTER = b"---"


class WrappedFileKey(NamedTuple):
    """A file key as a kind wrapped it: the stanza's type, its further arguments as written, and its body, not yet in base64."""

    type: str
    arguments: tuple[str, ...]
    body: bytes


def new_file_key() -> bytes:
    """16 bytes for one age file. A file key must never serve twice: the payload's nonce is all that differs then."""
    return os.urandom(FILE_KEY)


def wrap(data_key: bytes, recipient: "Recipient", wrap_file_key: "Callable[[bytes], WrappedFileKey]") -> bytes:
    """A data key in an age file for one recipient, by what wraps the file key to it. Checked as any reader will."""
    check_data_key(data_key)
    file_key = new_file_key()
    stanza = write(data_key, (wrap_file_key(file_key),), file_key)
    check_stanza(stanza, recipient)
    return stanza


def unwrap(stanza: bytes, file_key: bytes) -> bytes:
    """The data key in a stanza with this file key. Raises Damaged if the file key is not the stanza's."""
    return opened_data_key(open_payload(stanza, file_key))


def write(content: bytes, stanzas: Sequence[WrappedFileKey], file_key: bytes) -> bytes:
    """The whole file: a header with these stanzas, its MAC, and the content as payload."""
    header = "\n".join(("age-encryption.org/v1", *map(_written, stanzas), "")).encode() + _FOOTER
    nonce = os.urandom(_NONCE)
    cipher = _cipher(file_key, nonce)
    payload = b"".join(cipher.encrypt(number, chunk, None) for number, chunk in _numbered(content, _CHUNK))
    mac = encode(_mac(header, file_key)).encode()
    return header + b" " + mac + b"\n" + nonce + payload


def _written(stanza: WrappedFileKey) -> str:
    return "\n".join((" ".join(("->", stanza.type, *stanza.arguments)), *body_lines(stanza.body)))


def open_payload(file: bytes, file_key: bytes) -> bytes:
    """The payload of a file whose header `stanza` took. Raises Damaged if its MAC or its payload is wrong."""
    from cryptography.exceptions import InvalidTag

    header, _, rest = file.partition(b"\n" + _FOOTER + b" ")
    mac, _, payload = rest.partition(b"\n")
    header += b"\n" + _FOOTER
    if not compare_digest(encode(_mac(header, file_key)).encode(), mac):
        raise Damaged("the stanza does not open: it is damaged")
    cipher = _cipher(file_key, payload[:_NONCE])
    try:
        # The number of the last chunk says that it is the last: what is cut off behind any chunk shows.
        chunks = [cipher.decrypt(number, chunk, None) for number, chunk in _numbered(payload[_NONCE:], _CHUNK + _TAG)]
    except InvalidTag:
        raise Damaged("the stanza does not open: it is damaged") from None
    if len(chunks) > 1 and not chunks[-1]:
        raise Damaged("the stanza does not open: it is damaged")
    return b"".join(chunks)


def _numbered(content: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The chunks, at least one, each with its nonce: a counter of eleven bytes, and a byte that is 1 for the last."""
    last = max(len(content) - 1, 0) // size
    for number in range(last + 1):
        chunk = content[number * size : (number + 1) * size]
        yield number.to_bytes(_COUNTER, "big") + bytes([number == last]), chunk


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
    from collections.abc import Callable

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    from gitseal.recipients.protocol import Recipient
