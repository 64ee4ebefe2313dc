"""A stand-in for Azure: one Key Vault with secrets and keys, and the tokens of a managed identity.

Written from the description of the API (Azure/azure-rest-api-specs, specification/keyvault/data-plane, stable/7.4: secrets.json,
keys.json, common.json and their examples), "Azure Key Vault REST API error codes", "About Azure Key Vault secrets", "Azure Key
Vault soft-delete overview", and for tokens "REST endpoint reference" of App Service's managed identities. Azure's own clients are
run against it (tests/servers/test_azure_cloud.py). It was never compared with the real cloud.
"""

import base64
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.servers.json_server import Answer, JsonServer, Request

TOKEN = "eyJ0eXAi.a-token-of-the-stand-in"
VAULT = "my-vault"
_RESOURCE = "https://vault.azure.net"
_SECRET = re.compile(r"/(secrets|deletedsecrets)/([0-9a-zA-Z-]{1,127})(?:/(recover)?)?")
_KEY = re.compile(r"/keys/([0-9a-zA-Z-]{1,127})/([0-9a-f]{32})?(/decrypt)?")
_PAGE = 25


class Version:
    def __init__(self, number: int, value: str, tags: dict[str, str], content_type: str | None) -> None:
        self.id = f"{number:032x}"
        self.updated = 1_700_000_000 + number
        self.value = value
        self.tags = tags
        self.content_type = content_type
        self.enabled = True


