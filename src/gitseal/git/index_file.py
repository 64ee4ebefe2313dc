"""The index as a file (gitformat-index(5)), for the one question that is asked all the time: whether a file is simply tracked.

No program is started. The answer is yes or "ask Git": an entry in any special state, and an index of version 4 or one that is
split, is not recognised here.
"""

import os

from gitseal.git.repository import Repository

# The two bytes before a path: flags, and its length as far as it fits.
_LONGEST = 0xFFF


class IndexFile:
    """The index of a working tree as it was when it was first asked; empty if there is none that can be read."""

    def __init__(self, repository: Repository) -> None:
        try:
            with open(os.path.join(repository.private_folder(), "index"), "rb") as file:
                self._content = file.read()
        except OSError:
            self._content = b""

    def __bool__(self) -> bool:
        return bool(self._content)

    def surely_has(self, path: str) -> bool:
        """True if a file, by its path from the top, has an entry without any flag. False means that only Git can tell.

        So it is merged, Git looks at the file for changes, it is part of the sparse checkout, and its content was added.
        """
        name = os.fsencode(path)
        return len(name) < _LONGEST and _simple(name) in self._content

    def surely_lacks(self, path: str) -> bool:
        """True if no entry, of whatever state, has that path. False means that only Git can tell."""
        # Version 4 shortens paths; a split index keeps most of them elsewhere, a sparse one names whole folders.
        is_whole = (
            self._content[:8] in {b"DIRC\0\0\0\2", b"DIRC\0\0\0\3"}
            and b"link" not in self._content
            and b"sdir" not in self._content
        )
        return is_whole and os.fsencode(path) + b"\0" not in self._content

    def all_simple(self, folder: str, suffix: str) -> frozenset[str] | None:
        """The paths of all files directly in a folder that end so, as `surely_has` knows them. None if only Git can tell.

        It is one pass: `surely_has` for each of many files would go through the whole index as often.
        """
        import re

        # Not below another folder, whose path would end so too.
        pattern = rb"(?<!/)" + re.escape(os.fsencode(folder)) + rb"/[^/\0]+" + re.escape(suffix.encode()) + rb"\0"
        paths = set()
        for match in re.finditer(pattern, self._content):
            path = match[0][:-1]
            if len(path) >= _LONGEST or not self._content.endswith(_simple(path), 0, match.end()):
                return None
            paths.add(os.fsdecode(path))
        return frozenset(paths)

    def ending(self, end: str) -> int:
        """How many paths end so, under the same condition. Never fewer: other parts of the index name files too."""
        return self._content.count(os.fsencode(end) + b"\0")


def _simple(path: bytes) -> bytes:
    """The end of an entry without any flag: nothing but the length stands before the path."""
    # Nothing of a path can look like that: its length in two bytes begins with a byte that no path has, up to 255 signs.
    return len(path).to_bytes(2) + path + b"\0"
