"""Vault and OpenBao: RSA keys of the transit engine, `MOUNT/keys/NAME@VERSION`.

The token needs `update` on `MOUNT/decrypt/NAME` and nothing else; to fetch the public half, `read` on `MOUNT/keys/NAME`.
"""

from binascii import a2b_base64, b2a_base64

from gitseal.errors import Damaged
from gitseal.hidden import SecretBytes
from gitseal.recipients.clouds.protocol import FetchedKey, Surroundings, never_wait
from gitseal.remote import vault
from gitseal.remote.calling import Response, refused
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.shapes import mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitseal.remote.calling import Server

_OK, _FORBIDDEN, _MISSING = 200, 403, 404
_SOFT = "soft-deleted"
# What the engine says of itself, by a piece of it: the status alone leaves too much open.
_SAID = {
    "disallowed by policy (too old)": (RemoteFailure.DISABLED, "this version is disabled (min_decryption_version)"),
    _SOFT: (RemoteFailure.DISABLED, "the key is deleted for now (soft-delete)"),
    "version is too new": (RemoteFailure.GONE, "there is no such version of the key"),
    "encryption key not found": (RemoteFailure.GONE, "there is no such key"),
    "decryption not supported": (RemoteFailure.OTHER, "this key decrypts nothing: it is no RSA key"),
}
_NOT_ITS_OWN = ("failed to RSA decrypt", "decryption error", "message authentication failed", "invalid ciphertext")


def unwrap(locator: str, ciphertext: bytes, surroundings: Surroundings) -> SecretBytes:
    """See `KeyService.unwrap`."""
    mount, name, version = _parts(locator)
    text = b2a_base64(ciphertext, newline=False).decode()
    answer = _server(surroundings).ask(
        "POST", f"/v1/{mount}/decrypt/{name}", {"ciphertext": f"vault:v{version}:{text}"}, reads=True
    )
    if answer.status != _OK:
        raise _failure(f"{mount}/decrypt/{name}", answer, surroundings)
    try:
        return SecretBytes(a2b_base64(str(_data(answer).get("plaintext")), strict_mode=True))
    except ValueError:
        raise RemoteError("Vault gave no answer that can be read") from None


def public_key(locator: str, surroundings: Surroundings) -> FetchedKey:
    """See `KeyService.public_key`."""
    mount, name, version = _parts(locator)
    answer = _server(surroundings).ask("GET", f"/v1/{mount}/keys/{name}", reads=True)
    if answer.status == _MISSING:
        raise RemoteError("there is no such key", kind=RemoteFailure.GONE)
    if answer.status != _OK:
        raise _failure(f"{mount}/keys/{name}", answer, surroundings)
    data = _data(answer)
    if data.get("soft_deleted"):
        kind, reason = _SAID[_SOFT]
        raise RemoteError(reason, kind=kind)
    version = version or str(data.get("latest_version", ""))
    key = mapping(data.get("keys")).get(version)
    if key is None:
        raise RemoteError("there is no such version of the key, or it is disabled", kind=RemoteFailure.GONE)
    public = mapping(key).get("public_key")
    if not isinstance(public, str) or not public:
        raise RemoteError("the key has no public half", "take an RSA key, such as one of type=rsa-4096")
    return FetchedKey(f"{locator.partition('@')[0]}@{version}", public.encode())


def credentials(environ: "Mapping[str, str]") -> str:
    """See `KeyService.credentials`."""
    return vault.credentials(environ)


def _server(surroundings: Surroundings) -> "Server":
    return vault.connect(surroundings.environ, never_wait, seconds=surroundings.seconds, tries=1)


def _parts(locator: str) -> tuple[str, str, str]:
    """The mount, the key's name and its version, empty if there is none. All of it can stand in a URL as it is."""
    path, _, version = locator.partition("@")
    mount, _, name = path.rpartition("/keys/")
    return mount, name, version


def _failure(path: str, answer: Response, surroundings: Surroundings) -> RemoteError | Damaged:
    if answer.status == _FORBIDDEN:
        # It says the same of a token that is not valid.
        message, hint = (
            "the token is not valid, or may not do that",
            f"see what it may: {vault.tool(surroundings.environ)} token capabilities {path}",
        )
        return RemoteError(message, hint, kind=RemoteFailure.DENIED)
    errors = mapping(answer.content).get("errors")
    said = " ".join(map(str, errors)) if isinstance(errors, list) else ""
    for piece, (kind, reason) in _SAID.items():
        if piece in said:
            return RemoteError(reason, kind=kind)
    if any(piece in said for piece in _NOT_ITS_OWN):
        return Damaged("Vault does not decrypt the stanza with the key that it is for: it is damaged")
    return refused("Vault", f"answer for {path}", answer.status)


def _data(answer: Response) -> "dict[str, Any]":
    return mapping(mapping(answer.content).get("data"))
