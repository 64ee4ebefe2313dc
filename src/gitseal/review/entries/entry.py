"""`ReviewEntry`: one change of one thing in one covered file, by the lines that it took; and the step that it is a part of."""

from typing import NamedTuple

from gitseal.review.entries.table import Classified

Lines = tuple[int, int]
"""The first line, from 1, and the line after the last."""


class PathState(NamedTuple):
    """A path in one state: `mode` as Git has it, such as `100644`, empty if nothing is there.

    `data` is a regular file's bytes, or the path that a link leads to; None for a submodule and for nothing.
    """

    mode: str = ""
    data: bytes | None = None

    @property
    def is_file(self) -> bool:
        """True for a regular file."""
        return self.mode.startswith("100")


ABSENT = PathState()


class Step(NamedTuple):
    """What one commit did to one covered file; `commit` is empty for the step from HEAD to the working tree.

    `before` is the file in the commit's parent, for a merge what the merge of its sides comes to by itself. `merged` are the
    merge base and the two sides of a merge, and empty for other commits.
    """

    commit: str
    path: str
    before: PathState
    after: PathState
    merged: tuple[PathState, ...] = ()


class ReviewEntry(NamedTuple):
    """Changed lines that belong to one thing of a file.

    `owner` is the thing: the path of a name, a stanza, a rule; empty for comments and blank lines and for a file as a whole.
    `subject` is what to call it: a secret's name, a person, an environment; empty if the file says it.
    `before` and `after` are the lines that went and came. `classified` says what it means.
    """

    commit: str
    path: str
    owner: tuple[str, ...]
    subject: str
    before: tuple[Lines, ...]
    after: tuple[Lines, ...]
    classified: Classified

    @property
    def lines(self) -> int:
        """How many lines the entry is about."""
        return max(*(sum(end - start for start, end in side) for side in (self.before, self.after)), 0)
