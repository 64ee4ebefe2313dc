"""A branch of many commits in a repository of 100 names."""

import functools
import shutil
from pathlib import Path

from bench import stream
from bench.world import World

PRODUCTION = ".secrets/production.yaml"


@functools.cache
def branch(world: World, commits: int, share: int = 1) -> Path:
    """A copy of the repository of 100 names with a branch of that many commits, of which every `share`-th sets a value."""
    top = world.folder / f"branch-{commits}-{share}"
    shutil.copytree(world.repository(100), top, symlinks=True)
    world.fast_import(top, stream.branch((top / PRODUCTION).read_bytes(), commits, share))
    return top
