"""The names of a file by indentation alone, for bytes that may break the grammar.

History holds conflicts and states made by hand, and `git diff` shows any bytes at all. What stood in such a file was
published like anything else, so its lines have to be attributed to names although no reader accepts them.
"""

import re
from collections.abc import Iterator

_NAME = re.compile(rb"""( *)["']?([A-Za-z_][A-Za-z0-9_.-]*)["']? *:(?: +(.*)|)$""")


def outline(data: bytes) -> Iterator[tuple[tuple[bytes, ...], bytes, bytes]]:
    """Each line with the path of the names that it stands under, and with the text on it that is no name.

    A line that begins with a name belongs to that name, and its text is what follows the colon. The text of any other
    line is the line without blanks around it; it is empty for a line that is not indented, since that belongs to no name.
    """
    above: list[tuple[int, bytes]] = []
    path: tuple[bytes, ...] = ()
    for line in data.split(b"\n"):
        named = _NAME.match(line.rstrip(b"\r"))
        if named is None:
            yield path, line, line.strip() if line.startswith(b" ") else b""
            continue
        # A name that is indented like none above it belongs to the nearest one that is indented less.
        while above and above[-1][0] >= len(named[1]):
            above.pop()
        above.append((len(named[1]), named[2]))
        path = tuple(name for _indent, name in above)
        yield path, line, named[3] or b""
