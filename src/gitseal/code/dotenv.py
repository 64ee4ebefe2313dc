"""`.env` files that are committed: the names in them are set wherever code runs from this tree."""

import re

from gitseal.code.uses import Reading

_NAME = re.compile(rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*+)[ \t]*=[ \t]*+[^ \t\r\n#]", re.MULTILINE)


def read(_path: str, content: bytes) -> Reading:
    """Read the names that the file gives a value; an entry without one does not count."""
    return Reading((), given=frozenset(name.decode() for name in _NAME.findall(content)), is_for_all=True)
