"""One object whose fields are the names: the marks stand in a field `gitseal` of it, so that one call writes value and mark."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.remote.failure import RemoteError
from gitseal.remote.shapes import mapping
from gitseal.stores.protocol import Edit, Live

FIELD = "gitseal"


def live(fields: Mapping[str, Any], version: str) -> dict[str, Live]:
    """What is there, by name; all have the version of the object."""
    marks = marks_in(fields.get(FIELD))
    return {
        name: Live(version, marks.get(name, ""), value_bytes(value)) for name, value in fields.items() if name != FIELD
    }


def edited(fields: Mapping[str, Any], edits: Sequence[Edit]) -> UnshownDict:
    """The fields after the edits. What is not in them stays."""
    after, marks = UnshownDict(fields), marks_in(fields.get(FIELD))
    for edit in edits:
        if edit.value is None:
            after.pop(edit.name, None)
            marks.pop(edit.name, None)
        else:
            after[edit.name] = edit.value.reveal().decode()
            marks[edit.name] = edit.mark
    after.pop(FIELD, None)
    if marks:
        after[FIELD] = json.dumps(marks, sort_keys=True)
    return after


def check(holds: object, place: str) -> None:
    """Raises RemoteError if what stands where a place has its marks is somebody else's: writing would lose it."""
    if are_others(holds):
        raise not_ours(place)


def are_others(holds: object) -> bool:
    """True if something stands where a place has its marks, and it is no marks of ours."""
    return holds is not None and not _are_marks(holds)


def not_ours(place: str) -> RemoteError:
    """The error for a place that has something of somebody else where our marks belong."""
    message = (
        f'{place} has a "{FIELD}" in which no marks of gitseal are, so it is somebody else\'s, and nothing was written'
    )
    return RemoteError(message, "give the target another place, or have that renamed or removed there")


def _are_marks(text: object) -> bool:
    try:
        marks = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(marks, dict) and all(isinstance(mark, str) for mark in marks.values())


def value_bytes(value: object) -> SecretBytes:
    """A field's value. We put only texts there; anything else is compared as JSON."""
    return SecretBytes(value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode())


def marks_in(text: object) -> dict[str, str]:
    """The marks in a text, by name; none in one that is not JSON, or that somebody changed into something else."""
    try:
        marks = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return {name: mark for name, mark in mapping(marks).items() if isinstance(mark, str)}
