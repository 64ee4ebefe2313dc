"""What readers give: a use of a name, and the reading of a file."""

from enum import Enum
from typing import NamedTuple


class NameSource(Enum):
    """From where a name is read: the process environment, gitseal itself, or GitHub's own store of a workflow's names."""

    VARIABLE = "variable"
    SECRET = "secret"  # noqa: S105 - a word, not a password
    GITHUB_SECRET = "GitHub secret"  # noqa: S105 - the same
    GITHUB_VARIABLE = "GitHub variable"


class Use(NamedTuple):
    """A name that is read in a line, counted from 1.

    `has_default` says that the code at this place goes on without it: it has a default, or only asks whether it is set.
    A name is a path such as `api/TOKEN` only where the kind is SECRET.
    """

    name: str
    line: int
    has_default: bool = False
    kind: NameSource = NameSource.VARIABLE


class Reading(NamedTuple):
    """The uses in a file; `notes` say what of it could not be read, each the same words for the same reason.

    The rest is for `linking`. `given` are names that the file itself gives to the files that it is joined with: those whose
    last part is in `sourced`, and all where `is_for_all`. `built` are files, relative to this one's folder, with the names
    that they alone are given. `wrappers` are functions that read the name they are called with,
    each with whether it has a default of its own; `calls` are uses if some file has a wrapper of that name, and the first of
    each pair in `chained` is a wrapper if the second is.
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
