"""What somebody saw of a name before they changed it, so that nothing is written over what they did not see."""

from collections.abc import Iterable, Mapping

from gitseal.crypto.digest import sha256_hex
from gitseal.document.document import Document, Entry
from gitseal.errors import Error, shell_quoted
from gitseal.project.names import parse_name
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

NOTHING = "-"
_DIGITS = 16


class NotAsSeen(Error):
    """A name is no longer what somebody saw when they decided to change it. Nothing was written."""


def digest(entry: Entry | None) -> str:
    """A digest of what the file has for a name, which tells nothing of a sealed value; NOTHING if it is not there."""
    if entry is None:
        return NOTHING
    source = entry.token.serialise() if entry.token is not None else entry.node.source or repr(entry.node.items)
    return sha256_hex(source.encode("utf-8", "surrogatepass"))[:_DIGITS]


def check_single(seen: Mapping[tuple[str, str], str], document: Document, names: Iterable[str]) -> None:
    """Raises NotAsSeen for a name that somebody saw as one, and that is a section by now: nobody saw what it has."""
    environment = document.header.environment
    for name in names:
        if (environment, name) in seen and parse_name(name) not in document.entries:
            raise NotAsSeen(
                f'"{name}" is no single name of {environment} by now, and nothing was changed',
                f"look at what is there: gitseal list -e {environment}",
            )


def check(seen: Mapping[tuple[str, str], str], document: Document, paths: Iterable[NamePath]) -> None:
    """Raises NotAsSeen for the first of these paths that somebody saw otherwise."""
    environment = document.header.environment
    for path in paths:
        name = path_text(path)
        before = seen.get((environment, name))
        if before == NOTHING and path in document.entries:
            raise NotAsSeen(
                f'"{name}" exists in {environment} already, and nothing was written',
                f"look at it first: gitseal explain {shell_quoted(name)} -e {environment}",
            )
        if before is not None and before != digest(document.entries.get(path)):
            raise NotAsSeen(
                f'"{name}" in {environment} was changed by somebody else after you saw it, and nothing was written',
                f"look at it again: gitseal explain {shell_quoted(name)} -e {environment}",
            )
