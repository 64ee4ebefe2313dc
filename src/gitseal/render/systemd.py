r"""`systemd`: a unit's `EnvironmentFile=`.

In systemd's double quotes everything stands for itself, line feeds too, except for four signs that need a backslash. Its
single quotes are not the shell's: it reads `'a'\''b'` as `a''b'`.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import assignments
from gitseal.render._shape import Options, RenderedEntry
from gitseal.render.dotenv import check_characters

SECTIONS = False

_SPECIAL = re.compile(r'[\\"$`]')


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME="value"` for each entry, which may span lines. Raises as `_env.records` does."""
    return assignments(entries, encode)


def encode(text: str) -> str:
    """The text in double quotes. Raises CannotCarry for noncharacters of Unicode."""
    check_characters(text)
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    return "\\" + match[0]
