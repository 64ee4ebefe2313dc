"""A stand-in for Google Cloud: Secret Manager and Cloud KMS, as their REST references say, and the tokens for both.

Written from: secretmanager v1 (projects.secrets, .versions; google/cloud/secretmanager/v1/{service,resources}.proto), "Use etags
for optimistic concurrency control" (what etag goes with what, and that a mismatch is 400 FAILED_PRECONDITION), "Quotas"
(64 KiB); cloudkms v1 (cryptoKeyVersions.asymmetricDecrypt, .getPublicKey, .list; google/cloud/kms/v1/service.proto); AIP-193
(errors); RFC 7523 (a service account's token); RFC 8693 (workload identity federation). Never compared with the real cloud.
"""

import base64
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.servers.json_server import Answer, JsonServer, Request

TOKEN = "ya29.a-token-of-the-stand-in"
PROJECT = "my-project"
_SECRET = re.compile(r"/v1/projects/([^/]+)/secrets/([^/:]+)")
_VERSION = re.compile(r"/v1/projects/([^/]+)/secrets/([^/:]+)/versions/(latest|[0-9]+)(:access)?")
_KEY = re.compile(r"/v1/(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+)/cryptoKeyVersions")
_KEY_VERSION = re.compile(r"/v1/(projects/.+/cryptoKeyVersions/[0-9]+)(/publicKey|:asymmetricDecrypt)")
_MOST_BYTES = 65_536
_SYMBOLS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


class Version:
    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.state = "ENABLED"


class Secret:
    def __init__(self, annotations: dict[str, str]) -> None:
        self.annotations = annotations
        self.versions: list[Version] = []
        self.etag = '"1"'

    def touch(self) -> None:
        self.etag = f'"{int(self.etag.strip(chr(34))) + 1}"'


class Key(NamedTuple):
    """A version of a key: RSA, its algorithm and state."""

    private: rsa.RSAPrivateKey
    algorithm: str = "RSA_DECRYPT_OAEP_2048_SHA256"
    state: str = "ENABLED"

    @property
    def pem(self) -> str:
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return self.private.public_key().public_bytes(*form).decode()


