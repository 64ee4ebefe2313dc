"""What the stores in forges have in common: how their places are written, and which names Actions secrets can have.

A place is `OWNER/REPO`, `OWNER/REPO/environments/NAME` or `orgs/NAME` (`groups/NAME`), and options as a URL has them.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.stores import carrying
from gitseal.stores.protocol import StoreRefusal, Values

_PART = r"[A-Za-z0-9_.-]*[A-Za-z0-9_-]"  # not `.` and not `..`, which lead elsewhere in a URL
_PATH = re.compile(rf"({_PART}(?:/{_PART})*?)(?:/environments/([^?#\x00-\x1f\x7f]{{1,255}}))?")
_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
_DOTS = frozenset({".", ".."})


class ForgePlace(NamedTuple):
    """One place in a forge: a project, or all projects of an owner; without an `environment` all of them."""

    path: str
    is_owner: bool
    environment: str
    options: Mapping[str, str]


class PlaceGrammar(NamedTuple):
    """How the places of a forge are written.

    `owners` is the word before an owner; each option has its words, the default first.
    """

    forge: str
    owners: str
    options: Mapping[str, tuple[str, ...]]
    examples: str

    def parse(self, locator: str) -> ForgePlace:
        """The place that a locator names, however deep. Raises Error if it names none."""
        path, _, query = locator.partition("?")
        owner = path.removeprefix(f"{self.owners}/")
        parts = _PATH.fullmatch(owner)
        environment = (parts[2] or "") if parts else ""
        if parts is None or _DOTS & {*environment.split("/")} or environment != environment.strip():
            raise self.error(locator)
        return ForgePlace(parts[1], owner != path, environment, self._options(query))

    def _options(self, query: str) -> dict[str, str]:
        given = parse_qsl(query, keep_blank_values=True)
        for option, word in given:
            if word not in self.options.get(option, ()):
                known = ", ".join(f"{name}={'|'.join(words)}" for name, words in self.options.items())
                raise Error(
                    f'"{option}={word}" is no option of a place in {self.forge}',
                    f"these are: {known}" if known else "leave it out",
                )
        return {option: words[0] for option, words in self.options.items()} | dict(given)

    def error(self, locator: str) -> Error:
        """The error for what is no place there."""
        message = f'"{locator}" is no place in {self.forge}: the server comes from the environment, only the rest from the policy'
        return Error(message, f"give {self.examples}")


def actions_refusals(
    forge: str, values: Values, reserved: tuple[str, ...], most_bytes: int, most: int | None
) -> Iterator[StoreRefusal]:
    """What cannot be an Actions secret: `reserved` are beginnings of names, or whole names if they do not end in `_`."""
    if most is not None and len(values) > most:
        yield StoreRefusal("", f"{len(values)} names are more than the {most} secrets that fit there")
    for name, value in values.items():
        content = value.reveal()
        if not _NAME.fullmatch(name):
            upper = f': {forge} would call it "{name.upper()}"' if _NAME.fullmatch(name.upper()) else ""
            yield StoreRefusal(name, f"secrets have names of A to Z, digits and _, with no digit first{upper}")
        elif any(name.startswith(word) if word.endswith("_") else name == word for word in reserved):
            yield StoreRefusal(name, f"{forge} keeps such names for itself")
        if not content:
            # A workflow cannot tell it from a secret that is not there, and Gitea's API refuses it.
            yield StoreRefusal(name, f"{forge} has no empty secrets")
        yield from carrying.too_many_bytes(name, len(content), most_bytes)
        yield from carrying.not_text_of_a_job(name, content)
