"""Vault and OpenBao, the KV engine version 2: `vault:MOUNT/PATH`, one secret whose fields are the names.

With a `/` at the end each name is a secret of its own below the path, with the field `value`. The marks stand in a field
`gitseal` of the same secret, so that the one call that writes a value writes its mark, and both have one version.
"""

import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from gitseal.errors import Error, shell_quoted
from gitseal.hidden import UnshownDict
from gitseal.records import NamedTuple
from gitseal.remote.calling import Response, Server, refused
from gitseal.remote.failure import RemoteError, RemoteFailure, unsaid
from gitseal.remote.listing import bounded
from gitseal.remote.names import VAULTS_OWN
from gitseal.remote.shapes import mapping
from gitseal.remote.vault import addressed, connect, tool
from gitseal.stores import carrying, fields
from gitseal.stores.protocol import (
    Carries,
    Edit,
    Live,
    Outside,
    Raced,
    Store,
    StoreRefusal,
    Values,
    Whereabouts,
    may_be_mark,
)

CARRIES = Carries(
    locator="`vault:MOUNT/PATH`: one secret, a field for each name; `vault:MOUNT/PATH/`: a secret for each name. Not in "
    "`sys`, `auth`, `identity` and `cubbyhole`, which are Vault's own",
    names="any but `gitseal`, which holds the marks",
    values="UTF-8 text; 1,000,000 bytes a secret, marks included",
    mark="the field `gitseal` of the same secret, written in the same call",
    race="compare-and-set on the version that was read; removing a whole secret has none, its version is read again before",
    removal="a new version without the field; a whole secret is deleted softly, and `vault kv undelete` brings it back; if it "
    "has fields of others, ours alone are taken out",
)

_VALUE = "value"
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_LOCATOR = re.compile(rf"(?!(?:{VAULTS_OWN})/)({_PART})/({_PART}(?:/{_PART})*)(/?)")
_MOST_BYTES = 1_000_000
_MARK_BYTES = 400
_OK, _NO_CONTENT, _BAD, _FORBIDDEN, _MISSING = 200, 204, 400, 403, 404


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What a secret cannot carry. Raises Error for a locator that is no mount and path."""
    _mount, _path, is_each = _parts(locator)
    total = 0
    for name, value in values.items():
        if name == fields.FIELD:
            yield StoreRefusal(name, f'the name "{fields.FIELD}" is that of the marks')
        if "/" in name or not re.fullmatch(_PART, name):
            yield StoreRefusal(name, "it is no name of a secret there")
        yield from carrying.not_text(name, value.reveal())
        size = len(json.dumps({name: value.reveal().decode(errors="replace")})) + _MARK_BYTES
        if is_each:
            yield from carrying.too_many_bytes(name, size, _MOST_BYTES, "a secret")
        total += size
    if not is_each:
        yield from carrying.too_many_bytes("", total, _MOST_BYTES, "a secret")


def open_store(locator: str, outside: Outside) -> Store:
    """The secret, or the folder of secrets. Raises Error if no address or no token is in the environment."""
    mount, path, is_each = _parts(locator)
    server = connect(outside.environ, outside.wait)
    secrets = _Secrets(server, mount, tool(outside.environ))
    return _Each(secrets, path) if is_each else _Whole(secrets, path)


def whereabouts(locator: str, outside: Outside) -> Whereabouts:
    """The server that VAULT_ADDR names, and the namespace there. Raises Error if none is named."""
    _parts(locator)
    url, namespace = addressed(outside.environ)
    told = f"{url}{f' in namespace {namespace}' if namespace else ''}"
    return Whereabouts(told, told)


def _parts(locator: str) -> tuple[str, str, bool]:
    parts = _LOCATOR.fullmatch(locator)
    if parts is None:
        raise Error(
            f'"{locator}" is no place in Vault: the server comes from VAULT_ADDR, and only the rest stands in the policy',
            "give the mount of a KV engine and a path in it, such as vault:secret/shop",
        )
    return parts[1], parts[2], bool(parts[3])


class _Secrets(NamedTuple):
    """The engine at a mount. `tool` is the client that hints name."""

    server: Server
    mount: str
    tool: str

    def refused(self, what: str, status: int, path: str) -> RemoteError:
        """The error for a status that means nothing else, with what helps if the token lacks a right."""
        error = refused("Vault", what, status)
        if status == _FORBIDDEN:
            hint = f"see what the token may: {self.tool} token capabilities {shell_quoted(f'{self.mount}/{path}')}"
            return RemoteError(error.message, hint, kind=error.kind)
        return error

    def check(self, answer: Response, what: str, path: str) -> None:
        """Raises RemoteError for what is no answer of Vault to reading: not there is `{"errors": []}`, or a deleted version."""
        errors = mapping(answer.content).get("errors")
        if (
            answer.status == _MISSING
            and isinstance(errors, list)
            and any("no handler" in str(error) for error in errors)
        ):
            raise RemoteError(f"Vault has no KV engine at {self.mount}", self.engines(), kind=RemoteFailure.GONE)
        is_missing = answer.status == _MISSING and {"errors", "data"} & mapping(answer.content).keys()
        if answer.status != _OK and not is_missing:
            raise self.refused(what, answer.status, path)

    def engines(self) -> str:
        """The hint for what is no engine of ours."""
        return f"see with: {self.tool} secrets list -detailed"


class _Secret:
    """One secret: its fields and version as they were read."""

    def __init__(self, secrets: _Secrets, path: str) -> None:
        self._secrets = secrets
        self._server = secrets.server
        self._data = f"data/{path}"
        self._url = f"/v1/{quote(secrets.mount)}/{quote(self._data)}"
        self.path = f"{secrets.mount}/{path}"
        self.fields = UnshownDict()
        self.version = 0

    def read(self) -> bool:
        """Reads it; False if it is not there, or was deleted."""
        answer = self._server.ask("GET", self._url, reads=True)
        self.fields, self.version = UnshownDict(), 0
        self._secrets.check(answer, f"read {self.path}", self._data)
        content = mapping(mapping(answer.content).get("data"))
        version = mapping(content.get("metadata")).get("version", 0)
        self.version = version if isinstance(version, int) else 0
        fields = content.get("data")
        if answer.status == _OK and not (isinstance(fields, dict) and self.version):
            raise RemoteError(
                f"Vault gave no secret at {self.path}: is this a KV engine of version 2?", self._secrets.engines()
            )
        self.fields = UnshownDict(mapping(fields))
        return answer.status == _OK

    def write(self, fields: UnshownDict) -> None:
        """Writes it, if it is still as it was read."""
        answer = self._server.ask("POST", self._url, {"options": {"cas": self.version}, "data": fields})
        if answer.status == _BAD and _is_race(answer):
            raise Raced(self.path)
        if answer.status != _OK:
            raise self._secrets.refused(f"write {self.path}", answer.status, self._data)
        if mapping(mapping(answer.content).get("data")).get("version") != self.version + 1:
            # Something in between answered, or it is the answer to another request.
            raise unsaid("Vault", f"wrote {self.path}")

    def delete(self) -> None:
        """Deletes the newest version, softly."""
        answer = self._server.ask("DELETE", self._url)
        if answer.status != _NO_CONTENT:
            raise self._secrets.refused(f"remove {self.path}", answer.status, self._data)


def _remove(secret: _Secret, version: str) -> None:
    """Removes what is ours from the secret of one name, and the secret if that is all there is in it."""
    if not secret.read():
        return
    if str(secret.version) != version:
        raise Raced(secret.path, "it was not removed")
    _check_mark(secret)
    theirs = UnshownDict((name, value) for name, value in secret.fields.items() if name not in {_VALUE, fields.FIELD})
    if theirs:
        secret.write(theirs)
    else:
        secret.delete()


def _check_mark(secret: _Secret) -> None:
    """Raises RemoteError if somebody else's text stands where the mark of one name does."""
    if fields.FIELD in secret.fields and not may_be_mark(secret.fields[fields.FIELD]):
        raise fields.not_ours(secret.path)