class Google(JsonServer):
    """`secrets` by project and id; `keys` by the name of the version. `page` is how many secrets a page has at most."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], Secret] = {}
        self.keys: dict[str, Key] = {}
        self.tokens = {TOKEN}
        self.page = 100
        self.assertion_key: rsa.RSAPublicKey | None = None
        self.clock: float | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which gcloud, too, would find it."""
        return {
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": f"{self.address}/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS": f"{self.address}/",
            "CLOUDSDK_AUTH_ACCESS_TOKEN": TOKEN,
        }

    def put(self, name: str, value: bytes) -> None:
        """What somebody does in the console: a new version, and nothing said of it."""
        secret = self.secrets.setdefault((PROJECT, name), Secret({}))
        secret.versions.append(Version(value))

    def answer(self, request: Request) -> Answer:  # noqa: PLR0911 - one for each kind of path
        if request.path == "/token":
            return self._token(request)
        if request.bearer not in self.tokens:
            return error(401, "UNAUTHENTICATED", reason="ACCESS_TOKEN_EXPIRED")
        if re.fullmatch(r"/v1/projects/[^/]+/secrets", request.path):
            return self._list(request) if request.method == "GET" else self._create(request)
        if match := _VERSION.fullmatch(request.path):
            return self._version(*match.groups())
        if match := re.fullmatch(f"{_SECRET.pattern}:addVersion", request.path):
            return self._add(match[1], match[2], request.content)
        if match := _SECRET.fullmatch(request.path):
            return self._secret(match[1], match[2], request)
        if match := _KEY_VERSION.fullmatch(request.path):
            return self._key(match[1], match[2], request)
        if match := _KEY.fullmatch(request.path):
            return self._versions(match[1], request)
        return error(404, "NOT_FOUND")

    # secretmanager.googleapis.com

    def _list(self, request: Request) -> Answer:
        project = request.path.split("/")[3]
        names = sorted(name for owner, name in self.secrets if owner == project)
        start = int(request.query.get("pageToken", "0"))
        size = min(int(request.query["pageSize"]), self.page)
        shown = [self._told(project, name) for name in names[start : start + size]]
        more = {"nextPageToken": str(start + size)} if start + size < len(names) else {}
        return Answer(200, {"totalSize": len(names), **({"secrets": shown} if shown else {}), **more})

    def _create(self, request: Request) -> Answer:
        project, name = request.path.split("/")[3], request.query["secretId"]
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name) or request.content.get("replication") != {"automatic": {}}:
            return error(400, "INVALID_ARGUMENT")
        if (project, name) in self.secrets:
            return error(409, "ALREADY_EXISTS")
        annotations = request.content.get("annotations", {})
        if not _are_annotations(annotations):
            return error(400, "INVALID_ARGUMENT")
        self.secrets[project, name] = Secret(annotations)
        return Answer(200, self._told(project, name))

    def _secret(self, project: str, name: str, request: Request) -> Answer:
        secret = self.secrets.get((project, name))
        if secret is None:
            return error(404, "NOT_FOUND")
        etag = request.content.get("etag") if request.method == "PATCH" else request.query.get("etag")
        if etag is not None and etag != secret.etag:
            return error(400, "FAILED_PRECONDITION")
        if request.method == "DELETE":
            del self.secrets[project, name]
            return Answer(200, {})
        if request.method == "PATCH":
            annotations = request.content.get("annotations", {})
            if request.query["updateMask"] != "annotations" or not _are_annotations(annotations):
                return error(400, "INVALID_ARGUMENT")
            secret.annotations = annotations
            secret.touch()
        return Answer(200, self._told(project, name))

    def _add(self, project: str, name: str, content: dict[str, Any]) -> Answer:
        secret = self.secrets.get((project, name))
        if secret is None:
            return error(404, "NOT_FOUND")
        payload = content.get("payload", {})
        value = base64.b64decode(payload.get("data", ""), validate=True)
        if not value or len(value) > _MOST_BYTES or int(payload["dataCrc32c"]) != checksum(value):
            return error(400, "INVALID_ARGUMENT")
        secret.versions.append(Version(value))
        number = len(secret.versions)
        told = {"name": f"projects/1/secrets/{name}/versions/{number}", "state": "ENABLED"}
        return Answer(200, told | {"clientSpecifiedPayloadChecksum": True})

    def _version(self, project: str, name: str, which: str, access: str | None) -> Answer:
        secret = self.secrets.get((project, name))
        number = len(secret.versions) if secret and which == "latest" else int(which) if which.isdecimal() else 0
        if secret is None or not 0 < number <= len(secret.versions):
            return error(404, "NOT_FOUND")
        version = secret.versions[number - 1]
        path = f"projects/1/secrets/{name}/versions/{number}"
        if not access:
            return Answer(200, {"name": path, "state": version.state})
        if version.state != "ENABLED":
            return error(400, "FAILED_PRECONDITION")
        data = base64.b64encode(version.payload).decode()
        return Answer(200, {"name": path, "payload": {"data": data, "dataCrc32c": str(checksum(version.payload))}})

    def _told(self, project: str, name: str) -> dict[str, Any]:
        secret = self.secrets[project, name]
        annotations = {"annotations": secret.annotations} if secret.annotations else {}
        return {
            "name": f"projects/1/secrets/{name}",
            "etag": secret.etag,
            "replication": {"automatic": {}},
            **annotations,
        }

    # cloudkms.googleapis.com

    def _versions(self, key: str, request: Request) -> Answer:
        names = sorted(name for name in self.keys if name.startswith(f"{key}/"))
        if not names:
            return error(404, "NOT_FOUND")
        start = int(request.query.get("pageToken", "0"))
        end = start + min(int(request.query["pageSize"]), self.page)
        told = [
            {"name": name, "state": self.keys[name].state, "algorithm": self.keys[name].algorithm}
            for name in names[start:end]
        ]
        more = {"nextPageToken": str(end)} if end < len(names) else {}
        return Answer(200, {"cryptoKeyVersions": told, "totalSize": len(names), **more})

    def _key(self, name: str, what: str, request: Request) -> Answer:
        key = self.keys.get(name)
        if key is None:
            return error(404, "NOT_FOUND")
        if key.state != "ENABLED":
            return error(400, "FAILED_PRECONDITION", violation=f"KEY_{key.state}")
        if what == "/publicKey":
            told = {"pem": key.pem, "pemCrc32c": str(checksum(key.pem.encode())), "algorithm": key.algorithm}
            return Answer(200, told | {"name": name, "protectionLevel": "SOFTWARE"})
        ciphertext = base64.b64decode(request.content["ciphertext"], validate=True)
        given = request.content.get("ciphertextCrc32c")
        if given is not None and int(given) != checksum(ciphertext):
            return error(400, "INVALID_ARGUMENT")
        try:
            plaintext = key.private.decrypt(ciphertext, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
        except ValueError:
            return error(400, "INVALID_ARGUMENT")
        told = {"plaintext": base64.b64encode(plaintext).decode(), "plaintextCrc32c": str(checksum(plaintext))}
        return Answer(200, told | {"verifiedCiphertextCrc32c": given is not None, "protectionLevel": "SOFTWARE"})

    # oauth2.googleapis.com and sts.googleapis.com

    def _token(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange":
            if form["subject_token"] != "the-pipelines-oidc-token":
                return Answer(400, {"error": "invalid_grant", "error_description": "hush: the-token"})
            issued = "urn:ietf:params:oauth:token-type:access_token"
            return Answer(
                200, {"access_token": TOKEN, "issued_token_type": issued, "token_type": "Bearer", "expires_in": 3600}
            )
        head, body, signature = form["assertion"].split(".")
        assert self.assertion_key is not None
        self.assertion_key.verify(_base64url(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
        claims = json.loads(_base64url(body))
        if not claims["iat"] - 300 <= (self.clock or time.time()) <= claims["exp"]:
            told = "Invalid JWT: Token must be a short-lived token. Check your iat and exp values in the JWT claim."
            return Answer(400, {"error": "invalid_grant", "error_description": told})
        return Answer(200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})


def error(status: int, symbol: str, *, reason: str = "", violation: str = "") -> Answer:
    """An error as AIP-193 has it. Its message holds what no message of ours may."""
    details: list[dict[str, Any]] = []
    if reason:
        details.append(
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        )
    if violation:
        told = [{"type": violation, "subject": "projects/1", "description": "hush"}]
        details.append({"@type": "type.googleapis.com/google.rpc.PreconditionFailure", "violations": told})
    return Answer(status, {"error": {"code": status, "message": "hush", "status": symbol, "details": details}})


@contextmanager
def running() -> Iterator[Google]:
    google = Google()
    with google.running():
        yield google


def checksum(content: bytes) -> int:
    """CRC-32C bit by bit, from its polynomial: another way than ours."""
    value = 0xFFFFFFFF
    for byte in content:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x82F63B78 * (value & 1)
    return value ^ 0xFFFFFFFF


def _are_annotations(annotations: dict[str, str]) -> bool:
    size = sum(len(name) + len(text) for name, text in annotations.items())
    return size < 16 * 1024 and all(
        re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", name) for name in annotations
    )


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
