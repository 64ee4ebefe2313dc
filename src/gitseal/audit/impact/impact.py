"""What a leak concerns, as values: names, the keys that a commit published, and what could not be looked at."""

from gitseal.audit.exposure.exposed import Changed
from gitseal.audit.exposure.past import Moment
from gitseal.audit.exposure.stores import StoreOfName
from gitseal.records import NamedTuple

VALUE, PART, SEALED, PLAIN = "value", "part", "sealed", "plain"
"""Why a value counts: it leaked, or only a part of it did; a commit brought its token, or the value itself in a sealed file."""

EVERYBODY = "everybody with the repository"
"""Who opens a value that stands plain."""


class ImpactedName(NamedTuple):
    """A name with a value that somebody else may know.

    `why` has VALUE, PART, SEALED or PLAIN, or the words of `exposed.Reason`. `places` are where it stands in what leaked, as
    `path:line`. The value was in force from `since` until `until`, which is None while it may be; `refs` are full names of refs
    if only they and not the history of HEAD show it. `opened_then` could open it when it was in force,
    `opens_now` can open the value of today; both by every stanza that was ever made for the data key, also by
    one that only a branch claims. `is_plain`: it stood plain in some version, so that everybody with the repository knows it.
    `is_ordinary`: short or common, so that equality may be chance. `services` get the name, `code` are the lines that read it.
    `stores` are the places that `publish` brings the name to, by today's policy; none of them was asked.
    """

    environment: str
    name: str
    why: tuple[str, ...]
    places: tuple[str, ...]
    since: Moment
    refs: tuple[str, ...]
    until: Moment | None
    changed: Changed
    owner: str
    opened_then: tuple[str, ...]
    opens_now: tuple[str, ...]
    is_plain: bool
    is_ordinary: bool
    services: tuple[str, ...]
    code: tuple[str, ...]
    stores: tuple[StoreOfName, ...] = ()


class PublishedKey(NamedTuple):
    """A stanza that a commit published: who can open the access group's data key by it."""

    environment: str
    access: str
    person: str


class Impact(NamedTuple):
    """All that a leak concerns. `unopened` counts the values that no identity at hand opens, so they were not compared.

    `only_whole` counts those that are so short or common that they were looked for nowhere within other text, and not found.
    `beside` are other `.secrets` with files of this project, from the repository's top: they were not asked.
    """

    subject: str
    values: tuple[ImpactedName, ...]
    keys: tuple[PublishedKey, ...]
    unopened: int
    only_whole: int
    is_shallow: bool
    beside: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """False if there may be more: values that did not open, commits that a shallow clone lacks, another folder."""
        return not (self.unopened or self.is_shallow or self.beside)
