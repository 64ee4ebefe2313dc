"""`gitlab-dotenv`: the report `artifacts:reports:dotenv` of a GitLab job, which gives variables to later jobs.

The server takes each line literally, but strips blanks (app/services/ci/parse_dotenv_artifact_service.rb). It refuses the
whole file for an empty line or a comment, and expands references to variables that it knows. The runner expands the rest by
the rules of Go's `os.Expand`. Both take `$$` for a dollar sign. docs/decisions/0011-what-dialects-decline.md has what is
refused here although some version of GitLab might take it.
"""

import re
from collections.abc import Callable, Sequence

from gitseal.render._env import records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

_MAX_FILE = 5_120  # bytes; the file must be smaller
_MAX_VARIABLES = 150  # of the largest plan
# lib/gitlab/ci/variables/collection/item.rb; dollar signs are doubled before, so only the form of Windows is left.
_REFERENCE = re.compile(r"%%|%([A-Za-z_][A-Za-z0-9_]*)%")
_STRIPPED = " \t\n\v\f\r\0"  # Ruby's String#strip


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One line `NAME=value` for each entry. Raises as `_env.records` does."""
    return records(entries, _fitting())


def record(name: str, text: str) -> str:
    """One line. Raises CannotCarry for a value that a line cannot hold."""
    if "\n" in text:
        raise CannotCarry("a line feed, which ends the value in a file without quotes")
    if text != text.strip(_STRIPPED):
        raise CannotCarry("blanks at its start or end, which GitLab strips")
    if "%" in text and any(match[1] for match in _REFERENCE.finditer(text)):
        raise CannotCarry("%NAME%, which GitLab expands where it knows the name, with no way to escape it")
    return f"{name}={text.replace('$', '$$')}\n"


def _fitting() -> Callable[[str, str], str]:
    """`record` that counts: it refuses what no longer fits into the file, because GitLab would refuse the whole of it."""
    size = variables = 0

    def fit(name: str, text: str) -> str:
        nonlocal size, variables
        line = record(name, text)
        length = len(line.encode())
        if size + length >= _MAX_FILE:
            raise CannotCarry("no room: GitLab takes less than 5 KiB in all")
        if variables == _MAX_VARIABLES:
            raise CannotCarry("no room: GitLab takes at most 150 variables")
        size += length
        variables += 1
        return line

    return fit
