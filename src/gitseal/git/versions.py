"""All that a file ever was."""

from collections.abc import Iterator

from gitseal.git import index
from gitseal.git.repository import LITERAL, Repository, unreadable


def versions(repository: Repository, path: str) -> Iterator[bytes]:
    """Every distinct content that a file ever had: on any ref, in any reflog, and in the index.

    Raises Error if Git cannot show one of them: who asks counts on all of them.
    """
    yield from repository.blobs(_object_ids(repository, path))


def _object_ids(repository: Repository, path: str) -> list[str]:
    # --full-history: the default leaves out what a merge dropped, and who read that still knows it.
    log = repository.git(
        LITERAL,
        "log",
        "--no-show-signature",
        "--all",
        "--reflog",
        "--full-history",
        "-m",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--format=",
        "-z",
        "--",
        path,
    )
    if log is None:
        raise unreadable()
    found: dict[str, None] = {}
    fields = iter(log.split(b"\0"))
    for field in fields:
        if field.startswith(b":"):
            next(fields)  # the path, which may begin with a colon too
            _old_mode, new_mode, _old, new, _status = field[1:].decode().split(" ")
            if new_mode.startswith("100"):
                found[new] = None
    found |= dict.fromkeys(entry.object_id for entry in index.entries_at(repository, path) if entry.is_file)
    return list(found)
