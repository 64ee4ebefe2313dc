"""The index as a file (gitformat-index(5)), for the one question that is asked all the time: whether a file is simply tracked.

No program is started. The answer is yes or "ask Git": an entry in any special state, and an index of version 4 or one that is
split, is not recognised here.
"""

import os

from gitseal.git.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# The two bytes before a path: flags, and its length as far as it fits.
_LENGTH, _LONGEST = 2, 0xFFF
# The bytes before an id: ten numbers of what the disk showed (gitformat-index(5)).
_SEEN, _NUMBER = 40, 4


class IndexFile:
    """The index of a working tree as it was when it was first asked; empty if there is none that can be read."""

    def __init__(self, repository: Repository) -> None:
        self._top = repository.folder
        try:
            with open(os.path.join(repository.private_folder(), "index"), "rb") as file:
                self._written = os.fstat(file.fileno()).st_mtime_ns
                self._content = file.read()
        except OSError:
            self._written = 0
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
        paths = set()
        for path, start in self._in_folder(folder, suffix):
            if start is None:
                return None
            paths.add(os.fsdecode(path))
        return frozenset(paths)

    def unchanged(self, folder: str, suffix: str, digits: int) -> dict[str, str]:
        """The ids, of so many digits, of files directly in a folder that surely are on the disk as the index has them.

        By path, and without reading one: the disk has the size, the times and the owner that Git saw when it read them. A
        file that changed no earlier than the index was written could have changed once more since (gitformat-index(5) and
        Git's racy-git.txt); it is left out.
        """
        size = digits // 2
        ids = {}
        for path, start in self._in_folder(folder, suffix):
            if start is None:
                continue
            seen, object_id = self._content[start - size - _SEEN : start - size], self._content[start - size : start]
            try:
                status = os.lstat(os.path.join(os.fsencode(self._top), path))
            except OSError:
                continue
            # Between inode and owner stands a mode, of which the index keeps only some bits.
            before, after = _seen(status)
            if status.st_mtime_ns < self._written and seen.startswith(before) and seen.endswith(after):
                ids[os.fsdecode(path)] = object_id.hex()
        return ids

    def _in_folder(self, folder: str, suffix: str) -> "Iterator[tuple[bytes, int | None]]":
        """What ends like a path of a file directly in a folder, and where its length stands; None if it is not simply tracked."""
        import re

        # Not below another folder, whose path would end so too.
        pattern = rb"(?<!/)" + re.escape(os.fsencode(folder)) + rb"/[^/\0]+" + re.escape(suffix.encode()) + rb"\0"
        for match in re.finditer(pattern, self._content):
            path = match[0][:-1]
            is_simple = len(path) < _LONGEST and self._content.endswith(_simple(path), 0, match.end())
            yield path, match.start() - _LENGTH if is_simple else None

    def ending(self, end: str) -> int:
        """How many paths end so, under the same condition. Never fewer: other parts of the index name files too."""
        return self._content.count(os.fsencode(end) + b"\0")


def _simple(path: bytes) -> bytes:
    """The end of an entry without any flag: nothing but the length stands before the path."""
    # No path can look like that: up to 255 bytes, the first byte of the length is a NUL, which no path has.
    return len(path).to_bytes(2) + path + b"\0"


def _seen(status: os.stat_result) -> tuple[bytes, bytes]:
    """What the index keeps of a file's status before its mode, and behind it."""
    times = (part for time in (status.st_ctime_ns, status.st_mtime_ns) for part in divmod(time, 1_000_000_000))
    return _numbers(*times, status.st_dev, status.st_ino), _numbers(status.st_uid, status.st_gid, status.st_size)


def _numbers(*numbers: int) -> bytes:
    return b"".join((number & 0xFFFFFFFF).to_bytes(_NUMBER) for number in numbers)
