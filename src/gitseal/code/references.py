"""`${secret:NAME}` in any text; `$${` is a literal."""

import re

from gitseal.code.uses import NameSource, Reading, Use

# A run of `$` is looked at once, and nothing is tried twice. The form is that of resolve/templates.py.
_REFERENCE = re.compile(
    rb"(?<!\$)\$\{secret:([A-Za-z_][A-Za-z0-9_.-]{0,127}+(?:/[A-Za-z_][A-Za-z0-9_.-]{0,127}+){0,7}+)(?:\|[a-z0-9]{1,16}+){0,16}+\}"
)


def read(_path: str, content: bytes) -> Reading:
    """The names in the references of a text, in whatever language it is."""
    uses: list[Use] = []
    line, at = 1, 0
    for found in _REFERENCE.finditer(content):
        line += content.count(b"\n", at, found.start())
        at = found.start()
        uses.append(Use(found[1].decode(), line, kind=NameSource.SECRET))
    return Reading(tuple(uses))
