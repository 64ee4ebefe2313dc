"""The walk of the env-shaped dialects: one-part names, every value a text, null left out."""

import re
from collections.abc import Callable, Sequence

from gitseal.document.value import Kind
from gitseal.render._shape import CannotCarry, Entry, Path, Uncarried, text_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def assignments(entries: Sequence[Entry], encode: Callable[[str], str], prefix: str = "") -> bytes:
    """A line `NAME=` and `encode(text)` for each entry, after `prefix`. Raises as `records` does."""
    return records(entries, lambda name, text: f"{prefix}{name}={encode(text)}\n")


def records(entries: Sequence[Entry], record: Callable[[str, str], str]) -> bytes:
    """What `record(name, text)` gives for each entry, joined.

    Raises Uncarried for names outside `[A-Za-z_][A-Za-z0-9_]*`, for NUL, for bytes that are not UTF-8, and wherever
    `record` raises CannotCarry; ValueError for sectioned and repeated names, which are the caller's to sort out.
    """
    written: list[str] = []
    reasons: dict[Path, str] = {}
    seen: set[str] = set()
    for path, value in entries:
        (name,) = path
        if name in seen:
            raise ValueError(f"{name} is given twice")
        seen.add(name)
        if value.kind is Kind.NULL:
            continue
        try:
            written.append(record(_checked(name), _without_nul(text_of(value))))
        except CannotCarry as refusal:
            reasons[path] = refusal.reason
    if reasons:
        raise Uncarried(reasons)
    return "".join(written).encode()


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise CannotCarry("a name that is no variable name: only letters, digits and _ serve")
    return name


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise CannotCarry("a NUL, which no environment variable can hold")
    return text
