"""Whether a clone was ever made ready, as far as two small files tell: a reader of one value waits for no program."""

import os

from gitseal.git.repository import Repository

_DAY = 24 * 60 * 60  # seconds
_DRIVER = b'[merge "gitseal"]'
_MARK = "asked-whether-armed"


def is_surely_armed(repository: Repository) -> bool:
    """True if this clone's own settings or hooks have gitseal. False says nothing: a person's settings may lead elsewhere."""
    folder = repository.common_folder()
    return _DRIVER in _read(f"{folder}/config") or b"gitseal" in _read(f"{folder}/hooks/pre-commit")


def is_due(repository: Repository, now: float) -> bool:
    """True once a day, by a mark in the Git directory that linked worktrees share; `now` is in seconds since 1970.

    A mark that cannot be written does no harm: then it is due again.
    """
    folder = os.path.join(repository.common_folder(), "gitseal")
    mark = os.path.join(folder, _MARK)
    try:
        if 0 <= now - os.stat(mark).st_mtime < _DAY:
            return False
    except OSError:
        pass
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(mark, "wb"):
            os.utime(mark, (now, now))
    except OSError:
        pass
    return True


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
