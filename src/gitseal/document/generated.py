"""Strong random values and key pairs, by a kind such as `hex:32`, for `set`, `rotate` and the manifest's `generate`."""

import re

from gitseal.document.value import TypedValue, text
from gitseal.errors import UsageError
from gitseal.records import NamedTuple

KINDS = (
    "hex:N, base64:N, base64url:N (N random bytes), password:N (N characters), password:N:lower+upper+digits+marks, uuid;"
    " key pairs: ed25519, ssh-ed25519, x25519, ec:p256, rsa:N"
)

_MAX = 65536
_DEFAULTS = {"hex": 32, "base64": 32, "base64url": 32, "password": 24, "rsa": 3072}
# Letters and digits that nobody confuses when they are read aloud, and marks that mean nothing to a shell, URL or env file.
_CLASSES = {
    "lower": "abcdefghijkmnopqrstuvwxyz",
    "upper": "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "digits": "23456789",
    "marks": "-_.",
}
_NUMBER = "[1-9][0-9]{0,4}"
_CLASS = f"(?:{'|'.join(_CLASSES)})"
_PAIR = "(?:ssh-)?ed25519|x25519|ec:p256|rsa(?::(?:2048|3072|4096))?"
# The manifest's schema has it too.
PATTERN = (
    f"(?:hex|base64|base64url)(?::{_NUMBER})?|password(?::{_NUMBER}(?::{_CLASS}(?:[+]{_CLASS}){{0,3}})?)?|uuid|{_PAIR}"
)


class GeneratedValue(NamedTuple):
    """A new value, and the public half if the value is the private half of a key pair."""

    value: TypedValue
    public: TypedValue | None = None


def check_kind(kind: str) -> None:
    """Raises UsageError for a kind that does not exist, or a length that it cannot have."""
    if not re.fullmatch(PATTERN, kind):
        raise UsageError(f'"{kind}" is no kind of generated value', f"kinds are: {KINDS}")
    length, classes = _length(kind), _classes(kind)
    if length > _MAX:
        raise UsageError(f"a generated value has 1 to {_MAX} bytes or characters", f"kinds are: {KINDS}")
    if length < len(classes):
        raise UsageError(
            f"a password of {length} characters has no room for one of each of {len(classes)} classes",
            f"make it longer, for example: password:24:{'+'.join(classes)}",
        )


def is_pair(kind: str) -> bool:
    """True for a kind of key pair, whose public half goes into a name of its own."""
    return re.fullmatch(_PAIR, kind) is not None


def generate(kind: str) -> GeneratedValue:
    """A new random text value, or a key pair. Raises UsageError as `check_kind` does."""
    check_kind(kind)
    if is_pair(kind):
        from gitseal.crypto import key_pairs

        private, public = key_pairs.generate(kind.rpartition("ec:")[2].partition(":")[0], _length(kind))
        return GeneratedValue(text(private.decode("ascii")), text(public.decode("ascii")))
    return GeneratedValue(text(_random(kind)))


def public_half(value: TypedValue) -> TypedValue | None:
    """The public half of a value that `generate` made as a private one; None if it is something else."""
    from gitseal.crypto import key_pairs

    public = key_pairs.public_half(value.reveal())
    return text(public.decode("ascii")) if public is not None else None


def _random(kind: str) -> str:
    # Not at the top: every manifest that is read imports this module for the kinds alone.
    import base64
    import secrets
    import uuid

    word, length = kind.partition(":")[0], _length(kind)
    if word == "uuid":
        return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
    if word == "password":
        return _password(length, _classes(kind))
    content = secrets.token_bytes(length)
    if word == "hex":
        return content.hex()
    if word == "base64":
        return base64.b64encode(content).decode("ascii")
    # Without padding, as RFC 7515 has it: `=` is what URLs and cookies do not carry.
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def _password(length: int, classes: tuple[str, ...]) -> str:
    """A password of all classes, or with one character at least of each of those given, every such password as likely."""
    import secrets

    alphabet = "".join(_CLASSES[name] for name in classes or _CLASSES)
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(length))
        # Another whole password, for putting a missing character in would make some likelier than others.
        if all(not set(password).isdisjoint(_CLASSES[name]) for name in classes):
            return password


def _length(kind: str) -> int:
    word, *rest = kind.split(":")
    return int(rest[0]) if rest and rest[0].isdigit() else _DEFAULTS.get(word, 0)


def _classes(kind: str) -> tuple[str, ...]:
    *_, last = kind.split(":", 2)
    return tuple(dict.fromkeys(last.split("+"))) if kind.count(":") > 1 else ()
