"""The walk of the env-shaped dialects: one-part names, null left out, and what stands against a name gathered."""

import re
from collections.abc import Callable, Sequence

from gitseal.document.value import ValueType
from gitseal.render._shape import CannotCarry, Path, RenderedEntry, Uncarried, text_of

NAME = "[A-Za-z_][A-Za-z0-9_]*"
_NAME = re.compile(NAME)


def assignments(entries: Sequence[RenderedEntry], encode: Callable[[str], str]) -> bytes:
    """A line `NAME=` and `encode(text)` for each entry. Raises as `records` does."""
    return records(entries, lambda name, text: f"{name}={encode(text)}\n")


def records(entries: Sequence[RenderedEntry], record: Callable[[str, str], str]) -> bytes:
    """What `record(name, text)` gives for each entry, joined.

    Raises Uncarried for names outside `[A-Za-z_][A-Za-z0-9_]*`, for NUL, for bytes that are not UTF-8, and wherever
    `record` raises CannotCarry; ValueError for sectioned and repeated names, which are the caller's to sort out.
    """

    def write(name: str, entry: RenderedEntry) -> str:
        check_name(name)
        text = text_of(entry.value)
        if "\0" in text:
            raise CannotCarry(NUL)
        return record(name, text)

    return "".join(gather(entries, write)).encode()


def gather(entries: Sequence[RenderedEntry], write: Callable[[str, RenderedEntry], str]) -> list[str]:
    """What `write(name, entry)` gives for each entry that is not null, in their order.

    Raises Uncarried for every name at which `write` raises CannotCarry; ValueError as `records` does.
    """
    written: list[str] = []
    reasons: dict[Path, str] = {}
    seen: set[str] = set()
    for entry in entries:
        (name,) = entry.path
        if name in seen:
            raise ValueError(f"{name} is given twice")
        seen.add(name)
        if entry.value.kind is ValueType.NULL:
            continue
        try:
            written.append(write(name, entry))
        except CannotCarry as refusal:
            reasons[entry.path] = refusal.reason
    if reasons:
        raise Uncarried(reasons)
    return written


NUL = "a NUL, which no environment variable can hold"


def check_name(name: str) -> None:
    """Raises CannotCarry for what is no name of an environment variable (POSIX, 8.1, lower case too)."""
    if _NAME.fullmatch(name) is None:
        raise CannotCarry("a name that is no variable name: only letters, digits and _ serve")
