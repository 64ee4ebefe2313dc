"""Strong random values, by a kind such as `hex:32`."""

import base64
import secrets
import string
import uuid

from gitseal.document.value import TypedValue, text
from gitseal.errors import UsageError

KINDS = "hex:N, base64:N (N random bytes), password:N (N characters), uuid"

_MAX = 65536
_DEFAULTS = {"hex": 32, "base64": 32, "password": 24}
# Letters and digits that nobody confuses when they are read aloud, and marks that mean nothing to a shell, URL or env file.
_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("Il1O0"))) + "-_."


def generate(kind: str) -> TypedValue:
    """A new random text value. Raises UsageError for an unknown kind or a length out of range."""
    word, _, number = kind.partition(":")
    if word == "uuid" and not number:
        return text(str(uuid.UUID(bytes=secrets.token_bytes(16), version=4)))
    if word not in _DEFAULTS or (number and not number.isascii()) or (number and not number.isdigit()):
        raise UsageError(f'"{kind}" is no kind of generated value', f"kinds are: {KINDS}")
    length = int(number) if number else _DEFAULTS[word]
    if not 1 <= length <= _MAX:
        raise UsageError(f"a generated value has 1 to {_MAX} bytes or characters", f"kinds are: {KINDS}")
    if word == "hex":
        return text(secrets.token_hex(length))
    if word == "base64":
        return text(base64.b64encode(secrets.token_bytes(length)).decode("ascii"))
    return text("".join(secrets.choice(_ALPHABET) for _ in range(length)))
