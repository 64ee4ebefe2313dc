"""`$X`, `${X}`, `${X:-default}` as compose files and Dockerfiles have them (compose-spec, 12-interpolation.md)."""

import re
from collections.abc import Iterator

_MARK = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*+)(:?[-+?=]|[}#%/,^])?|([A-Za-z_][A-Za-z0-9_]*+))")
_WITHOUT = ("-", "+", "=")


def names(text: str, *, doubled: bool = True) -> Iterator[tuple[str, bool]]:
    """Each name that a line takes in, with whether it goes on without it. A default is searched for names as well.

    `doubled` says that `$$` stands for one literal `$`, as in a compose file; in a shell it is the process id.
    """
    for found in _MARK.finditer(text):
        name = found[1] or found[3]
        if name and (doubled or text[found.start() - 1 : found.start()] != "\\"):
            yield name, (found[2] or "").endswith(_WITHOUT)
