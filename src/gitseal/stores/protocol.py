"""The protocol of a store: what whoever publishes asks of it, and what it is given of the outside.

A store's module has CARRIES, `limits`, which is pure and says what cannot go there before anything is written, and `open_store`.
"""

from collections.abc import Callable, Mapping, Sequence

from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple, Protocol
from gitseal.remote.failure import RemoteError


class Live(NamedTuple):
    """One value as the store has it now. `version` is what `write` expects to find there.

    `mark` is the text that was written with it, empty if there is none; `value` is None if the store gives none back.
    """

    version: str
    mark: str
    value: SecretBytes | None


class Edit(NamedTuple):
    """One change: a value with its mark, or None to remove the name. `version` is that of `Live`, empty for what is not there."""

    name: str
    value: SecretBytes | None
    mark: str
    version: str


class StoreRefusal(NamedTuple):
    """Something a store cannot carry: the name, or an empty one for all of it, and the reason with nothing of the value."""

    name: str
    reason: str


class Raced(RemoteError):
    """Somebody else wrote between our reading and our writing. Nothing was written."""


class Store(Protocol):
    """One place in a store. `is_whole`: all names there are one object, and one call writes all edits or none."""

    is_whole: bool

    def read(self) -> dict[str, Live]:
        """All that is there, by name. Raises RemoteError."""
        raise NotImplementedError

    def write(self, edits: Sequence[Edit]) -> None:
        """Writes one edit, or all of them if `is_whole`. Raises RemoteError; after Raced nothing was written."""
        raise NotImplementedError


class ProgramAnswer(NamedTuple):
    """The end of a program: its status, and what it printed. `is_too_long`: not all of it is here."""

    status: int
    printed: SecretBytes
    is_too_long: bool


class Outside(NamedTuple):
    """What a store may use of the outside, and the folder that programs' paths count from.

    `start` runs a program, given its words, its standard input, and named values that its talk must not show.
    """

    environ: Mapping[str, str]
    start: Callable[[Sequence[str], SecretBytes, Sequence[tuple[str, bytes]]], ProgramAnswer]
    wait: Callable[[float], object]
    folder: str

    def __repr__(self) -> str:
        # A token is among the variables.
        return "Outside(…)"


class Carries(NamedTuple):
    """What a kind of store can carry, in words for docs/reference/stores.md."""

    locator: str
    names: str
    values: str
    mark: str
    race: str
    removal: str


Values = Mapping[str, SecretBytes]
