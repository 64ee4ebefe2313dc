"""Partial clones: the objects that are here, for callers that must not fetch the others.

With `GIT_NO_LAZY_FETCH` alone `git cat-file --batch` ends at the first object that a partial clone left out.
"""

import os
from collections.abc import Container

from gitseal.git.repository import Repository
from gitseal.git.run import git


def objects_here(repository: Repository) -> Container[str] | None:
    """The ids of all objects that need no fetch; None for a clone that is whole, where each is here."""
    packs = os.path.join(repository.common_folder(), "objects", "pack")
    # What came from a remote that promises the rest has such a file beside its pack (gitformat-pack(5)).
    if not os.path.isdir(packs) or not any(name.endswith(".promisor") for name in os.listdir(packs)):
        return None
    words = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    # Not by way of the repository: it would tell the person that some objects may not be loaded, which is why this asks.
    return frozenset((git(repository.folder, *words, in_hook=repository.in_hook) or b"").decode().split())
