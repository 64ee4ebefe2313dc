"""An `.env` file that Git would keep: the names it gives are set wherever the code runs from this tree."""

import re

from gitseal.code.uses import Reading

_NAME = re.compile(rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*+)[ \t]*=[ \t]*+[^ \t\r\n#]", re.MULTILINE)


def read(_path: str, content: bytes) -> Reading:
    """What the file gives; an entry without a value gives nothing."""
    return Reading((), given=frozenset(name.decode() for name in _NAME.findall(content)), is_for_all=True)
