"""A GitHub of our own making, for its Actions secrets alone. The real one was not tried.

Written by its published description (https://github.com/github/rest-api-description, the paths below `actions/secrets` and
`environments/{environment_name}/secrets`) and its pages on secrets and rate limits
(https://docs.github.com/en/actions/reference/security/secrets, https://docs.github.com/en/rest/using-the-rest-api). It opens
sealed boxes with its private key, as GitHub does, so a test sees what a workflow would get.
"""

import base64
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from tests.servers.json_server import Answer, JsonServer, Request

TOKEN = "gho_for-a-test"
_MOST_IN_PAGE = 100
_NOT_FOUND = Answer(404, {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})


class Secret:
    """One secret, opened."""

    def __init__(self, value: bytes, created: str, visibility: str = "", chosen: list[int] | None = None) -> None:
        self.value = value
        self.created_at = self.updated_at = created
        self.visibility = visibility
        self.chosen = chosen or []


class GitHub(JsonServer):
    """What it has, by place: `("repos", "acme", "shop")`, with an environment behind it, or `("orgs", "acme")`."""

    def __init__(self, *places: tuple[str, ...], prefix: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._prefix = prefix  # of all paths on a server of one's own
        self.secrets: dict[tuple[str, ...], dict[str, Secret]] = {place: {} for place in places}
        self.may_write = True
        self._seconds = 0
        self.new_key()

    @property
    def environ(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.address, "GH_TOKEN": TOKEN}

    def new_key(self) -> None:
        """Rotates the key that values are sealed to."""
        self._key = PrivateKey.generate()
        self._key_id = str(int.from_bytes(bytes(self._key.public_key)[:7]))

    def now(self) -> str:
        """A clock of whole seconds that goes on with each write."""
        self._seconds += 1
        return f"2026-11-27T{self._seconds // 3600:02}:{self._seconds // 60 % 60:02}:{self._seconds % 60:02}Z"

    def put(self, place: tuple[str, ...], name: str, value: bytes, visibility: str = "") -> None:
        """What somebody does by hand."""
        now = self.now()
        secret = self.secrets[place].setdefault(name.upper(), Secret(value, now, visibility))
        secret.value, secret.updated_at = value, now

    def writes(self) -> list[str]:
        return [asked for asked in self.asked if not asked.startswith("GET ")]

    def answer(self, request: Request) -> Answer:
        if not request.headers.get("user-agent"):
            return Answer(403, {"message": "Request forbidden by administrative rules."})
        if request.headers.get("authorization") not in {f"Bearer {TOKEN}", f"token {TOKEN}"}:
            return Answer(401, {"message": "Bad credentials"})
        start = len(self._prefix)
        place, rest = _split(request.parts[start:]) if request.parts[:start] == self._prefix else ((), ())
        if place not in self.secrets:
            return _NOT_FOUND
        if not self.may_write and request.method != "GET":
            return Answer(403, {"message": "Resource not accessible by integration"})
        return self._at(place, rest, request)

    def _at(self, place: tuple[str, ...], rest: tuple[str, ...], request: Request) -> Answer:
        there = self.secrets[place]
        if not rest:
            listed = [self._told(name, secret) for name, secret in sorted(there.items())]
            return _page("secrets", listed, request)
        if rest == ("public-key",):
            key = base64.b64encode(bytes(self._key.public_key)).decode()
            return Answer(200, {"key_id": self._key_id, "key": key})
        name = rest[0].upper()
        if request.method == "PUT":
            return self._put(place, name, request.content)
        return self._one(there, name, rest, request) if name in there else _NOT_FOUND

    def _one(self, there: dict[str, Secret], name: str, rest: tuple[str, ...], request: Request) -> Answer:
        if rest[1:] == ("repositories",):
            return _page("repositories", [{"id": one, "name": f"r{one}"} for one in there[name].chosen], request)
        if request.method == "DELETE":
            del there[name]
            return Answer(204)
        return Answer(200, self._told(name, there[name]))

    def _put(self, place: tuple[str, ...], name: str, content: dict[str, Any]) -> Answer:
        invalid = Answer(422, {"message": "Validation failed"})
        if content.get("key_id") != self._key_id or name.startswith("GITHUB_") or name[:1].isdigit():
            return invalid
        try:
            value = SealedBox(self._key).decrypt(base64.b64decode(content["encrypted_value"]))
        except CryptoError:
            return invalid
        if place[0] == "orgs" and content.get("visibility") not in {"all", "private", "selected"}:
            return invalid
        there = self.secrets[place]
        old = there.get(name)
        # What is left out of a call is emptied: integrations/terraform-provider-github issue 842.
        chosen = content.get("selected_repository_ids") or []
        there[name] = Secret(value, self.now(), str(content.get("visibility", "")), chosen)
        if old is not None:
            there[name].created_at = old.created_at
        return Answer(204) if old is not None else Answer(201, {})

    def _told(self, name: str, secret: Secret) -> dict[str, str]:
        told = {"name": name, "created_at": secret.created_at, "updated_at": secret.updated_at}
        return told | ({"visibility": secret.visibility} if secret.visibility else {})


def _split(path: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A path's place, and what comes after `secrets`."""
    if path[0] == "orgs" and path[2:4] == ("actions", "secrets"):
        return path[:2], path[4:]
    if path[0] == "repos" and path[3:5] == ("actions", "secrets"):
        return path[:3], path[5:]
    if path[0] == "repos" and path[3:4] == ("environments",) and path[5:6] == ("secrets",):
        return (*path[:3], path[4]), path[6:]
    return (), ()


def _page(field: str, entries: list[Any], request: Request) -> Answer:
    size = min(int(request.query.get("per_page", "30")), _MOST_IN_PAGE)
    start = (int(request.query.get("page", "1")) - 1) * size
    return Answer(200, {"total_count": len(entries), field: entries[start : start + size]})
