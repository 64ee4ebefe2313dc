"""The names in conflict of a sealed file, with the side that the values speak for."""

from enum import Enum
from typing import NamedTuple

from gitseal.conflict.conflicted_file import ConflictedFile, Openings
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document.document import Entry
from gitseal.errors import Error
from gitseal.project.belief.trust import Trust
from gitseal.project.workspace import Workspace
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class TakenSide(Enum):
    """The side whose value a name gets."""

    OURS = 0
    THEIRS = 1


NOT_THERE = "not there"
"""The kind of a side that never had the name."""


class SideValue(NamedTuple):
    """One side's value of a name: `kind` is sealed, write-only, plain, removed or not there; `access` its group, if any."""

    kind: str
    access: str


class Name(NamedTuple):
    """One name in conflict. `proposal` is what follows from the values, if an identity opens them; `because` says why."""

    path: NamePath
    sides: tuple[SideValue, SideValue]
    proposal: TakenSide | None
    because: str

    @property
    def text(self) -> str:
        """The name as the user writes it."""
        return path_text(self.path)


def look(workspace: Workspace, file: ConflictedFile) -> list[Name]:
    """The names in conflict. If the values show that one side alone changed one, or both alike, that is proposed.

    A value under a retired data key is never proposed: whoever held that key, former members too, can have made it.
    """
    trust = Trust(workspace)
    openings = Openings(trust, file)
    return [_name(file, openings, trust, path) for path in file.names]


def _name(file: ConflictedFile, openings: Openings, trust: Trust, path: NamePath) -> Name:
    entries = [side.entries.get(path) for side in file.sides]
    was_there = file.base is not None and path in file.base.entries
    sides = (_standing(entries[0], was_there=was_there), _standing(entries[1], was_there=was_there))
    try:
        values = [openings.value(side, entry) if entry else None for side, entry in enumerate(entries)]
        before = openings.base_value(path)
    except Error:
        return Name(path, sides, None, "")
    # By the values: two tokens of the same value differ.
    if values[0] == values[1]:
        choice, because = TakenSide.OURS, "both sides have the same value"
        if _is_lower(entries[0], entries[1]):
            choice = TakenSide.THEIRS
    elif values[0] == before:
        choice, because = TakenSide.THEIRS, "the other side alone changed the value"
    elif values[1] == before:
        choice, because = TakenSide.OURS, "this side alone changed the value"
    else:
        return Name(path, sides, None, "")
    if values[0] != values[1] and not _is_vouched(file, openings, trust, choice, entries[choice.value]):
        return Name(path, sides, None, because)
    return Name(path, sides, choice, because)


def _is_lower(ours: Entry | None, theirs: Entry | None) -> bool:
    """True if nobody vouches for ours, and a member does for theirs."""
    return _standing(ours).kind != "sealed" and _standing(theirs).kind == "sealed"


def _is_vouched(file: ConflictedFile, openings: Openings, trust: Trust, choice: TakenSide, entry: Entry | None) -> bool:
    if entry is None or entry.token is None:
        return True
    header = openings.header(choice.value, entry)
    sides = [side.header for side in file.sides]
    return header is not None and trust.source(header, entry.token.group, into=sides)


def _standing(entry: Entry | None, *, was_there: bool = True) -> SideValue:
    if entry is None:
        return SideValue("removed" if was_there else NOT_THERE, "")
    if entry.token is None:
        return SideValue("plain", "")
    return SideValue("write-only" if entry.token.kind == WRITE_ONLY else "sealed", entry.token.group)
