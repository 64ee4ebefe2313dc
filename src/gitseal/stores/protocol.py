"""The protocol of a store: what whoever publishes asks of it, and what it is given of the outside.

A store's module has three things. CARRIES is for the docs. `limits(locator, values)` is pure, and says what cannot go there
before anything is written; it raises Error for a locator that means nothing, also with no values. `open_store(locator, outside)`
asks nothing of the store yet; it raises Error if the outside lacks what it needs. A module whose server is found in the outside
also has `whereabouts(locator, outside)`, which says which server that is; it asks nothing but whom a server knows us as.

A mark is one text of at most MARK_LENGTH characters, letters, digits and `_.:-`, so that a tag of AWS or Azure, an annotation
of Google or Kubernetes, or a description of GitLab holds it whole. It is written in the value's own call. If a store can do that
only for a new value, then a changed one may have its mark in a second call: cut off in between, it counts as changed by hand,
and is written again. A new value must never stand there without its mark: nobody would know that it is ours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple, Protocol
from gitseal.remote.failure import RemoteError

MARK_LENGTH, MARK_VERSION = 256, "gitseal1"
_MARK = re.compile(rf"[A-Za-z0-9_.:-]{{1,{MARK_LENGTH}}}")
LOOK = "look at it again with --dry-run"


def may_be_mark(text: object) -> bool:
    """True for a text of the form that marks have."""
    return isinstance(text, str) and _MARK.fullmatch(text) is not None


def is_like_a_mark(text: str) -> bool:
    """True for a text that only a mark of gitseal looks like. What it proves is another question."""
    return may_be_mark(text) and text.startswith(f"{MARK_VERSION}:")


class Live(NamedTuple):
    """One value as the store has it now.

    `version` is what `write` expects to find there, in the store's own words, and it changes with every write by anybody: a
    number, a hash, or the time of the last update if the store has nothing better. It is empty only if the store has none of
    these. `mark` is the text that was written with the value, or empty; `value` is None if the store gives none back.
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
    """Somebody else wrote between our reading and our writing. Nothing was written.

    `what` is what they wrote, and `outcome` what that means for it.
    """

    def __init__(self, what: str, outcome: str = "nothing of ours was written") -> None:
        super().__init__(f"somebody else wrote {what} at the same time, and {outcome}", LOOK)


class Overwritten(RemoteError):
    """The write was done, and went over one that somebody else made at the same moment: a person has to hear of it."""


class Untold(RemoteError):
    """A write failed, and what is there cannot be read: nobody can tell whether it was done."""


class Store(Protocol):
    """One place in a store. `is_whole`: all names there are one object, and one call writes all edits or none.

    `keeps_marks` is False for a store with no room for a mark: it writes values alone. Whoever publishes then keeps each mark in
    Git, with the version that the store tells after writing, so `version` must not be empty there.
    """

    is_whole: bool
    keeps_marks: bool

    def read(self) -> dict[str, Live]:
        """All that is there, by name. Raises RemoteError."""
        raise NotImplementedError

    def write(self, edits: Sequence[Edit]) -> None:
        """Writes one edit, or all of them if `is_whole`.

        Raises RemoteError; what is there then is found out by `read`, after which the same edits may be written again. After
        Raced and NotSent nothing was written.
        """
        raise NotImplementedError


class ProgramAnswer(NamedTuple):
    """The end of a program: its status, and what it printed. `is_too_long`: not all of it is here."""

    status: int
    printed: SecretBytes
    is_too_long: bool


class Outside(NamedTuple):
    """What a store may use of the outside, and the folder that programs' paths count from.

    `start` runs a program, given its words, its standard input, named values that its talk must not show, variables besides
    those that every program gets, and the folder that it starts in. In `kept` stands what a server was asked and need not be
    asked again for one command. `asking` is entered while somebody is asked and the answer may take long: whoever holds what
    others wait for lets go of it meanwhile.
    """

    environ: Mapping[str, str]
    start: Callable[[Sequence[str], SecretBytes, Sequence[tuple[str, bytes]], Mapping[str, str], str], ProgramAnswer]
    wait: Callable[[float], object]
    folder: str
    kept: dict[str, str]
    asking: Callable[[], AbstractContextManager[object]] = nullcontext

    def __repr__(self) -> str:
        # A token is among the variables.
        return "Outside(…)"


class Whereabouts(NamedTuple):
    """Which server a store is on. The policy does not say, so a person accepts it once, and again if it is another.

    `told` is for people. `identity` is the same text as long as it is the same server, whatever it is called here.
    """

    told: str
    identity: str


class Carries(NamedTuple):
    """What a kind of store can carry, in words for docs/reference/stores.md."""

    locator: str
    names: str
    values: str
    mark: str
    race: str
    removal: str


Values = Mapping[str, SecretBytes]
