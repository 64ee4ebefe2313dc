"""SSH keys as recipients and identities: ssh-ed25519, and ssh-rsa of 2048 to 4096 bits.

The stanzas are those of age (filippo.io/age/agessh). pyrage reads private keys only in OpenSSH's own form and without a
passphrase. Every other form is converted by `cryptography`, in memory. Nobody is asked for a passphrase before there is a
stanza with this key's tag, so a locked key that opens nothing here never bothers anyone.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from hashlib import sha256

from gitseal.crypto import points
from gitseal.crypto.ssh_wire import strings
from gitseal.errors import Error
from gitseal.recipients import key_work, rage
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.passphrase import Once, unlock
from gitseal.recipients.protocol import AgeHeader, Tier
from gitseal.recipients.rage import Key, pyrage
from gitseal.recipients.ssh_file import body, openssh_container
from gitseal.recipients.stanza import encode, parse_header, parse_headers

_MIN_BITS, _MAX_BITS = 2048, 4096  # below, age refuses; above, pyrage does
_POINT = 32  # bytes of an Ed25519 point, and of what age wraps for one
_TYPE = re.compile(r"(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]{1,40}")
_WORKS = "use an age key (gitseal keygen), ssh-ed25519, or ssh-rsa of 2048 to 4096 bits"


TYPE_CHECKING = False


class Unsupported(Error):
    """A public key of a type that values cannot be sealed to, though SSH knows it."""


class SshRecipient:
    """The public half of either type. A stanza is marked with the first 4 bytes of SHA-256 of the key, its tag."""

    __slots__ = ("_key", "_size", "_tag", "_type", "canonical")

    def __init__(self, canonical: str, blob: bytes, size: int, key: Key) -> None:
        self.canonical = canonical
        self._type = canonical.partition(" ")[0]
        self._tag = encode(sha256(blob).digest()[:4])
        self._size = size
        self._key = key

    def __repr__(self) -> str:
        return f"SshRecipient({self.canonical!r})"

    def wrap(self, data_key: bytes, _dialogue: Dialogue = NOBODY) -> bytes:
        """See `Recipient.wrap`. It never fails: keys that are not sound were refused by `parse`."""
        return rage.wrap(data_key, self, self._key)

    def fits(self, header: AgeHeader) -> bool:
        """True if type, tag and length are those of this key. Any two keys share a tag with a chance of 1 in 2^32."""
        return header.type == self._type and header.arguments[0] == self._tag and len(header.body) == self._size


class SshIdentity:
    """The private half of a key whose public half is known. `load` hands it to pyrage; it asks if there is a passphrase."""

    __slots__ = ("_id", "_load", "_recipient", "_tier", "label")

    def __init__(self, recipient: SshRecipient, load: Once[Key], tier: Tier, label: str) -> None:
        self._recipient = recipient
        self._id = recipient_id(recipient.canonical)
        self._load = load
        self._tier = tier
        self.label = label

    def __repr__(self) -> str:
        return f"SshIdentity({self.label!r}, {self.recipient!r})"

    @property
    def recipient(self) -> str:
        """The canonical public half; it shows without the passphrase."""
        return self._recipient.canonical

    @property
    def tier(self) -> Tier:
        """The tier that it was made with, until its passphrase was given."""
        return self._tier if self._load.value is None else Tier.PLAIN

    def wants(self, recipient_id: str) -> bool:
        """True if the stanza stands under the id of its own public half."""
        return recipient_id == self._id

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`."""
        # Before `_load`, which may ask: the tag says for whom the stanza is.
        if not self._recipient.fits(parse_header(stanza)):
            return None
        return rage.unwrap(stanza, self._load())

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`. It asks for the passphrase only if a stanza is for this key."""
        if not any(map(self._recipient.fits, parse_headers(file))):
            return None
        return rage.open_file(file, self._load())


class SealedSshIdentity:
    """A private key whose public half shows only after the passphrase: PEM of before OpenSSH 7.8, or PKCS #8."""

    __slots__ = ("_open", "label")

    def __init__(self, opening: Once[SshIdentity], label: str) -> None:
        self._open = opening
        self.label = label

    def __repr__(self) -> str:
        return f"SealedSshIdentity({self.label!r})"

    @property
    def recipient(self) -> str | None:
        """The canonical public half, or None until the passphrase was given."""
        return self._open.value.recipient if self._open.value else None

    @property
    def tier(self) -> Tier:
        """The last tier, until it was opened: somebody has to type before anyone knows whether the key is of use."""
        return Tier.PLAIN if self._open.value else Tier.SEALED

    def wants(self, recipient_id: str) -> bool:
        """True if the id is its own; True for every id until it was opened."""
        return self._open.value.wants(recipient_id) if self._open.value else True

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`. It asks for the passphrase only if the stanza is for some SSH key."""
        if parse_header(stanza).type not in _SIZES:
            return None
        return self._open().unwrap(stanza)

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`. It asks for the passphrase only if a stanza is for some SSH key."""
        if not any(header.type in _SIZES for header in parse_headers(file)):
            return None
        return self._open().open_file(file)


