"""Azure Key Vault: `azure-keyvault:VAULT/PREFIX`, a secret for each name, called PREFIX and the name with `-` for `_`.

A secret's name there has letters, digits and `-`, and no letter is told from its capital. So a name with a `-` of its own is
refused: `-` stands for `_` and for nothing else, and a name that is read back is one name. The mark is a tag of the version.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple
from gitseal.remote.azure import VERSION, addressed, connect, inner_code
from gitseal.remote.azure import refused as refused_for
from gitseal.remote.calling import Response, Server
from gitseal.remote.failure import AGAIN, RemoteError, RemoteFailure, unsaid
from gitseal.remote.listing import bounded
from gitseal.remote.names import AZURE_VAULT
from gitseal.remote.shapes import mapping, mappings
from gitseal.stores import carrying
from gitseal.stores.protocol import Carries, Edit, Live, Outside, Raced, Store, StoreRefusal, Values, Whereabouts

CARRIES = Carries(
    locator="`azure-keyvault:VAULT/PREFIX`: a secret for each name, called PREFIX and the name; PREFIX may be empty",
    names="letters, digits and `_`, which is written as `-`; 127 with the prefix; no two that differ only in capitals",
    values="UTF-8 text; 25,000 bytes",
    mark="the tag `gitseal` of the same version, written in the same call",
    race="no compare-and-set: the version is read again before, and a value that somebody sets in that moment stays as an"
    " older one",
    removal="soft: `az keyvault secret recover` brings it back within the vault's days, and so does publishing the name again",
)

_LOCATOR = re.compile(rf"({AZURE_VAULT})(?:/([A-Za-z0-9-]{{0,126}}))?", re.ASCII)
_MOST_NAME, _MOST_BYTES = 127, 25_000  # the documented 25 KB, read strictly
_TAG = "gitseal"
_PAGE = 25  # the most that it gives
_OK, _FORBIDDEN, _MISSING, _CONFLICT = 200, 403, 404, 409
_MOVING = frozenset({"ObjectIsBeingDeleted", "ObjectIsBeingRecovered"})
_PAUSE, _PAUSES = 2.0, 30  # as Azure's own clients wait for a recovery
# What stands for a secret that is disabled. No value of ours is that, so it counts as changed by hand.
_NOTHING = SecretBytes(b"\xff")


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What a vault cannot carry. Raises Error for a locator that is no vault and prefix."""
    _vault, prefix = _parts(locator)
    by_letters: dict[str, str] = {}
    for name, value in values.items():
        if not re.fullmatch(r"[A-Za-z0-9_]+", name, re.ASCII):
            yield StoreRefusal(name, "a name there has only letters, digits and _, which is written as -")
        elif len(prefix + name) > _MOST_NAME:
            yield StoreRefusal(name, f"with the prefix it has more than {_MOST_NAME} characters")
        other = by_letters.setdefault(name.casefold(), name)
        if other != name:
            yield StoreRefusal(name, f"a vault does not tell it from {other}")
        yield from carrying.not_text(name, value.reveal())
        yield from carrying.too_many_bytes(name, len(value.reveal()), _MOST_BYTES)


def open_store(locator: str, outside: Outside) -> Store:
    """The secrets of a vault with a prefix. Raises Error if no credentials are found."""
    vault, prefix = _parts(locator)
    return _VaultSecrets(connect(vault, outside.environ, outside.wait), prefix, outside.wait)


def whereabouts(locator: str, outside: Outside) -> Whereabouts:
    """The cloud's own server, or the one that the environment names in its place."""
    address = addressed(_parts(locator)[0], outside.environ)
    return Whereabouts(address, address)


def _parts(locator: str) -> tuple[str, str]:
    parts = _LOCATOR.fullmatch(locator)
    if parts is None:
        raise Error(
            f'"{locator}" is no place in Key Vault: it is a vault\'s name and how the names of the secrets begin',
            "give both, such as azure-keyvault:my-vault/shop-",
        )
    return parts[1], parts[2] or ""


class _VersionRead(NamedTuple):
    """A secret as it was read: its version as `Live` has it, and what a new version is to have as well."""

    version: str
    tags: dict[str, str]
    content_type: str


