"""What every dialect shares: entries in, bytes out, and how one says what it cannot carry.

A dialect is a module with `SECTIONS` (does it carry names of more than one part?) and `render(entries, options)`, which
returns the whole output or raises `Uncarried` with everything that stands against it. It may have `OPTIONS`, the fields
of `Options` that it heeds, `APPENDS = True` where the output is to be added to the end of a file and never to replace it,
and `masks(entries)`, what is to be said on standard error before the output is. Nothing here knows a dialect.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from gitseal.document.value import TypedValue

Path = tuple[str, ...]


class RenderedEntry(NamedTuple):
    """One value under its name; `path` has one part, or a section's parts and then the name.

    `sealed` says whether the value is a secret. Few dialects care: where it may be shown, which logs it is kept out of.
    """

    path: Path
    value: TypedValue
    sealed: bool = True


class Options(NamedTuple):
    """What a caller may ask of a dialect; one that has no use for an option ignores it.

    `export`: the shell exports what it assigns. `interpolate`: python-dotenv expands `${...}`, as it does unless told not
    to. `name` and `namespace`: of the Kubernetes object; without a namespace it says none.
    """

    export: bool = False
    interpolate: bool = True
    name: str = ""
    namespace: str = ""


class Dialect(Protocol):
    """The shape of a dialect's module."""

    SECTIONS: bool

    def render(self, entries: Sequence[RenderedEntry], options: Options) -> bytes:
        """The output, whole. Raises Uncarried; ValueError for paths that the dialect does not take."""


class CannotCarry(Exception):
    """One value cannot be written; `reason` completes "it has …" and holds nothing of the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Uncarried(Exception):
    """All that a dialect cannot write of the entries it was given, in their order, with the reasons."""

    def __init__(self, reasons: dict[Path, str]) -> None:
        super().__init__(f"{len(reasons)} names")
        self.reasons = reasons


def text_of(value: TypedValue) -> str:
    """The content as text. Raises CannotCarry where it is not UTF-8, which only values of type bytes can be."""
    # The decoding error would keep the secret in its context: it ends before CannotCarry is raised.
    text = _decoded(value.reveal())
    if text is None:
        raise CannotCarry("bytes that are not UTF-8")
    return text


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
