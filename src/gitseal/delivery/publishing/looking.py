"""One environment of one target as somebody who only looks sees it: one that cannot be asked does not hide the others."""

from collections.abc import Callable

from gitseal.delivery.publishing.publication import Publication
from gitseal.errors import Error
from gitseal.records import NamedTuple


class PublishedTarget(NamedTuple):
    """One environment of a target: how it stands, or why nobody can tell."""

    target: str
    environment: str
    publication: Publication | None
    error: Error | None = None

    def untold(self) -> Error | None:
        """Why nobody can tell of it, or of some of its names; None if all is told."""
        return self.publication.untold() if self.publication is not None else self.error


def look(target: str, environment: str, ask: Callable[[], Publication]) -> PublishedTarget:
    """What `ask` tells, or its error."""
    try:
        return PublishedTarget(target, environment, ask())
    except Error as error:
        return PublishedTarget(target, environment, None, error)
