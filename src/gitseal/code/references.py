"""References `${secret:NAME}` in any text; `$${` is a literal."""

import re

from gitseal.code.uses import NameSource, Reading, Use

# A run of `$` is looked at once, and nothing is tried twice. The form is that of resolve/templates.py.
_REFERENCE = re.compile(
    rb"(?<!\$)\$\{secret:([A-Za-z_][A-Za-z0-9_.-]{0,127}+(?:/[A-Za-z_][A-Za-z0-9_.-]{0,127}+){0,7}+)(?:\|[a-z0-9]{1,16}+){0,16}+\}"
)


def read(_path: str, content: bytes) -> Reading:
    """Read the names in the references of a text, whatever its language."""
    uses: list[Use] = []
    line, at = 1, 0
    for match in _REFERENCE.finditer(content):
        line += content.count(b"\n", at, match.start())  # from the last one on: counting from the top is quadratic
        at = match.start()
        uses.append(Use(match[1].decode(), line, kind=NameSource.SECRET))
    return Reading(tuple(uses))
