"""Azure Key Vault: RSA keys, also those in its HSM, `VAULT/keys/KEY/VERSION`.

The credentials need the permission to decrypt with the key (a role with `Microsoft.KeyVault/vaults/keys/decrypt/action`, such as
Key Vault Crypto User) and nothing else; to fetch the public half, `get`.
"""

from binascii import a2b_base64, b2a_base64

from gitseal.errors import Damaged
from gitseal.hidden import SecretBytes
from gitseal.recipients.clouds.protocol import FetchedKey, Surroundings, never_wait, public_half
from gitseal.remote import azure
from gitseal.remote.azure import VERSION, inner_code, refused
from gitseal.remote.calling import Patience, Response
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.shapes import mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitseal.remote.calling import Server

_OK, _BAD, _MISSING = 200, 400, 404
_KINDS = frozenset({"RSA", "RSA-HSM"})
_ALGORITHM = "RSA-OAEP-256"


def unwrap(locator: str, ciphertext: bytes, surroundings: Surroundings) -> SecretBytes:
    """See `KeyService.unwrap`."""
    vault, path = _parts(locator)
    content = {"alg": _ALGORITHM, "value": _text(ciphertext)}
    answer = _server(vault, surroundings).ask("POST", f"{path}/decrypt?{VERSION}", content, reads=True)
    if answer.status == _BAD:
        raise Damaged("Key Vault does not decrypt the stanza with the key that it is for: it is damaged")
    return SecretBytes(_bytes(_told(answer, "decrypt").get("value")))


def public_key(locator: str, surroundings: Surroundings) -> FetchedKey:
    """See `KeyService.public_key`."""
    vault, path = _parts(locator)
    told = _told(_server(vault, surroundings).ask("GET", f"{path}?{VERSION}", reads=True), "give the public key")
    key = mapping(told.get("key"))
    if key.get("kty") not in _KINDS:
        raise RemoteError("the key is no RSA key", "take one of the type RSA or RSA-HSM")
    if mapping(told.get("attributes")).get("enabled") is not True:
        raise RemoteError("this version of the key is disabled", kind=RemoteFailure.DISABLED)
    version = str(key.get("kid", "")).rpartition("/")[2]
    public = public_half(_bytes(key.get("n")), _bytes(key.get("e")))
    if public is None:
        raise _unreadable()
    return FetchedKey(f"{'/'.join(locator.split('/')[:3])}/{version}", public)


def credentials(environ: "Mapping[str, str]") -> str:
    """See `KeyService.credentials`."""
    return azure.credentials(environ)


def _server(vault: str, surroundings: Surroundings) -> "Server":
    return azure.connect(vault, surroundings.environ, never_wait, Patience(surroundings.seconds, 1))


def _parts(locator: str) -> tuple[str, str]:
    """The vault, and the path of the key in it; one that ends where a version would stand means the newest."""
    vault, collection, name, *version = locator.split("/")
    return vault, "/".join(("", collection, name, *(version or [""])))


def _told(answer: Response, what: str) -> "dict[str, Any]":
    """What an answer tells. Raises RemoteError for a refusal."""
    if answer.status == _OK:
        return mapping(answer.content)
    if answer.status == _MISSING:
        raise RemoteError("there is no such key, or no such version", kind=RemoteFailure.GONE)
    if inner_code(answer) == "KeyOperationForbidden":
        hint = "have decrypt added to the operations that the key permits"
        raise RemoteError("the key is not for decryption", hint, kind=RemoteFailure.DENIED)
    raise refused(what, answer, "the role Key Vault Crypto User on the key")


def _unreadable() -> RemoteError:
    return RemoteError("Key Vault gave no answer that can be read")


def _text(content: bytes) -> str:
    """Base64url without padding, as JOSE has it."""
    return b2a_base64(content, newline=False).decode("ascii").rstrip("=").translate(_TO_URL)


def _bytes(text: object) -> bytes:
    plain = str(text).translate(_FROM_URL)
    try:
        return a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except ValueError:
        raise _unreadable() from None


_TO_URL = str.maketrans("+/", "-_")
_FROM_URL = str.maketrans("-_", "+/")
