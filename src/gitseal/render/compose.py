"""`compose`: a file for docker compose, its `env_file:` or its `.env`, read by compose-go.

Texts stand in double quotes, on one line: in single quotes nothing tells a backslash at the end from an escaped quote.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import assignments, container_remarks
from gitseal.render._shape import Options, RenderedEntry

SECTIONS = False
remarks = container_remarks

_SPECIAL = re.compile(r'[\\"$\n\r]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r"}


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One line `NAME="value"` for each entry. Raises as `_env.records` does."""
    return assignments(entries, encode, container_names=True)


def encode(text: str) -> str:
    """The text in double quotes on one line, with every `$` escaped, so that compose-go expands nothing."""
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match[0]]