def parse(text: str) -> SshRecipient:
    """Parse the line of a .pub file; its comment is dropped. Raises Error if no data key can safely be wrapped to the key."""
    kind, encoded, *_comment = [*text.split(None, 2), "", ""]
    if not text.isprintable() or not encoded:
        raise Error("the SSH recipient is not one line of a .pub file", "give the whole line: TYPE BASE64 COMMENT")
    if kind not in _SIZES:
        raise Unsupported(f'SSH keys of type "{kind[:40]}" cannot be recipients', _WORKS)
    blob = _canonical_base64(encoded)
    if blob is None:
        raise Error("the SSH recipient is mistyped or cut short", "copy the whole line of the .pub file")
    return _recipient(kind, blob)


def _canonical_base64(text: str) -> bytes | None:
    # a2b_base64 skips characters that it does not know, so a key would have many spellings and many ids.
    try:
        blob = a2b_base64(text)
    except (Base64Error, ValueError):
        return None
    return blob if b2a_base64(blob, newline=False) == text.encode() else None


def _recipient(kind: str, blob: bytes) -> SshRecipient:
    fields = strings(blob)
    if fields is None or fields[:1] != [kind.encode()]:
        raise Error("the SSH recipient is damaged", "copy the whole line of the .pub file")
    size = _SIZES[kind](fields[1:])
    # Made from the bytes, not from the text: the comment and blanks between are not part of the key.
    canonical = f"{kind} {b2a_base64(blob, newline=False).decode()}"
    try:
        key = pyrage.ssh.Recipient.from_str(canonical)
    except pyrage.RecipientError:
        raise Error("the SSH recipient is damaged", "copy the whole line of the .pub file") from None
    return SshRecipient(canonical, blob, size, key)


def _ed25519_size(fields: list[bytes]) -> int:
    """The length in bytes of a stanza's body for this key. Raises Error for a key that anybody could open."""
    if [len(field) for field in fields] != [_POINT] or not points.good_ed25519(fields[0]):
        raise Error("the ssh-ed25519 recipient is not a sound key", "ask for another key")
    return _POINT


def _rsa_size(fields: list[bytes]) -> int:
    """The length in bytes of a stanza's body for this key. Raises Error for a key that is weak or written in a second way."""
    # Filled up with zeros, so that too few fields fail the comparison below like any other wrong spelling.
    exponent, modulus, *_ = [*(int.from_bytes(field, "big") for field in fields), 0, 0]
    # With the exponent 1, RSA changes nothing: the data key would stand in the stanza in clear. An even modulus or
    # exponent is no RSA key. And a number has one spelling (RFC 4251, mpint), or one key would have several ids.
    spelled = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in (exponent, modulus)]
    if spelled != fields or exponent == 1 or not exponent & modulus & 1:
        raise Error("the ssh-rsa recipient is not a sound key", "ask for another key")
    if not _MIN_BITS <= modulus.bit_length() <= _MAX_BITS:
        raise Unsupported(f"the ssh-rsa recipient has {modulus.bit_length()} bits", _WORKS)
    return (modulus.bit_length() + 7) // 8


_SIZES = {"ssh-ed25519": _ed25519_size, "ssh-rsa": _rsa_size}


