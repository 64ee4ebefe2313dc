"""The results of readers: uses of names, and the reading of a whole file."""

from enum import Enum
from typing import NamedTuple


class NameSource(Enum):
    """The source that a name is read from: the process environment, gitseal itself, or GitHub's own store."""

    VARIABLE = "variable"
    SECRET = "secret"  # noqa: S105 - a word, not a password
    GITHUB_SECRET = "GitHub secret"  # noqa: S105 - the same
    GITHUB_VARIABLE = "GitHub variable"


class Use(NamedTuple):
    """A name that is read in a line, counted from 1.

    `has_default`: the code at this place goes on without the name, because it has a default or only asks whether the name is
    set. Only names of kind SECRET may be paths such as `api/TOKEN`.
    """

    name: str
    line: int
    has_default: bool = False
    kind: NameSource = NameSource.VARIABLE


class Reading(NamedTuple):
    """The uses in a file. `notes` tell what could not be read, in the same words for the same reason.

    The rest is for `linking`:

    * `given`: names that the file sets for the files that are joined with it. Those are the files whose last part is in
      `sourced`, or all files if `is_for_all`.
    * `built`: files, relative to this one's folder, each with the names that only it is given.
    * `wrappers`: functions that read the name they are called with, each with whether it has a default of its own.
    * `calls`: calls that are uses if some file has a wrapper of that name.
    * `chained`: pairs of functions; the first is a wrapper if the second is.
    """

    uses: tuple[Use, ...]
    notes: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    sourced: frozenset[str] = frozenset()
    is_for_all: bool = False
    wrappers: tuple[tuple[str, bool], ...] = ()
    calls: tuple[tuple[str, Use], ...] = ()
    chained: tuple[tuple[str, str], ...] = ()
    built: tuple[tuple[str, frozenset[str]], ...] = ()