class _VaultSecrets:
    """A secret for each name."""

    is_whole = False
    keeps_marks = True

    def __init__(self, server: Server, prefix: str, wait: Callable[[float], object]) -> None:
        self._server = server
        self._prefix = prefix
        self._wait = wait
        self._read: dict[str, _VersionRead] = {}

    def read(self) -> dict[str, Live]:
        """See `Store`. Values without a mark are not ours, and are not asked for."""
        live: dict[str, Live] = {}
        for item in bounded("Key Vault", self._pages()):
            listed = urlsplit(str(item.get("id", ""))).path.rpartition("/")[2]
            if listed.casefold().startswith(self._prefix.casefold()) and len(listed) > len(self._prefix):
                name = listed[len(self._prefix) :].replace("-", "_")
                secret = item
                value = None
                if _TAG in _tags(item):
                    secret, value = self._value(name, item)
                if secret:
                    self._read[name] = _VersionRead(_version(secret), _tags(secret), str(secret.get("contentType", "")))
                    live[name] = Live(_version(secret), _tags(secret).get(_TAG, ""), value)
        return live

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            self._check(edit)
            if edit.value is not None:
                self._put(edit.name, edit.value, edit.mark)
            elif edit.version:
                answer = self._ask("DELETE", self._path(edit.name))
                if answer.status not in {_OK, _MISSING}:
                    raise _refused(f"remove {self._called(edit.name)}", answer)
                if answer.status == _OK and not mapping(answer.content).get("id"):
                    raise unsaid("Key Vault", f"removed {self._called(edit.name)}")

    def _check(self, edit: Edit) -> None:
        """Raises Raced unless the name is still as it was read."""
        for name in self._read:
            if name != edit.name and name.casefold() == edit.name.casefold():
                message = f"Key Vault has {self._called(edit.name)} already, as {self._called(name)}"
                raise RemoteError(message, "remove that one, or take another prefix for this target")
        answer = self._ask("GET", self._path(edit.name))
        if _is_disabled(answer):
            is_same = edit.version == self._version(edit.name)
        elif answer.status == _MISSING:
            is_same = not edit.version
        elif answer.status == _OK:
            secret = mapping(answer.content)
            is_same = edit.version in {_version(secret), _updated(secret)}
        else:
            raise _refused(f"give {self._called(edit.name)}", answer)
        if not is_same:
            raise Raced(edit.name)

    def _put(self, name: str, value: SecretBytes, mark: str) -> None:
        before = self._read.get(name, _VersionRead("", {}, ""))
        content = {"value": value.reveal().decode(), "tags": before.tags | {_TAG: mark}}
        if before.content_type:
            content["contentType"] = before.content_type
        for _ in range(_PAUSES):
            answer = self._ask("PUT", self._path(name), content)
            if answer.status == _OK and _tags(mapping(answer.content)).get(_TAG) == mark:
                return
            if answer.status == _OK:
                raise unsaid("Key Vault", f"wrote {self._called(name)}")
            code = inner_code(answer) if answer.status == _CONFLICT else ""
            if code == "ObjectIsDeletedButRecoverable":
                self._recover(name)
            elif code not in _MOVING:
                raise _refused(f"write {self._called(name)}", answer)
            self._wait(_PAUSE)
        raise RemoteError(f"Key Vault is not done with {self._called(name)}", AGAIN, kind=RemoteFailure.NOT_READY)

    def _recover(self, name: str) -> None:
        """Brings back a secret that was deleted; its name is not free until the vault's days are over. A new value follows."""
        path = self._path(name).replace("/secrets/", "/deletedsecrets/")
        answer = self._ask("GET", path)
        if answer.status == _OK and _TAG not in _tags(mapping(answer.content)):
            message = f"{self._called(name)} was deleted in Key Vault, and gitseal had not put it there"
            raise RemoteError(message, "recover or purge it there, or take another prefix for this target")
        if answer.status == _OK:
            answer = self._ask("POST", path.replace("?", "/recover?"))
        # Between the two it may have been recovered by somebody else, or be on its way.
        if answer.status not in {_OK, _MISSING} and inner_code(answer) not in _MOVING:
            raise _refused(f"recover {self._called(name)}", answer)

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        query = f"{VERSION}&maxresults={_PAGE}"
        while query:
            answer = self._ask("GET", f"/secrets?{query}")
            if answer.status != _OK:
                raise _refused("list the secrets", answer)
            page = mapping(answer.content)
            items = page.get("value")
            if not isinstance(items, list):
                raise unsaid("Key Vault", "listed the secrets")
            yield mappings(items)
            # Of the address of the next page its query alone is used: a host from an answer would get our token.
            query = urlsplit(str(page.get("nextLink") or "")).query

    def _value(self, name: str, item: dict[str, Any]) -> tuple[dict[str, Any], SecretBytes | None]:
        """The newest version with its value; nothing of either if it is gone by now."""
        answer = self._ask("GET", self._path(name))
        if _is_disabled(answer):
            return item, _NOTHING
        if answer.status == _MISSING:
            return {}, None
        value = mapping(answer.content).get("value")
        if answer.status != _OK or not isinstance(value, str):
            raise _refused(f"give {self._called(name)}", answer)
        return mapping(answer.content), SecretBytes(value.encode("utf-8", "surrogatepass"))

    def _version(self, name: str) -> str:
        return self._read[name].version if name in self._read else ""

    def _called(self, name: str) -> str:
        return self._prefix + name.replace("_", "-")

    def _path(self, name: str) -> str:
        return f"/secrets/{self._called(name)}?{VERSION}"

    def _ask(self, method: str, path: str, content: object = None) -> Response:
        return self._server.ask(method, path, content, reads=method == "GET")


def _refused(what: str, answer: Response) -> RemoteError:
    """The error for an answer that means nothing else here."""
    return refused_for(what, answer, "the role Key Vault Secrets Officer in the vault")


def _is_disabled(answer: Response) -> bool:
    return answer.status == _FORBIDDEN and inner_code(answer) == "SecretDisabled"


def _tags(secret: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in mapping(secret.get("tags")).items()}


def _version(secret: Mapping[str, Any]) -> str:
    """The version that the id of a secret ends in; for one of a list, whose id has none, when it was written last."""
    parts = urlsplit(str(secret.get("id", ""))).path.split("/secrets/")[-1].split("/")
    return parts[1] if len(parts) > 1 else _updated(secret)


def _updated(secret: Mapping[str, Any]) -> str:
    return f"updated {mapping(secret.get('attributes')).get('updated', '')}"
