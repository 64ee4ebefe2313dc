"""The objects of Git's database, and entries of trees, as values."""

from collections.abc import Iterator

from gitseal.records import NamedTuple

# The part of a mode that says what an entry is, and its values.
KIND = 0o170000
FILE, FOLDER, SYMLINK, SUBMODULE = 0o100000, 0o040000, 0o120000, 0o160000


class GitObject(NamedTuple):
    """A whole object by its full id; `kind` is `commit`, `tree`, `blob` or `tag`."""

    id: str
    kind: str
    content: bytes


class StreamedObject(NamedTuple):
    """An object too large to hold: `size` bytes in `chunks`, which have to be read before the next object is asked for.

    `kind` may also be `missing`.
    """

    kind: str
    size: int
    chunks: Iterator[bytes]

    def read(self) -> bytes:
        """All bytes."""
        return b"".join(self.chunks)


class TreeEntry(NamedTuple):
    """An entry of a tree: its mode and the id of its object."""

    mode: int
    object_id: str

    @property
    def is_file(self) -> bool:
        """True if it is a regular file: a symlink's blob is the path it leads to, and a submodule has no blob."""
        return is_file_mode(self.mode)

    @property
    def is_folder(self) -> bool:
        """True if it is a tree."""
        return self.mode & KIND == FOLDER


def is_file_mode(mode: int) -> bool:
    """True if a mode is that of a regular file."""
    return mode & KIND == FILE


def parse_tree(tree: GitObject) -> dict[bytes, TreeEntry]:
    """A tree's entries by name, in Git's order: `MODE NAME`, NUL, the bytes of the id."""
    data, length = tree.content, len(tree.id) // 2
    entries = {}
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        at = end + 1 + length
        entries[name] = TreeEntry(int(mode, 8), data[end + 1 : at].hex())
    return entries
