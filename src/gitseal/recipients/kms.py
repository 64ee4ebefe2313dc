"""Keys in a cloud's key service, or in a token: `gitseal-kms:PROVIDER:LOCATOR:KEY` (docs/format.md, section 4.6).

The public half stands in the text, so that sealing needs no network and no credentials: RSA-OAEP by `cryptography`. The
private half never leaves the service, which unwraps one file key of 16 bytes for whoever may decrypt with it (`clouds`).
"""

from binascii import a2b_base64, b2a_base64
from hashlib import sha256

from gitseal.errors import Damaged, Error
from gitseal.recipients import age_file
from gitseal.recipients.cloud_text import PREFIX
from gitseal.recipients.clouds.locators import check_locator
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.protocol import AgeHeader, Tier
from gitseal.recipients.stanza import check_stanza, encode, parse_header
from gitseal.remote.failure import RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.clouds.asking import Asker
    from gitseal.recipients.dialogue import Dialogue

TYPE = "gitseal-rsa-oaep"
_VERSION = "v1"

# A public RSA key in DER (SubjectPublicKeyInfo, RFC 5280 and 3279) with the exponent 65537 has one form for each size: this, the
# modulus, the exponent. The key services make no others. So the text is checked without loading a library.
_BEGINNINGS = {
    256: bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100"),
    384: bytes.fromhex("308201a2300d06092a864886f70d01010105000382018f003082018a0282018100"),
    512: bytes.fromhex("30820222300d06092a864886f70d01010105000382020f003082020a0282020100"),
}
_EXPONENT = bytes.fromhex("0203010001")
_SIZES = "RSA of 2048, 3072 or 4096 bits with the exponent 65537"
_HINT = "copy the whole text that gitseal recipient list prints, gitseal-kms:PROVIDER:LOCATOR:KEY"