class Secret:
    """`moving` counts down the requests for which it is still being deleted or recovered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.versions: list[Version] = []
        self.is_deleted = False
        self.moving = 0


class Key:
    """A version of a key."""

    def __init__(self, private: rsa.RSAPrivateKey, kind: str = "RSA") -> None:
        self.private = private
        self.kind = kind
        self.enabled = True
        self.operations = ["encrypt", "decrypt", "wrapKey", "unwrapKey"]


class Azure(JsonServer):
    """`secrets` by name in small letters; `keys` by name and version, the newest last."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[str, Secret] = {}
        self.keys: dict[tuple[str, str], Key] = {}
        self.tokens = {TOKEN}
        self.most_bytes = 25_600
        self._count = 0
        self._base = ""

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which gitseal and azure-identity find it."""
        return {
            "GITSEAL_AZURE_VAULTS": self.address,
            "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
            "IDENTITY_ENDPOINT": f"{self.address}/msi/token",
            "IDENTITY_HEADER": "a-header-of-the-machine",
        }

    def put(
        self, name: str, value: str, tags: dict[str, str] | None = None, content_type: str | None = None
    ) -> Version:
        """What somebody does in the portal: a new version with other tags."""
        secret = self.secrets.setdefault(name.lower(), Secret(name))
        self._count += 1
        secret.versions.append(Version(self._count, value, tags or {}, content_type))
        return secret.versions[-1]

    def answer(self, request: Request) -> Answer:  # noqa: PLR0911 - one for each kind of path
        if request.path == "/msi/token":
            return self._token(request)
        path = request.path.removeprefix(f"/{VAULT}")
        self._base = self.address + (f"/{VAULT}" if path != request.path else "")
        if request.bearer not in self.tokens:
            tenant = "https://login.windows.net/00000000-0000-0000-0000-000000000000"
            challenge = f'Bearer authorization="{tenant}", resource="{_RESOURCE}"'
            return error(401, "Unauthorized", headers={"WWW-Authenticate": challenge})
        if "api-version" not in request.query:
            return error(400, "BadParameter")
        if path.rstrip("/") == "/secrets" and request.method == "GET":
            return self._list(request)
        if match := _SECRET.fullmatch(path):
            return self._secret(match[1], match[2], match[3], request)
        if match := _KEY.fullmatch(path):
            return self._key(match[1], match[2], match[3], request)
        return error(404, "NotFound")

    def _list(self, request: Request) -> Answer:
        there = [secret for _name, secret in sorted(self.secrets.items()) if not secret.is_deleted]
        start = int(request.query.get("$skiptoken", "0"))
        size = int(request.query.get("maxresults", _PAGE))
        if not 1 <= size <= _PAGE:
            return error(400, "BadParameter")
        items = [
            {**self._told(secret), "id": f"{self._base}/secrets/{secret.name}"}
            for secret in there[start : start + size]
        ]
        query = {"api-version": request.query["api-version"], "$skiptoken": str(start + size), "maxresults": str(size)}
        more = f"{self._base}/secrets?{urlencode(query)}" if start + size < len(there) else None
        return Answer(200, {"value": items, "nextLink": more})

    def _secret(self, collection: str, name: str, recover: str | None, request: Request) -> Answer:
        secret = self.secrets.get(name.lower())
        is_deleted = collection == "deletedsecrets"
        is_moving = secret is not None and secret.moving > 0
        if secret is not None and is_moving:
            secret.moving -= 1
        if request.method == "PUT":
            return self._set(name, secret, request.content, is_moving=is_moving)
        if secret is None or secret.is_deleted is not is_deleted or is_moving:
            return error(404, "SecretNotFound")
        if recover or request.method == "DELETE":
            secret.is_deleted = not is_deleted
            secret.moving = 2
            extra = {} if recover else {"recoveryId": f"{self._base}/deletedsecrets/{secret.name}"}
            return Answer(200, self._told(secret) | extra)
        if is_deleted:
            return Answer(200, self._told(secret) | {"recoveryId": f"{self._base}/deletedsecrets/{secret.name}"})
        if not secret.versions[-1].enabled:
            return error(403, "Forbidden", inner="SecretDisabled")
        return Answer(200, self._told(secret) | {"value": secret.versions[-1].value})

    def _set(self, name: str, secret: Secret | None, content: dict[str, Any], *, is_moving: bool) -> Answer:
        if secret is not None and is_moving:
            return error(
                409, "Conflict", inner="ObjectIsBeingDeleted" if secret.is_deleted else "ObjectIsBeingRecovered"
            )
        if secret is not None and secret.is_deleted:
            return error(409, "Conflict", inner="ObjectIsDeletedButRecoverable")
        value, tags = content.get("value"), content.get("tags", {})
        are_tags = len(tags) <= 15 and all(len(tag) <= 256 and len(text) <= 256 for tag, text in tags.items())
        if not isinstance(value, str) or len(value.encode()) > self.most_bytes or not are_tags:
            return error(400, "BadParameter")
        self.put(name, value, tags, content.get("contentType"))
        secret = self.secrets[name.lower()]
        return Answer(200, self._told(secret) | {"value": value})

    def _told(self, secret: Secret) -> dict[str, Any]:
        newest = secret.versions[-1]
        times = {"created": newest.updated, "updated": newest.updated}
        told: dict[str, Any] = {
            "id": f"{self._base}/secrets/{secret.name}/{newest.id}",
            "attributes": {"enabled": newest.enabled, "recoveryLevel": "Recoverable+Purgeable", **times},
        }
        if newest.tags:
            told["tags"] = newest.tags
        if newest.content_type:
            told["contentType"] = newest.content_type
        return told

    def _key(self, name: str, version: str | None, decrypt: str | None, request: Request) -> Answer:  # noqa: PLR0911 - one for each refusal
        versions = [one for owner, one in self.keys if owner.lower() == name.lower()]
        version = version or (versions[-1] if versions else "")
        if version not in versions:
            return error(404, "KeyNotFound")
        key = self.keys[name, version]
        kid = f"{self._base}/keys/{name}/{version}"
        if not decrypt:
            numbers = key.private.public_key().public_numbers()
            told = {
                "kid": kid,
                "kty": key.kind,
                "key_ops": key.operations,
                "n": _base64url(numbers.n),
                "e": _base64url(numbers.e),
            }
            return Answer(200, {"key": told, "attributes": {"enabled": key.enabled, "created": 1, "updated": 1}})
        if not key.enabled:
            return error(403, "Forbidden", inner="KeyDisabled")
        if "decrypt" not in key.operations:
            return error(403, "Forbidden", inner="KeyOperationForbidden")
        if request.content["alg"] != "RSA-OAEP-256":
            return error(400, "BadParameter")
        try:
            value = request.content["value"]
            ciphertext = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
            plaintext = key.private.decrypt(ciphertext, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
        except ValueError:
            return error(400, "BadParameter")
        return Answer(200, {"kid": kid, "value": base64.urlsafe_b64encode(plaintext).decode().rstrip("=")})

    def _token(self, request: Request) -> Answer:
        if request.headers.get("x-identity-header") != "a-header-of-the-machine":
            return Answer(401, {"statusCode": 401, "message": "hush"})
        if request.query.get("resource", "").rstrip("/") != _RESOURCE:
            return Answer(400, {"statusCode": 400, "message": "hush"})
        token = {"access_token": TOKEN, "expires_on": "4102444800", "resource": _RESOURCE, "token_type": "Bearer"}
        return Answer(200, token | {"client_id": "00000000-0000-0000-0000-000000000000"})


def error(status: int, code: str, *, inner: str = "", headers: dict[str, str] | None = None) -> Answer:
    """An error as Key Vault has it (common.json, KeyVaultError). Its message holds what no message of ours may."""
    told: dict[str, Any] = {"code": code, "message": "hush"}
    if inner:
        told["innererror"] = {"code": inner}
    return Answer(status, {"error": told}, headers or {})


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Azure]:
    azure = Azure()
    with azure.running(tls):
        yield azure


def _base64url(number: int) -> str:
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
