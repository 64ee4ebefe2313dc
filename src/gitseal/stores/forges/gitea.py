"""Gitea Actions secrets: `gitea:OWNER/REPO` or `gitea:orgs/ORG`.

Gitea gives no value back, and tells when a secret was made but not when it was changed. So the mark goes into the
description, where each of our writes leaves another text, and both together are the version.
"""

from collections.abc import Iterator, Sequence

from gitseal.hidden import UnshownDict
from gitseal.remote import forges
from gitseal.remote.calling import Server
from gitseal.stores.forges.calls import CREATED, MISSING, NO_CONTENT, ForgeCalls
from gitseal.stores.forges.places import ForgePlace, PlaceGrammar, actions_refusals
from gitseal.stores.protocol import Carries, Edit, Live, Outside, Store, StoreRefusal, Values, Whereabouts

CARRIES = Carries(
    locator="`gitea:OWNER/REPO`; `gitea:orgs/ORG`",
    names="`A` to `Z`, digits and `_`, no digit first, not `CI`, not beginning with `GITEA_` or `GITHUB_`",
    values="UTF-8 text without NUL, not empty, 65,536 bytes",
    mark="kept in Git; the description has it too. A value changed by hand under the same description is not noticed, since"
    " Gitea tells no time of a change",
    race="no compare-and-set: the description is looked at just before",
    removal="at once, for good",
)

_GRAMMAR = PlaceGrammar("Gitea", "orgs", {}, "a repository (gitea:acme/shop) or gitea:orgs/acme")
_MOST_BYTES = 65_536
_PAGE = 50


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What cannot be a secret there. Raises Error for a locator that names no place."""
    _place(locator)
    return actions_refusals("Gitea", values, ("GITEA_", "GITHUB_", "CI"), _MOST_BYTES, None)


def open_store(locator: str, outside: Outside) -> Store:
    """The secrets of a place. Raises Error if there is no address or no token."""
    return _GiteaSecrets(forges.gitea(outside.environ, outside.wait), _place(locator))


def whereabouts(locator: str, outside: Outside) -> Whereabouts:  # noqa: ARG001 - all places there are on one server
    """The address of the API. Raises Error if none is set."""
    url = forges.gitea_url(outside.environ)
    return Whereabouts(url, url)


def _place(locator: str) -> ForgePlace:
    place = _GRAMMAR.parse(locator)
    if place.environment or place.path.count("/") != (not place.is_owner):
        raise _GRAMMAR.error(locator)
    return place


class _GiteaSecrets:
    """The secrets of one place."""

    is_whole = False
    keeps_marks = False

    def __init__(self, server: Server, place: ForgePlace) -> None:
        url = f"/{'orgs' if place.is_owner else 'repos'}/{place.path}/actions/secrets"
        self._calls = ForgeCalls(server, url, place.path, noun="secrets", permission=_PERMISSION)

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        return {str(entry.get("name")): _live(entry) for entry in self._calls.listed("", f"limit={_PAGE}")}

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`. Gitea gives no single secret, so all are listed again before."""
        for edit in edits:
            there = self.read().get(edit.name)
            if (there.version if there is not None else "") != edit.version:
                raise self._calls.raced(edit.name)
            if edit.value is None:
                self._calls.ask("DELETE", f"/{edit.name}", f'remove the secret "{edit.name}"', NO_CONTENT, MISSING)
            else:
                content = UnshownDict(data=edit.value.reveal().decode(), description=edit.mark)
                what = f'write the secret "{edit.name}"'
                self._calls.ask("PUT", f"/{edit.name}", what, CREATED, NO_CONTENT, content=content)


_PERMISSION = "use a token of an owner there, with the permission to write repositories (organizations for orgs/...)"


def _live(entry: dict[str, object]) -> Live:
    mark = str(entry.get("description") or "")
    return Live(f"{entry.get('created_at')} {mark}", mark, None)
