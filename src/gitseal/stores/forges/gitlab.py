"""GitLab CI variables: `gitlab:GROUP/PROJECT` or `gitlab:groups/GROUP`, each also with `/environments/NAME`.

A variable is always raw, so that GitLab does not expand the `$` in its value. Its description has the mark.

Written by the published description of its API: https://docs.gitlab.com/api/project_level_variables/ and
https://docs.gitlab.com/api/group_level_variables/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.remote import forges
from gitseal.remote.calling import Response, Server, refused
from gitseal.remote.failure import RemoteError, unsaid
from gitseal.remote.shapes import mapping
from gitseal.stores import carrying
from gitseal.stores.forges.calls import BAD, CREATED, MISSING, NO_CONTENT, OK, ForgeCalls
from gitseal.stores.forges.places import ForgePlace, PlaceGrammar
from gitseal.stores.protocol import Carries, Edit, Live, Outside, Store, StoreRefusal, Values, Whereabouts

CARRIES = Carries(
    locator="`gitlab:GROUP/PROJECT` or `gitlab:groups/GROUP`, with `/environments/NAME` for an environment scope; options:"
    " `?masked=` with `yes` (the default), `auto` or `no`, and `protected=` with `yes` (the default) or `no`",
    names="letters, digits and `_`, 255 characters",
    values="UTF-8 text without NUL, 10,000 characters; with `masked=yes` one line of 8 characters or more without spaces",
    mark="the description of the variable, written in the same call",
    race="no compare-and-set: the variable is looked at just before",
    removal="at once, for good",
)

_GRAMMAR = PlaceGrammar(
    "GitLab",
    "groups",
    {"masked": ("yes", "auto", "no"), "protected": ("yes", "no")},
    "a project (gitlab:acme/shop), one of its environments (gitlab:acme/shop/environments/production) or gitlab:groups/acme",
)
_KEY = re.compile(r"[A-Za-z0-9_]{1,255}")
# What GitLab itself asks of a raw variable that is masked: app/models/concerns/ci/maskable.rb there. Its \s is ASCII's.
_MASKABLE = re.compile(r"[^ \t\n\v\f\r]{8,}")
_MOST_CHARACTERS = 10_000
_EVERYWHERE = "*"


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What cannot be a variable there. Raises Error for a locator that names no place."""
    is_masked = _place(locator).options["masked"] == "yes"
    for name, value in values.items():
        content = value.reveal()
        if not _KEY.fullmatch(name):
            yield StoreRefusal(name, "variables have names of letters, digits and _, of at most 255 characters")
        yield from carrying.not_text_of_a_job(name, content)
        if len(content.decode(errors="replace")) > _MOST_CHARACTERS:
            yield StoreRefusal(name, f"it has more than {_MOST_CHARACTERS:,} characters")
        elif is_masked and not _is_maskable(value):
            yield StoreRefusal(
                name,
                "job logs cannot mask it, since it is not one line of 8 characters or more without spaces"
                " (?masked=auto in the target's `to` masks only what can be)",
            )


def open_store(locator: str, outside: Outside) -> Store:
    """The variables of a place. Raises Error if there is no token."""
    return _Variables(forges.gitlab(outside.environ, outside.wait), _place(locator))


def whereabouts(locator: str, outside: Outside) -> Whereabouts:  # noqa: ARG001 - all places there are on one server
    """The address of the API."""
    url = forges.gitlab_url(outside.environ)
    return Whereabouts(url, url)


def _place(locator: str) -> ForgePlace:
    place = _GRAMMAR.parse(locator)
    if not place.is_owner and "/" not in place.path:
        raise _GRAMMAR.error(locator)
    return place


def _is_maskable(value: SecretBytes) -> bool:
    return _MASKABLE.fullmatch(value.reveal().decode(errors="replace")) is not None


