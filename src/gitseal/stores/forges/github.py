"""GitHub Actions secrets: `github:OWNER/REPO`, `github:OWNER/REPO/environments/NAME`, or `github:orgs/ORG`.

GitHub gives no value back and has no room for a mark, so the time of the last update is all that tells one write from
another. It counts whole seconds.

Written by the published description of its API: https://docs.github.com/rest/actions/secrets
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote import extras, forges
from gitseal.remote.calling import Response, Server
from gitseal.remote.failure import RemoteError
from gitseal.remote.shapes import mapping
from gitseal.stores.forges.calls import CREATED, MISSING, NO_CONTENT, OK, UNPROCESSABLE, ForgeCalls
from gitseal.stores.forges.places import ForgePlace, PlaceGrammar, actions_refusals
from gitseal.stores.protocol import Carries, Edit, Live, Outside, Store, StoreRefusal, Values, Whereabouts

CARRIES = Carries(
    locator="`github:OWNER/REPO`; `github:OWNER/REPO/environments/NAME`; `github:orgs/ORG`, with the option `?visibility=` for"
    " new secrets: `private` repositories see them (the default), `selected` ones (none, until somebody selects them) or `all`",
    names="`A` to `Z`, digits and `_`, no digit first, not beginning with `GITHUB_`; 100 a repository or environment,"
    " 1,000 an organisation",
    values="UTF-8 text without NUL, not empty, 48,000 bytes; a line break at the end stays",
    mark="none: GitHub has no room for it, and gives no value back",
    race="no compare-and-set: the time of the last update, in whole seconds, is looked at just before",
    removal="at once, for good",
)

_GRAMMAR = PlaceGrammar(
    "GitHub",
    "orgs",
    {"visibility": ("private", "selected", "all")},
    "a repository (github:acme/shop), its environment (github:acme/shop/environments/production) or github:orgs/acme",
)
_MOST_BYTES = 48_000  # its pages say 48 KB, and not of which kind
_MOST, _MOST_OF_OWNER = 100, 1_000
_PAGE = "per_page=100"
_KEY_BYTES = 32


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What cannot be a secret there. Raises Error for a locator that names no place."""
    most = _MOST_OF_OWNER if _place(locator).is_owner else _MOST
    return actions_refusals("GitHub", values, ("GITHUB_",), _MOST_BYTES, most)


def open_store(locator: str, outside: Outside) -> Store:
    """The secrets of a place. Raises Error if there is no token, or not the package that seals values."""
    place = _place(locator)
    try:
        import nacl.public  # noqa: F401 - said before anything is read, rather than when something is written
    except ImportError:
        raise extras.missing("GitHub", "PyNaCl", extra="github") from None
    return _GitHubSecrets(forges.github(outside.environ, outside.wait), place)


def whereabouts(locator: str, outside: Outside) -> Whereabouts:  # noqa: ARG001 - all places there are on one server
    """The address of the API."""
    url = forges.github_url(outside.environ)
    return Whereabouts(url, url)


def _place(locator: str) -> ForgePlace:
    place = _GRAMMAR.parse(locator)
    parts = place.path.count("/") + 1
    if (parts != 1 or place.environment) if place.is_owner else parts != 2:  # noqa: PLR2004 - an owner and a repository
        raise _GRAMMAR.error(locator)
    if not place.is_owner and "?" in locator:
        raise Error(f'"{locator}" gives a visibility, and only secrets of an organisation have one', "leave it out")
    return place


def _url(place: ForgePlace) -> str:
    if place.is_owner:
        return f"/orgs/{place.path}/actions/secrets"
    if place.environment:
        return f"/repos/{place.path}/environments/{quote(place.environment, safe='')}/secrets"
    return f"/repos/{place.path}/actions/secrets"


class _SealingKey:
    """The public half that GitHub gives for a place, and its id."""

    def __init__(self, content: object) -> None:
        answer = mapping(content)
        try:
            self._bytes = a2b_base64(str(answer.get("key", "")))
        except ValueError:
            self._bytes = b""
        self.id = str(answer.get("key_id", ""))
        if len(self._bytes) != _KEY_BYTES or not self.id:
            raise RemoteError("GitHub gave no key to seal values to", "see if the address is that of GitHub's API")

    def seal(self, value: SecretBytes) -> str:
        """A sealed box as GitHub takes it: only GitHub opens it."""
        from nacl.public import PublicKey, SealedBox

        return b2a_base64(SealedBox(PublicKey(self._bytes)).encrypt(value.reveal()), newline=False).decode("ascii")


class _GitHubSecrets:
    """The secrets of one place."""

    is_whole = False
    keeps_marks = False

    def __init__(self, server: Server, place: ForgePlace) -> None:
        words = place.path + (f" ({place.environment})" if place.environment else "")
        self._calls = ForgeCalls(server, _url(place), words, noun="secrets", permission=_PERMISSION)
        self._place = place
        self._key: _SealingKey | None = None

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        entries = self._calls.listed("", _PAGE, "secrets")
        return {str(entry.get("name")): Live(str(entry.get("updated_at")), "", None) for entry in entries}

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            there = self._one(edit.name)
            if str(there.get("updated_at", "")) != edit.version:
                raise self._calls.raced(edit.name)
            if edit.value is None:
                self._calls.ask("DELETE", f"/{edit.name}", f'remove the secret "{edit.name}"', NO_CONTENT, MISSING)
            else:
                self._put(edit.name, edit.value, self._visibility(edit.name, there))

    def _one(self, name: str) -> dict[str, Any]:
        """What GitHub says about a secret; empty if it is not there. A place that is not there was noticed when it was read."""
        answer = self._calls.ask("GET", f"/{name}", f'look at the secret "{name}"', OK, MISSING)
        return mapping(answer.content) if answer.status == OK else {}

    def _put(self, name: str, value: SecretBytes, visibility: dict[str, object]) -> None:
        what = f'write the secret "{name}"'
        answer = self._put_once(name, value, visibility, what, UNPROCESSABLE)
        if answer.status == UNPROCESSABLE:
            self._key = None  # it may have another key by now
            self._put_once(name, value, visibility, what)

    def _put_once(
        self, name: str, value: SecretBytes, visibility: dict[str, object], what: str, *also_good: int
    ) -> Response:
        key = self._key = self._key or self._sealing_key()
        content = {"encrypted_value": key.seal(value), "key_id": key.id, **visibility}
        return self._calls.ask("PUT", f"/{name}", what, CREATED, NO_CONTENT, *also_good, content=content)

    def _sealing_key(self) -> _SealingKey:
        return _SealingKey(self._calls.ask("GET", "/public-key", "give its public key", OK).content)

    def _visibility(self, name: str, there: dict[str, Any]) -> dict[str, object]:
        """Which repositories see it, as it is: what a call leaves out, GitHub widens or empties (cli/cli issue 8110)."""
        if not self._place.is_owner:
            return {}
        visibility = str(there.get("visibility") or self._place.options["visibility"])
        if not there or visibility != "selected":
            return {"visibility": visibility}
        entries = self._calls.listed(f"/{name}/repositories", _PAGE, "repositories")
        return {"visibility": visibility, "selected_repository_ids": [entry.get("id") for entry in entries]}


_PERMISSION = (
    "give it the permission to write secrets there; the token that a workflow gets by itself cannot have it,"
    " a personal one or an app's can"
)
