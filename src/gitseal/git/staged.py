"""The files that a commit would bring: the index compared with HEAD, by Git's own view of both."""

from gitseal.errors import Error
from gitseal.git import ahead, index
from gitseal.git.repository import Repository
from gitseal.records import NamedTuple


class FileVersion(NamedTuple):
    """A file that a commit brings: its mode, the id of its object, and its path in Git's bytes, from the top."""

    mode: int
    object_id: str
    path: bytes


def staged(repository: Repository, against: str = "") -> list[FileVersion]:
    """The files that the index has otherwise than `against`, without one than HEAD; in a new repository, all.

    Files that were taken out are not among them, nor those added with `git add --intent-to-add`: they have no content.
    Raises Error if Git cannot say.
    """
    listed = repository.git(*ahead.staged(against))
    if listed is None:
        # `git diff` works outside of repositories too, and so says nothing of one that Git does not trust; this does.
        repository.git("rev-parse", "--git-dir")
        raise Error("Git cannot compare the index with HEAD", "look at: git status")
    return parse_raw(listed)


def parse_raw(listed: bytes) -> list[FileVersion]:
    """The files of `git diff --raw -z --no-abbrev` (git-diff(1), "RAW OUTPUT FORMAT")."""
    fields = iter(listed.split(b"\0"))
    versions: list[FileVersion] = []
    for field in fields:
        if not field.startswith(b":"):
            continue
        version = parse_entry(field, next(fields))
        # A file in conflict stands in the index three times and has no content of its own; Git commits none.
        if version.mode:
            versions.append(version)
    return versions


def parse_entry(field: bytes, path: bytes) -> FileVersion:
    """One entry of that format, of a merge too (`-c`), and the path that follows it."""
    # One colon for each parent, then its mode, the new mode, its id, the new id, a letter.
    parents = len(field) - len(field.lstrip(b":"))
    parts = field[parents:].decode().split(" ")
    return FileVersion(int(parts[parents], 8), parts[2 * parents + 1], path)


def tracked(repository: Repository) -> list[FileVersion]:
    """Every file of the index; of one in conflict, each side. Raises Error if Git cannot read it."""
    return [FileVersion(entry.mode, entry.object_id, entry.path) for entry in index.entries(repository)]
