"""How often Git is started, and commands that look at many environments at once."""

import functools
import shutil
import subprocess
from pathlib import Path

from bench.timing import Command
from bench.world import GITSEAL, World, tool

_COUNTING = """#!/bin/sh
echo >> "{record}"
exec "{git}" "$@"
"""


def review_processes(world: World) -> Command:
    """The number of Git processes that a review of one commit starts: a `git` first on PATH counts them."""
    folder, record = world.folder / "counting", world.folder / "git-processes"
    folder.mkdir(exist_ok=True)
    program = folder / "git"
    program.write_text(_COUNTING.format(record=record, git=tool("git")), "utf-8")
    program.chmod(0o755)
    words = f'rm -f {record}; PATH="{folder}:$PATH" {GITSEAL} review topic~1..topic >/dev/null && wc -l < {record}'
    return Command(lambda _: ["sh", "-c", words], world.branch(200), reports=True)


def one(world: World) -> Command:
    """One, to hold a number against."""
    return Command(lambda _: ["echo", "1"], world.folder, reports=True)


@functools.cache
def deployed(world: World, environments: int, names: int) -> Path:
    """A repository of that many environments, each of which was deployed from HEAD."""
    top = world.folder / f"deployed-{environments}-{names}"
    shutil.copytree(world.many(environments, names), top, symlinks=True)
    head = world.run(["git", "rev-parse", "HEAD"], top).strip()
    refs = "".join(f"create refs/gitseal/deployed/e{number} {head}\n" for number in range(environments))
    subprocess.run(["git", "update-ref", "--stdin"], cwd=top, env=world.env, input=refs.encode(), check=True)
    return top


def of_all(world: World, command: str, environments: int, names: int) -> Command:
    """A command that says something of every environment."""
    return Command(lambda _: [GITSEAL, command], deployed(world, environments, names))


def git_of_all(world: World, environments: int, names: int) -> Command:
    """What Git itself takes to list and show the same files, and 0.3 s."""
    words = "git ls-tree -r HEAD | cut -f1 | cut -d' ' -f3 | git cat-file --batch >/dev/null && sleep 0.3"
    return Command(lambda _: ["sh", "-c", words], deployed(world, environments, names))