class KmsRecipient:
    """The public half of a key in a key service: RSA. A stanza names it by the SHA-256 of its DER."""

    __slots__ = ("_digest", "_key", "_size", "canonical", "locator", "provider")

    def __init__(self, provider: str, locator: str, key: bytes) -> None:
        self.provider = provider
        self.locator = locator
        self.canonical = f"{PREFIX}{provider}:{locator}:{_encoded(key)}"
        self._key = key
        self._size = _modulus_size(key)
        self._digest = encode(sha256(key).digest())

    def __repr__(self) -> str:
        return f"KmsRecipient({self.canonical!r})"

    @property
    def place(self) -> str:
        """Where the private half is, as a person gives it: `vault:transit/keys/deploy@1`."""
        return f"{self.provider}:{self.locator}"

    @property
    def modulus(self) -> bytes:
        """The modulus of the RSA key, without a zero before it. The exponent is 65537."""
        return _modulus(self._key, self._size)

    def is_of(self, public: bytes) -> bool:
        """True if this is its public half, in DER."""
        return public == self._key

    def wrap(self, data_key: bytes, _dialogue: "Dialogue | None" = None) -> bytes:
        """See `Recipient.wrap`. The public half is enough: nothing asks the service."""
        arguments = (_VERSION, self._digest)
        return age_file.wrap(data_key, self, lambda key: age_file.WrappedFileKey(TYPE, arguments, self._sealed(key)))

    def fits(self, header: AgeHeader) -> bool:
        """True if type, digest and length are those of this key."""
        arguments = (_VERSION, self._digest)
        return header.type == TYPE and header.arguments == arguments and len(header.body) == self._size

    def opened(self, stanza: bytes, file_key: bytes) -> bytes:
        """The data key in a stanza whose file key the service gave. Raises Damaged if that is not the stanza's."""
        if len(file_key) != age_file.FILE_KEY:
            raise Damaged("the stanza does not open: it is damaged")
        return age_file.unwrap(stanza, file_key)

    def _sealed(self, file_key: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        key = load_der_public_key(self._key)
        assert isinstance(key, RSAPublicKey)  # noqa: S101 - by how its DER begins
        # No label, for AWS offers none: what binds the data key is its key id.
        return key.encrypt(file_key, OAEP(MGF1(SHA256()), SHA256(), None))


class KmsIdentity:
    """The way to the private half, which stays in the key service: it is asked once for each stanza, never after a failure."""

    __slots__ = ("_asker", "_failure", "_id", "_known", "_recipient", "label", "provider", "recipient", "tier")

    def __init__(self, recipient: KmsRecipient, asker: "Asker") -> None:
        self.provider = recipient.provider
        self.label = recipient.place
        self.recipient: str | None = recipient.canonical
        self.tier = Tier.CLOUD
        self._id = recipient_id(recipient.canonical)
        self._recipient = recipient
        self._asker = asker
        self._known: dict[bytes, bytes | Damaged] = {}
        self._failure: Error | None = None

    def __repr__(self) -> str:
        return f"KmsIdentity({self.label!r})"

    def wants(self, recipient_id: str) -> bool:
        """See `Identity.wants`."""
        return recipient_id == self._id

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`. Raises Malformed, before any call, for a stanza that names another key."""
        check_stanza(stanza, self._recipient)
        if stanza not in self._known:
            if self._failure is not None:
                raise self._failure
            try:
                self._known[stanza] = self._opened(stanza)
            except Damaged as failure:
                self._known[stanza] = failure
            except Error as failure:
                self._failure = failure
                raise
        known = self._known[stanza]
        if isinstance(known, Damaged):
            raise known
        return known

    @property
    def has_opened(self) -> bool:
        """True if the service has opened a stanza."""
        return any(isinstance(known, bytes) for known in self._known.values())

    def open_file(self, _file: bytes) -> bytes | None:
        """None: no whole file is sealed to a key in a key service."""
        return None

    def _opened(self, stanza: bytes) -> bytes:
        asked, body = self._recipient, parse_header(stanza).body
        try:
            return asked.opened(stanza, self._asker.unwrap(asked.provider, asked.locator, body).reveal())
        except Damaged:
            if self._is_replaced():
                message = "there is another key of that name now, which opens nothing that was sealed to the old one"
                hint = "have the old key brought back, or replace it with gitseal recipient replace-key"
                raise RemoteError(message, hint, kind=RemoteFailure.GONE, place=self.label) from None
            raise

    def _is_replaced(self) -> bool:
        """True if the service says that the key of that name has another public half; False too if it does not say."""
        try:
            shown = self._asker.public_key(self.provider, self._recipient.locator).public
            return not self._recipient.is_of(public_key_in(shown))
        except Error:
            return False


def parse(text: str) -> KmsRecipient:
    """Parse `gitseal-kms:PROVIDER:LOCATOR:KEY`. Raises Error if a part is mistyped, cut short or of a kind that is not taken."""
    provider, colon, rest = text.removeprefix(PREFIX).partition(":")
    locator, last, encoded = rest.rpartition(":")
    if not colon or not last:
        raise Error("the recipient of a cloud key is cut short", _HINT)
    check_locator(provider, locator)
    key = _decoded(encoded)
    if key is None:
        raise Error("the public key at the end of the cloud key's recipient is mistyped or cut short", _HINT)
    return compose(provider, locator, key)


def compose(provider: str, locator: str, key: bytes) -> KmsRecipient:
    """The recipient of a key in a service, by its public half in DER. Raises Error for a key that is not taken."""
    check_locator(provider, locator)
    size = _modulus_size(key)
    if not size:
        raise Error("this is no public key that values can be sealed to in a key service", f"it takes {_SIZES}")
    modulus = _modulus(key, size)
    if not modulus[0] & 0x80 or not modulus[-1] & 1:
        raise Error("the public key of the cloud key is not a sound key", "ask for another key")
    return KmsRecipient(provider, locator, key)


def public_key_in(file: bytes) -> bytes:
    """The DER of a public key in a file, PEM or DER, as the clouds' own programs write it. Raises Error for anything else."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as s

    if b"PRIVATE KEY" in file:
        raise Error("this is a private key, and it belongs in no file here", "give its public half")
    load = s.load_pem_public_key if file.lstrip().startswith(b"-----BEGIN ") else s.load_der_public_key
    try:
        key = load(file)
    except (ValueError, UnsupportedAlgorithm):
        raise Error("this is no public key in PEM or DER", "save it as the key service gives it") from None
    return key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)


def short(text: str) -> str:
    """A recipient as a person can compare it: where the private half is, and the fingerprint of all of it."""
    from gitseal.recipients.fingerprint import fingerprint

    return f"{text.rpartition(':')[0]} ({fingerprint(text)})"


def _modulus_size(key: bytes) -> int:
    """The bytes of the modulus; 0 if the DER is of none of the forms that are taken."""
    for size, beginning in _BEGINNINGS.items():
        if len(key) == len(beginning) + size + len(_EXPONENT) and key.startswith(beginning) and key.endswith(_EXPONENT):
            return size
    return 0


def _modulus(key: bytes, size: int) -> bytes:
    return key[len(_BEGINNINGS[size]) : -len(_EXPONENT)]


def _encoded(key: bytes) -> str:
    return b2a_base64(key, newline=False).decode().rstrip("=").translate({ord("+"): "-", ord("/"): "_"})


def _decoded(text: str) -> bytes | None:
    """The bytes of base64url without padding, in its one spelling; None for another."""
    try:
        key = a2b_base64(text.translate({ord("-"): "+", ord("_"): "/"}) + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return key if _encoded(key) == text else None