class _Variables:
    """The variables of one scope of a project or group."""

    is_whole = False
    keeps_marks = True

    def __init__(self, server: Server, place: ForgePlace) -> None:
        self._options = place.options
        self._scope = place.environment or _EVERYWHERE
        url = f"/{'groups' if place.is_owner else 'projects'}/{quote(place.path, safe='')}/variables"
        words = place.path + (f" ({place.environment})" if place.environment else "")
        self._calls = ForgeCalls(server, url, words, noun="variables", permission=_PERMISSION)
        self._entries: dict[str, dict[str, Any]] = {}

    def read(self) -> dict[str, Live]:
        """See `Store`. GitLab has no version, so what was read is kept, and compared before something is written."""
        entries = self._calls.listed("", "per_page=100")
        self._entries = {
            str(entry.get("key")): entry for entry in entries if entry.get("environment_scope") == self._scope
        }
        return {
            name: Live("", str(entry.get("description") or ""), self._value(entry))
            for name, entry in self._entries.items()
        }

    def _value(self, entry: Mapping[str, Any]) -> SecretBytes | None:
        """The value; None if it is hidden. If jobs get it otherwise than we would write it, it is one that nobody can write."""
        if entry.get("hidden"):
            return None
        content = str(entry.get("value") or "").encode("utf-8", "surrogatepass")
        is_expanded = b"$" in content and not entry.get("raw")
        return SecretBytes(b"\0" + content if is_expanded or self._is_loose(entry, SecretBytes(content)) else content)

    def _is_loose(self, entry: Mapping[str, Any], value: SecretBytes) -> bool:
        """True if it is less guarded than the place asks for."""
        asked = self._guards({}, value)
        return any(asked[guard] and not entry.get(guard) for guard in asked)

    def _guards(self, there: Mapping[str, Any], value: SecretBytes) -> dict[str, bool]:
        """What the place asks for. What guards a variable that is there stays: it is never made looser than it is."""
        is_masked = self._options["masked"] != "no" or bool(there.get("masked"))
        return {
            "masked": is_masked and _is_maskable(value),
            "protected": self._options["protected"] == "yes" or bool(there.get("protected")),
        }

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            there = self._entries.get(edit.name)
            if self._one(edit.name) != there:
                raise self._calls.raced(edit.name)
            if edit.value is None:
                what = f'remove the variable "{edit.name}"'
                self._calls.ask("DELETE", self._path(edit.name), what, NO_CONTENT, MISSING)
            elif there is None:
                self._create(edit, edit.value)
            else:
                self._change(edit, self._content(edit, edit.value, there))

    def _change(self, edit: Edit, content: UnshownDict) -> None:
        what = f'write the variable "{edit.name}"'
        answer = self._calls.ask("PUT", self._path(edit.name), what, OK, content=content)
        if not _is_as_sent(answer, content):
            raise _not_told(edit.name)

    def _path(self, name: str) -> str:
        return f"/{name}?filter%5Benvironment_scope%5D={quote(self._scope, safe='')}"

    def _one(self, name: str) -> dict[str, Any] | None:
        answer = self._calls.ask("GET", self._path(name), f'look at the variable "{name}"', OK, MISSING)
        return answer.content if answer.status == OK else None

    def _create(self, edit: Edit, value: SecretBytes) -> None:
        content = self._content(edit, value, {})
        content |= {"key": edit.name, "environment_scope": self._scope}
        what = f'write the variable "{edit.name}"'
        answer = self._calls.ask("POST", "", what, CREATED, BAD, content=content)
        if answer.status == BAD:
            if _is_taken(answer):
                raise self._calls.raced(edit.name)
            raise refused("GitLab", what, BAD)
        if mapping(answer.content).get("key") != edit.name:
            raise _not_told(edit.name)
        if not _is_as_sent(answer, content):
            # Without its mark nobody would know that it is ours.
            self._calls.ask("DELETE", self._path(edit.name), f'remove the variable "{edit.name}"', NO_CONTENT, MISSING)
            raise RemoteError("this GitLab is older than 16.2: variables of it cannot have a mark", "upgrade GitLab")

    def _content(self, edit: Edit, value: SecretBytes, there: Mapping[str, Any]) -> UnshownDict:
        about = {"description": edit.mark, "raw": True, **self._guards(there, value)}
        return UnshownDict(about, value=value.reveal().decode())


_PERMISSION = "give it the scope `api` and the role of a maintainer of the project, or of an owner of the group"


def _not_told(name: str) -> RemoteError:
    """The error for an answer that is not GitLab's: something in between gave it."""
    return unsaid("GitLab", f'wrote the variable "{name}"')


def _is_taken(answer: Response) -> bool:
    of_key = mapping(mapping(answer.content).get("message")).get("key")
    return isinstance(of_key, list) and any("taken" in str(text) for text in of_key)


def _is_as_sent(answer: Response, content: Mapping[str, object]) -> bool:
    there = mapping(answer.content)
    return all(there.get(field) == content[field] for field in ("raw", "description"))
