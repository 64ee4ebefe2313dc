"""The common shape of the dialects: entries in, bytes out, and a way to refuse what one cannot carry.

A dialect is a module with `SECTIONS` (does it carry names of more than one part?) and `render(entries, options)`, which
returns the whole output or raises `Uncarried` with all refusals. It may also have:

* `OPTIONS`: the names of the fields of `Options` that change its output;
* `REVISIONS = True`, if it writes `Options.revisions`;
* `APPENDS = True`, if the output has to be added to the end of a file and must never replace it;
* `remarks(entries)`: sentences about what was carried and may surprise;
* `masks(entries, is_ordinary)`: lines to print on standard error before the output.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from gitseal.document.value import TypedValue
from gitseal.records import NamedTuple

Path = tuple[str, ...]


class RenderedEntry(NamedTuple):
    """One value under its name; `path` has one part, or a section's parts and then the name.

    `sealed` says whether the value is a secret. A few dialects write secrets in another way, or mask them in logs.
    """

    path: Path
    value: TypedValue
    sealed: bool = True


class Options(NamedTuple):
    """Options of a dialect. Dialects ignore options that mean nothing to them.

    `export`: shells export what they assign. `interpolate`: the reader is python-dotenv with its default, which expands
    `${...}`. `name` and `namespace` are those of the Kubernetes object; an empty namespace is left out. `revisions` are numbers
    by path that change with the values; no caller chooses them.
    """

    export: bool = False
    interpolate: bool = True
    name: str = ""
    namespace: str = ""
    revisions: Mapping[Path, int] = MappingProxyType({})


class Dialect(Protocol):
    """The shape of a dialect's module."""

    SECTIONS: bool

    def render(self, entries: Sequence[RenderedEntry], options: Options) -> bytes:
        """The whole output. Raises Uncarried, and ValueError for paths that the dialect does not take."""


class CannotCarry(Exception):
    """One value cannot be written. `reason` completes "it has …" and quotes nothing of the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Uncarried(Exception):
    """The paths that a dialect cannot write, in the order of the entries, with the reasons."""

    def __init__(self, reasons: dict[Path, str]) -> None:
        super().__init__(f"{len(reasons)} names")
        self.reasons = reasons


def text_of(value: TypedValue) -> str:
    """The content as text. Raises CannotCarry if it is not UTF-8, which only a value of type bytes can be."""
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
