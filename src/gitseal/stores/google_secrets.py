"""Google Secret Manager: `gcp-secretmanager:PROJECT/PREFIX`, a secret for each name, called PREFIX and the name.

A version has no room for a mark, so marks stand in the secret's annotations, each under the number of its version. A mark is put
there before its version is added: a new value never stands without its mark. If we are stopped in between, the mark of the newest
version still says what that is, and the next run adds what is missing.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple
from gitseal.remote.calling import Response, Server
from gitseal.remote.failure import RemoteError
from gitseal.remote.google import SECRETS, addressed, connect, crc32c, escaped, refused, status_of
from gitseal.remote.listing import bounded
from gitseal.remote.names import GOOGLE_PROJECT
from gitseal.remote.shapes import mapping, mappings
from gitseal.stores import carrying
from gitseal.stores.protocol import Carries, Edit, Live, Outside, Raced, Store, StoreRefusal, Values, Whereabouts

CARRIES = Carries(
    locator="`gcp-secretmanager:PROJECT/PREFIX`: a secret for each name, called PREFIX and the name; PREFIX may be empty",
    names="letters, digits, `_` and `-`; 255 with the prefix",
    values="any bytes but none at all; 65,536 bytes",
    mark="an annotation of the secret for each version, put there before the version",
    race="compare-and-set on the secret's etag, which tells of marks and settings; the newest version is read again before, and a"
    " version that somebody adds in that moment stays, as an older one",
    removal="the secret with all its versions, for good: Google keeps none back",
)

_ID = r"[A-Za-z0-9_-]"
_LOCATOR = re.compile(rf"({GOOGLE_PROJECT})(?:/({_ID}{{0,254}}))?", re.ASCII)
_MOST_NAME, _MOST_BYTES = 255, 65_536
_ANNOTATION = re.compile(r"gitseal-v([1-9][0-9]{0,9})", re.ASCII)
_PAGE = 1000
_OK, _BAD, _MISSING, _CONFLICT = 200, 400, 404, 409
# What stands for a version that is disabled or destroyed. No value of ours is empty, so it counts as changed by hand.
_NOTHING = SecretBytes(b"")


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What Secret Manager cannot carry. Raises Error for a locator that is no project and prefix."""
    _project, prefix = _parts(locator)
    for name, value in values.items():
        if not re.fullmatch(f"{_ID}+", name, re.ASCII):
            yield StoreRefusal(name, "a name there has only letters, digits, _ and -")
        elif len(prefix + name) > _MOST_NAME:
            yield StoreRefusal(name, f"with the prefix it has more than {_MOST_NAME} characters")
        size = len(value.reveal())
        if not size:
            yield StoreRefusal(name, "it is empty, and a version there is not")
        yield from carrying.too_many_bytes(name, size, _MOST_BYTES)


def open_store(locator: str, outside: Outside) -> Store:
    """The secrets of a project with a prefix. Raises Error if no credentials are found."""
    project, prefix = _parts(locator)
    return _ProjectSecrets(connect(SECRETS, outside.environ, outside.wait), project, prefix)


def whereabouts(locator: str, outside: Outside) -> Whereabouts:
    """The cloud's own server, or the one that the environment names in its place."""
    _parts(locator)
    address = addressed(SECRETS, outside.environ)
    return Whereabouts(address, address)


def _parts(locator: str) -> tuple[str, str]:
    parts = _LOCATOR.fullmatch(locator)
    if parts is None:
        raise Error(
            f'"{locator}" is no place in Secret Manager: it is a project and how the names of the secrets begin',
            "give both, such as gcp-secretmanager:my-project/shop-",
        )
    return parts[1], parts[2] or ""


class _SecretRead(NamedTuple):
    """A secret as it was read: its etag, all annotations, and the number of its newest version."""

    etag: str
    annotations: dict[str, str]
    number: int


