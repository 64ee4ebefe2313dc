"""Whether a commit, ours or a submodule's, decides what stands in a file: then whoever can push decides it."""

import errno
import os

from gitseal.git import index
from gitseal.git.repository import Repository

_MOST_LINKS = 40  # as Linux has it


def is_brought(repository: Repository, path: str) -> bool:
    """True for a file or folder that Git tracks, that lies in a submodule, or that a link leads to which does one of these.

    `path` counts from the current folder. A file that nobody committed is this machine's own, wherever it lies.
    """
    return any(_is_committed(repository, step) for step in _steps(os.path.abspath(path)))


def _is_committed(repository: Repository, path: str) -> bool:
    inside = os.path.relpath(path, os.path.realpath(repository.top))
    if inside in {os.curdir, os.pardir} or inside.startswith(f"{os.pardir}{os.sep}"):
        return False
    # Some file systems take another case for the same file.
    listed = repository.git("ls-files", "-z", "--", f":(top,literal,icase){inside}")
    # What Git cannot tell of is taken for committed.
    return listed is None or bool(listed) or bool(index.submodule_above(repository, path))


def _steps(path: str) -> list[str]:
    """Each link on the way, by a path that no other link is in, and where all of it leads."""
    links: list[str] = []
    reached, left = os.sep, [part for part in path.split(os.sep) if part]
    while left:
        part = left.pop(0)
        if part in {os.curdir, os.pardir}:
            reached = os.path.dirname(reached) if part == os.pardir else reached
            continue
        step = os.path.join(reached, part)
        if not os.path.islink(step):
            reached = step
            continue
        links.append(step)
        if len(links) > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        target = os.readlink(step)
        reached = os.sep if target.startswith(os.sep) else reached
        left = [*(piece for piece in target.split(os.sep) if piece), *left]
    return [*links, reached]
