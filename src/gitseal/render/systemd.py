r"""`systemd`: a unit's `EnvironmentFile=`.

systemd's double quotes keep line feeds and everything else but four signs, which a backslash saves. Its single quotes are
not the shell's: `'a'\''b'` is `a''b'` there.
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
