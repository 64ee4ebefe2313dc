"""`diff`: two environments, or two states of one, name by name."""

from enum import Enum
from typing import NamedTuple

from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.value import TypedValue
from gitseal.errors import NotForYou
from gitseal.project.keys import Keys
from gitseal.project.mirror import Mirror
from gitseal.project.project import Project
from gitseal.project.revisions import document_at
from gitseal.project.workspace import Workspace
from gitseal.resolve import plain_texts
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class Difference(Enum):
    """The difference of a name between two sides. UNKNOWN: on both, and no identity at hand opens it."""

    LEFT = "only left"
    RIGHT = "only right"
    DIFFERENT = "different"
    IDENTICAL = "identical"
    UNKNOWN = "unknown"


def difference_words(left: str, right: str) -> dict[Difference, str]:
    """The words for each difference between these two sides."""
    only = {Difference.LEFT: f"only in {left}", Difference.RIGHT: f"only in {right}"}
    return {kind: only.get(kind, kind.value) for kind in Difference}


class Compared(NamedTuple):
    """One name with its two values, if they were opened."""

    name: str
    difference: Difference
    left: TypedValue | None
    right: TypedValue | None


class Side(NamedTuple):
    """One side: a document, and what opens it."""

    document: Document
    keys: Keys

    def open(self, entry: Entry | None) -> TypedValue | None:
        """The value of an entry; None if there is none, or no identity at hand opens it."""
        if entry is None:
            return None
        try:
            value = document.open_entry(self.document, entry, self.keys)
        except NotForYou:
            return None
        return value if entry.token is not None else plain_texts.read_plain(value)


def compare(workspace: Workspace, left: str, right: str) -> list[Compared]:
    """Every name of either side, sorted. A side is `ENV` or `REV:ENV`; raises Error if there is none."""
    return compare_sides(*(stored_side(workspace, words) for words in (left, right)))


def compare_sides(left: Side, right: Side) -> list[Compared]:
    """Every name of either side, sorted."""
    return [_compared(path, left, right) for path in sorted({*left.document.entries, *right.document.entries})]


def stored_side(workspace: Workspace, words: str) -> Side:
    """The side `ENV` or `REV:ENV`. Raises Error if there is none."""
    file = _load(workspace.project, words)
    return Side(file, Keys(file.header, workspace.keyring))


def mirrored_side(mirror: Mirror) -> Side:
    """A file of sops as a side."""
    file = mirror.project.read(mirror.environment)
    return Side(file, Keys(file.header, mirror.keyring))


def _compared(path: NamePath, left: Side, right: Side) -> Compared:
    here, there = left.document.entries.get(path), right.document.entries.get(path)
    name = path_text(path)
    if here is not None and there is not None and here.token is not None and here.token == there.token:
        return Compared(name, Difference.IDENTICAL, left.open(here), right.open(there))
    values = left.open(here), right.open(there)
    if there is None:
        return Compared(name, Difference.LEFT, *values)
    if here is None:
        return Compared(name, Difference.RIGHT, *values)
    if values[0] is None or values[1] is None:
        return Compared(name, Difference.UNKNOWN, *values)
    return Compared(name, Difference.IDENTICAL if values[0] == values[1] else Difference.DIFFERENT, *values)


def _load(project: Project, side: str) -> Document:
    revision, _, name = side.rpartition(":")
    if not revision:
        return project.read(project.resolve(name))
    return document_at(project, revision, project.policy.resolve(name))
