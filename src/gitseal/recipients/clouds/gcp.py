"""Google Cloud KMS: RSA keys for decryption, `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N`.

The credentials need `cloudkms.cryptoKeyVersions.useToDecrypt` on the key (roles/cloudkms.cryptoKeyDecrypter) and nothing else; to
fetch the public half, `viewPublicKey`, and `list` for the newest version. All bytes go with their checksums, both ways.
"""

from binascii import a2b_base64, b2a_base64

from gitseal.errors import Damaged
from gitseal.hidden import SecretBytes
from gitseal.recipients.clouds.protocol import FetchedKey, Surroundings, never_wait
from gitseal.remote import google
from gitseal.remote.calling import Patience, Response
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.google import KEYS, crc32c, has_reason, refused, status_of
from gitseal.remote.listing import bounded
from gitseal.remote.shapes import mapping, mappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitseal.remote.calling import Server

_OK, _MISSING = 200, 404
_ALGORITHMS = frozenset(f"RSA_DECRYPT_OAEP_{size}_SHA256" for size in (2048, 3072, 4096))
_VERSIONS = "/cryptoKeyVersions"
_TAKE = "take a key of the purpose asymmetric-encryption and the algorithm rsa-decrypt-oaep-4096-sha256"


def unwrap(locator: str, ciphertext: bytes, surroundings: Surroundings) -> SecretBytes:
    """See `KeyService.unwrap`."""
    content = {"ciphertext": _text(ciphertext), "ciphertextCrc32c": str(crc32c(ciphertext))}
    answer = _server(surroundings).ask("POST", f"/v1/{locator}:asymmetricDecrypt", content, reads=True)
    if status_of(answer) == "INVALID_ARGUMENT":
        raise Damaged("Cloud KMS does not decrypt the stanza: it is damaged, or the key is not of OAEP with SHA-256")
    told = _told(answer, "decrypt")
    plaintext = _bytes(told.get("plaintext"))
    if told.get("verifiedCiphertextCrc32c") is not True or not _is_whole(plaintext, told.get("plaintextCrc32c")):
        raise _broken()
    return SecretBytes(plaintext)


def public_key(locator: str, surroundings: Surroundings) -> FetchedKey:
    """See `KeyService.public_key`."""
    server = _server(surroundings)
    name = locator if _VERSIONS in locator else _newest(server, locator)
    told = _told(server.ask("GET", f"/v1/{name}/publicKey", reads=True), "give the public key")
    if told.get("algorithm") not in _ALGORITHMS:
        raise RemoteError("the key is not RSA for decryption by OAEP with SHA-256", _TAKE)
    pem = str(told.get("pem", "")).encode()
    if not _is_whole(pem, told.get("pemCrc32c")) or told.get("name") != name:
        raise _broken()
    return FetchedKey(name, pem)


def credentials(environ: "Mapping[str, str]") -> str:
    """See `KeyService.credentials`."""
    return google.credentials(environ)


def _server(surroundings: Surroundings) -> "Server":
    return google.connect(KEYS, surroundings.environ, never_wait, Patience(surroundings.seconds, 1))


def _newest(server: "Server", key: str) -> str:
    """The name of the newest version that is enabled."""
    numbers = [
        int(number)
        for version in bounded(KEYS.title, _pages(server, key))
        if version.get("state") == "ENABLED" and (number := str(version.get("name")).rpartition("/")[2]).isdecimal()
    ]
    if not numbers:
        raise RemoteError("the key has no version that is enabled", kind=RemoteFailure.DISABLED)
    return f"{key}{_VERSIONS}/{max(numbers)}"


def _pages(server: "Server", key: str) -> "Iterator[list[dict[str, Any]]]":
    query = "pageSize=1000"
    while query:
        page = _told(server.ask("GET", f"/v1/{key}{_VERSIONS}?{query}", reads=True), "list the versions of the key")
        yield mappings(page.get("cryptoKeyVersions"))
        token = str(page.get("nextPageToken") or "")
        query = f"pageSize=1000&pageToken={google.escaped(token)}" if token else ""


def _told(answer: Response, what: str) -> "dict[str, Any]":
    """What an answer tells. Raises RemoteError for a refusal."""
    if answer.status == _OK:
        return mapping(answer.content)
    if answer.status == _MISSING:
        raise RemoteError("there is no such key, or no such version", kind=RemoteFailure.GONE)
    if status_of(answer) == "FAILED_PRECONDITION":
        if any(has_reason(answer, f"KEY_{state}") for state in ("DESTROYED", "DESTROY_SCHEDULED")):
            raise RemoteError("this version of the key is destroyed", kind=RemoteFailure.GONE)
        raise RemoteError("this version of the key is disabled", kind=RemoteFailure.DISABLED)
    raise refused(KEYS, what, answer)


def _broken() -> RemoteError:
    return RemoteError("what Cloud KMS got or gave did not arrive whole", kind=RemoteFailure.NOT_READY)


def _is_whole(content: bytes, checksum: object) -> bool:
    return isinstance(checksum, str | int) and str(checksum) == str(crc32c(content))


def _text(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode("ascii")


def _bytes(text: object) -> bytes:
    try:
        return a2b_base64(str(text), strict_mode=True)
    except ValueError:
        raise _broken() from None