def parse_identity_file(
    data: bytes, dialogue: Dialogue, label: str, public: bytes | None = None
) -> SshIdentity | SealedSshIdentity:
    """Parse a private key file. Its passphrase is asked for when the key is first used, not here; `label` names it in messages.

    `public` is the .pub file beside it: older forms hide the public half behind the passphrase. Raises Error for a damaged
    file, for types that cannot be recipients, and for a file that asks for too much work.
    """
    # Of several blocks another than the one looked at here could be opened.
    if data.count(b"-----BEGIN ") != 1:
        raise _damaged(label)
    if b"BEGIN OPENSSH PRIVATE KEY" in data:
        container = openssh_container(data)
        if container is None:
            raise _damaged(label)
        recipient = _public_half(container.public, label)
        if container.locked:
            key_work.check_rounds(container.options, label)
            return SshIdentity(
                recipient, Once(lambda: _unlocked(data, dialogue, label, recipient)[1]), Tier.LOCKED, label
            )
        return SshIdentity(recipient, Once(lambda: _key(data, label)), Tier.PLAIN, label)
    if b"ENCRYPTED" not in data:
        recipient, key = _unlocked(data, NOBODY, label, None)
        return SshIdentity(recipient, Once(lambda: key), Tier.PLAIN, label)
    key_work.check_pkcs8(body(data), label)
    # Locked, in a form that hides which key it is. The .pub file is only a claim: `_unlocked` compares the two.
    if public is not None:
        known = parse(public.decode("utf-8", "replace").strip())
        return SshIdentity(known, Once(lambda: _unlocked(data, dialogue, label, known)[1]), Tier.LOCKED, label)
    return SealedSshIdentity(Once(lambda: _opened(data, dialogue, label)), label)


def _public_half(blob: bytes, label: str) -> SshRecipient:
    fields = strings(blob)
    kind = fields[0].decode("latin-1") if fields else ""
    if not _TYPE.fullmatch(kind):
        raise _damaged(label)
    if kind not in _SIZES:
        raise Error(f'"{label}" is an SSH key of type "{kind}", which opens nothing', _WORKS)
    try:
        return _recipient(kind, blob)
    except Error as failure:
        raise Error(f'"{label}" does not serve: {failure.message}', failure.hint) from None


def _key(data: bytes, label: str) -> Key:
    try:
        # Line ends as OpenSSH writes them: a key that came through Windows or a variable has others.
        with rage.no_panic():
            return pyrage.ssh.Identity.from_buffer(data.replace(b"\r", b"").strip() + b"\n")
    except (pyrage.IdentityError, rage.Panic):
        raise _damaged(label) from None


def _damaged(label: str) -> Error:
    return Error(f'"{label}" is a damaged SSH private key', "restore it from a backup")


def _opened(data: bytes, dialogue: Dialogue, label: str) -> SshIdentity:
    recipient, key = _unlocked(data, dialogue, label, None)
    return SshIdentity(recipient, Once(lambda: key), Tier.PLAIN, label)


def _unlocked(data: bytes, dialogue: Dialogue, label: str, expected: SshRecipient | None) -> tuple[SshRecipient, Key]:
    """Both halves of a key that pyrage cannot read itself; asks if it is locked. Raises Error unless it is `expected`."""
    locked = expected is not None or b"ENCRYPTED" in data
    halves = unlock(dialogue, label, lambda p: _load(data, p, label)) if locked else _load(data, None, label)
    if halves is None:
        raise _damaged(label)
    plain, public = halves
    # From the private half itself: what stood in clear beside it may be somebody else's.
    recipient = _public_half(_canonical_base64(public.split()[1].decode()) or b"", label)
    if expected is not None and recipient.canonical != expected.canonical:
        raise Error(f'the two halves of "{label}" do not belong together', "restore the key and its .pub file")
    return recipient, _key(plain, label)


def _load(data: bytes, passphrase: bytes | None, label: str) -> tuple[bytes, bytes] | None:
    """The key without a passphrase and its public line, both in OpenSSH's form; None if the passphrase is wrong."""
    # 30 to 70 ms to import, so only for keys that need it.
    from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as s

    openssh = b"BEGIN OPENSSH PRIVATE KEY" in data
    try:
        load = s.load_ssh_private_key if openssh else s.load_pem_private_key
        key: Key = load(data, passphrase)
        plain = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.OpenSSH, s.NoEncryption())
        return plain, key.public_key().public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH)
    except UnsupportedAlgorithm:
        hint = "change it with: ssh-keygen -p -Z aes256-ctr -f FILE"
        raise Error(f'"{label}" is locked with a cipher that is not supported', hint) from None
    except (InvalidTag, ValueError, TypeError):
        # cryptography has no one error for a wrong passphrase: each format and cipher fails in its own way.
        return None
