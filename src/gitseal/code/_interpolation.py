"""Reads `$X`, `${X}` and `${X:-default}` in compose files and Dockerfiles (compose-spec, 12-interpolation.md)."""

import re
from collections.abc import Iterator

_MARK = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*+)(:?[-+?=]|[}#%/,^])?|([A-Za-z_][A-Za-z0-9_]*+))")
_WITHOUT = ("-", "+", "=")


def names(text: str, *, doubled: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield each name that a line takes in, and whether it has a default there. Names in defaults count as well.

    `doubled`: `$$` stands for one literal `$`, as in compose files; else a backslash does that, as in a shell.
    """
    for match in _MARK.finditer(text):
        name = match[1] or match[3]
        if name and (doubled or text[match.start() - 1 : match.start()] != "\\"):
            yield name, (match[2] or "").endswith(_WITHOUT)