def _is_race(answer: Response) -> bool:
    errors = mapping(answer.content).get("errors")
    return isinstance(errors, list) and any("check-and-set" in str(error) for error in errors)


class _Whole:
    """One secret with all names."""

    is_whole = True
    keeps_marks = True

    def __init__(self, secrets: _Secrets, path: str) -> None:
        self._secret = _Secret(secrets, path)

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        self._secret.read()
        fields.check(self._secret.fields.get(fields.FIELD), self._secret.path)
        return fields.live(self._secret.fields, str(self._secret.version))

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`. What is not in the edits stays."""
        self._secret.write(fields.edited(self._secret.fields, edits))


class _Each:
    """A secret for each name."""

    is_whole = False
    keeps_marks = True

    def __init__(self, secrets: _Secrets, path: str) -> None:
        self._secrets, self._path = secrets, path
        self._read: dict[str, _Secret] = {}

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        mount, listed = self._secrets.mount, f"metadata/{self._path}/"
        answer = self._secrets.server.ask("LIST", f"/v1/{quote(mount)}/{quote(listed)}", reads=True)
        self._secrets.check(answer, f"list {mount}/{self._path}", listed)
        names = mapping(mapping(answer.content).get("data")).get("keys", [] if answer.status == _MISSING else None)
        if not isinstance(names, list):
            raise RemoteError(
                f"Vault gave no list of {mount}/{self._path}: is this a KV engine?", self._secrets.engines()
            )
        live: dict[str, Live] = {}
        for name in bounded("Vault", [names]):
            if isinstance(name, str) and not name.endswith("/"):
                secret = self._secret(name)
                if secret.read():
                    mark = secret.fields.get(fields.FIELD, "")
                    text = mark if isinstance(mark, str) else ""
                    live[name] = Live(str(secret.version), text, fields.value_bytes(secret.fields.get(_VALUE)))
        return live

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            secret = self._secret(edit.name)
            if edit.value is None:
                _remove(secret, edit.version)
            else:
                _check_mark(secret)
                ours = UnshownDict({_VALUE: edit.value.reveal().decode(), fields.FIELD: edit.mark})
                secret.write(UnshownDict(secret.fields | ours))

    def _secret(self, name: str) -> _Secret:
        return self._read.setdefault(name, _Secret(self._secrets, f"{self._path}/{name}"))