class _ProjectSecrets:
    """A secret for each name."""

    is_whole = False
    keeps_marks = True

    def __init__(self, server: Server, project: str, prefix: str) -> None:
        self._server = server
        self._secrets = f"/v1/projects/{project}/secrets"
        self._prefix = prefix
        self._read: dict[str, _SecretRead] = {}

    def read(self) -> dict[str, Live]:
        """See `Store`. A secret without a version is not there. Values without a mark are not ours, and are not asked for."""
        live: dict[str, Live] = {}
        for secret in bounded(SECRETS.title, self._pages()):
            name = str(secret.get("name", "")).rpartition("/")[2]
            if name.startswith(self._prefix) and name != self._prefix:
                one = self._live(name.removeprefix(self._prefix), secret)
                if one is not None:
                    live[name.removeprefix(self._prefix)] = one
        return live

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            before = self._read.get(edit.name)
            there = str(before.number or "") if before is not None else ""
            if edit.version != there or (before is not None and self._newest(edit.name) != before.number):
                raise Raced(edit.name)
            if edit.value is not None:
                self._change(edit.name, before or self._created(edit), edit.mark, edit.value)
            elif before is not None:
                self._delete(edit.name, before)

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        token = ""
        while True:
            path = f"{self._secrets}?pageSize={_PAGE}{f'&pageToken={escaped(token)}' if token else ''}"
            page = self._asked("list the secrets", "GET", path)
            yield mappings(page.get("secrets"))
            token = str(page.get("nextPageToken", ""))
            if not token:
                return

    def _live(self, name: str, secret: Mapping[str, Any]) -> Live | None:
        annotations = {str(key): str(text) for key, text in mapping(secret.get("annotations")).items()}
        marks = _marks(annotations)
        number, value = self._value(name) if marks else (self._newest(name), None)
        self._read[name] = _SecretRead(str(secret.get("etag", "")), annotations, number)
        # A version that has no mark was added by hand: the mark before it says whose the secret is.
        known = [marked for marked in marks if marked <= number]
        return Live(str(number), marks[max(known)] if known else "", value) if number else None

    def _value(self, name: str) -> tuple[int, SecretBytes]:
        answer = self._server.ask("GET", f"{self._url(name)}/versions/latest:access", reads=True)
        if answer.status == _MISSING or (answer.status == _BAD and status_of(answer) == "FAILED_PRECONDITION"):
            return self._newest(name), _NOTHING
        if answer.status != _OK:
            raise refused(SECRETS, f"give {self._prefix}{name}", answer)
        payload = mapping(mapping(answer.content).get("payload"))
        value = _decoded(payload)
        if value is None:
            raise RemoteError(f"{self._prefix}{name} did not arrive as Secret Manager sent it", "run the same again")
        return _number(mapping(answer.content)), SecretBytes(value)

    def _newest(self, name: str) -> int:
        """The number of the newest version, in whatever state; 0 if there is none."""
        answer = self._server.ask("GET", f"{self._url(name)}/versions/latest", reads=True)
        if answer.status == _MISSING:
            return 0
        return _number(self._checked(f"tell of {self._prefix}{name}", answer))

    def _created(self, edit: Edit) -> _SecretRead:
        """A new secret, with the mark of its first version. One that is there without a version is taken as it is."""
        annotations = {_annotation(1): edit.mark}
        path = f"{self._secrets}?secretId={self._prefix}{edit.name}"
        answer = self._server.ask("POST", path, {"replication": {"automatic": {}}, "annotations": annotations})
        if answer.status == _CONFLICT:
            if self._newest(edit.name):
                raise Raced(edit.name)
            answer = self._server.ask("GET", self._url(edit.name), reads=True)
        secret = self._checked(f"create {self._prefix}{edit.name}", answer)
        there = mapping(secret.get("annotations"))
        return _SecretRead(str(secret.get("etag", "")), {str(key): str(text) for key, text in there.items()}, 0)

    def _change(self, name: str, before: _SecretRead, mark: str, value: SecretBytes) -> None:
        expected = before.number + 1
        if before.annotations.get(_annotation(expected)) != mark:
            before = self._marked(name, before, expected, mark)
        content = value.reveal()
        payload = {"data": b64encode(content).decode("ascii"), "dataCrc32c": str(crc32c(content))}
        added = self._asked(
            f"write {self._prefix}{name}", "POST", f"{self._url(name)}:addVersion", {"payload": payload}
        )
        number = _number(added)
        if number != expected:
            # Somebody added a version since we looked: ours is the newest, and gets its mark under its own number.
            before = self._marked(name, before, number, mark)
        self._read[name] = before._replace(number=number)

    def _marked(self, name: str, before: _SecretRead, number: int, mark: str) -> _SecretRead:
        """Puts a mark beside the one of the newest version. Others' annotations stay."""
        kept = {key: text for key, text in before.annotations.items() if not _ANNOTATION.fullmatch(key)}
        marks = _marks(before.annotations)
        last = max((marked for marked in marks if marked <= before.number), default=0)
        both = ({_annotation(last): marks[last]} if last else {}) | {_annotation(number): mark}
        content = {"etag": before.etag, "annotations": kept | both}
        answer = self._server.ask("PATCH", f"{self._url(name)}?updateMask=annotations", content)
        if answer.status == _BAD and status_of(answer) == "FAILED_PRECONDITION":
            raise Raced(name)
        secret = self._checked(f"mark {self._prefix}{name}", answer)
        return _SecretRead(str(secret.get("etag", "")), kept | both, before.number)

    def _delete(self, name: str, before: _SecretRead) -> None:
        answer = self._server.ask("DELETE", f"{self._url(name)}?etag={escaped(before.etag)}")
        if answer.status == _BAD and status_of(answer) == "FAILED_PRECONDITION":
            raise Raced(name)
        if answer.status != _MISSING:
            self._checked(f"remove {self._prefix}{name}", answer)

    def _url(self, name: str) -> str:
        return f"{self._secrets}/{self._prefix}{name}"

    def _asked(self, what: str, method: str, path: str, content: object = None) -> dict[str, Any]:
        return self._checked(what, self._server.ask(method, path, content, reads=method == "GET"))

    @staticmethod
    def _checked(what: str, answer: Response) -> dict[str, Any]:
        if answer.status != _OK:
            raise refused(SECRETS, what, answer)
        return mapping(answer.content)


def _annotation(number: int) -> str:
    return f"gitseal-v{number}"


def _marks(annotations: Mapping[str, str]) -> dict[int, str]:
    """The marks by the numbers of their versions."""
    matches = ((_ANNOTATION.fullmatch(key), mark) for key, mark in annotations.items())
    return {int(match[1]): mark for match, mark in matches if match}


def _number(version: Mapping[str, Any]) -> int:
    number = str(version.get("name", "")).rpartition("/")[2]
    if not number.isdecimal():
        raise RemoteError("Secret Manager told no number of a version", "run the same again")
    return int(number)


def _decoded(payload: Mapping[str, Any]) -> bytes | None:
    """The bytes of a payload; None if they are not those that its checksum is of."""
    try:
        content = b64decode(str(payload.get("data", "")), validate=True)
        return content if int(payload["dataCrc32c"]) == crc32c(content) else None
    except (ValueError, KeyError, TypeError):
        return None
