"""One of the policy's targets: a place that values are published to."""

from collections.abc import Iterator

from gitseal.records import NamedTuple

ENVIRONMENT_HOLE = "{environment}"


class PublishTarget(NamedTuple):
    """One place that values are published to.

    `to` is a scheme and what its store reads (docs/reference/stores.md). Without a `service` all names go there. `source` is
    the full name of the branch that a published commit has to be in; empty: the trusted ref. `prune`: names that were
    published and are gone are removed without being asked for.
    """

    name: str
    environments: tuple[str, ...]
    to: str
    service: str = ""
    source: str = ""
    prune: bool = False

    def place(self, environment: str) -> str:
        """Where one of its environments goes."""
        return self.to.replace(ENVIRONMENT_HOLE, environment)

    def places(self) -> Iterator[tuple[str, str]]:
        """Each environment with its place."""
        for environment in self.environments:
            yield environment, self.place(environment)
