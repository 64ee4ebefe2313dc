"""Commands that look at many environments at once, and how often Git is started."""

import functools
import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.branches import branch
from bench.fill import fill
from bench.row import Row
from bench.timing import Command
from bench.world import GITSEAL, World, gitseal, tool, values

_COUNTING = """#!/bin/sh
echo >> "{record}"
exec "{git}" "$@"
"""


def rows(w: World) -> Iterator[Row]:
    """Git is started a few times, however much there is to ask."""
    work = "Git processes of a `review` of one commit"
    yield Row(work, "one", 10, 1, partial(review_processes, w), partial(one, w), is_count=True)
    theirs = "`git ls-tree -r` and `git cat-file --batch` of them, and 0.3 s"
    for command in ("list", "check", "status"):
        work = f"`{command}` of 300 environments of 50 names"
        yield Row(work, theirs, 1.5, 11, partial(of_all, w, command, 300, 50), partial(git_of_all, w, 300, 50))


def review_processes(world: World) -> Command:
    """The number of Git processes that a review of one commit starts: a `git` first on PATH counts them."""
    folder, record = world.folder / "counting", world.folder / "git-processes"
    folder.mkdir(exist_ok=True)
    program = folder / "git"
    program.write_text(_COUNTING.format(record=record, git=tool("git")), "utf-8")
    program.chmod(0o755)
    words = f'rm -f {record}; PATH="{folder}:$PATH" {GITSEAL} review topic~1..topic >/dev/null && wc -l < {record}'
    return Command(lambda _: ["sh", "-c", words], branch(world, 200), reports=True)


def one(world: World) -> Command:
    """One, to hold a number against."""
    return Command(lambda _: ["echo", "1"], world.folder, reports=True)


@functools.cache
def environments_of(world: World, environments: int, names: int) -> Path:
    """A committed repository of that many environments, each with that many names and values of its own."""
    top = world.folder / f"many-{environments}-{names}"
    top.mkdir()
    world.run(["git", "init", "--quiet"], top)
    words = [f"e{number}" for number in range(environments)]
    world.run([GITSEAL, "init", *(word for name in words for word in ("-e", name)), "--as", "bench"], top)
    every = list(values(environments * names).values())
    parts = (every[number * names :][:names] for number in range(environments))
    wanted = {word: dict(zip(values(names), part, strict=True)) for word, part in zip(words, parts, strict=True)}
    fill(top, world.identity, wanted)
    if json.loads(world.run([GITSEAL, "render", "-e", "e7", "--format", "json"], top)) != wanted["e7"]:
        raise RuntimeError("what came out of one of many environments is not what went in")
    world.commit(top, "sealed")
    return top


@functools.cache
def deployed(world: World, environments: int, names: int) -> Path:
    """A repository of that many environments, each of which was deployed from HEAD."""
    top = world.folder / f"deployed-{environments}-{names}"
    shutil.copytree(environments_of(world, environments, names), top, symlinks=True)
    head = world.run(["git", "rev-parse", "HEAD"], top).strip()
    refs = "".join(f"create refs/gitseal/deployed/e{number} {head}\n" for number in range(environments))
    subprocess.run(["git", "update-ref", "--stdin"], cwd=top, env=world.env, input=refs.encode(), check=True)
    return top


def of_all(world: World, command: str, environments: int, names: int) -> Command:
    """A command that says something of every environment."""
    return gitseal(deployed(world, environments, names), command)


def git_of_all(world: World, environments: int, names: int) -> Command:
    """What Git itself takes to list and show the same files, and 0.3 s."""
    words = "git ls-tree -r HEAD | cut -f1 | cut -d' ' -f3 | git cat-file --batch >/dev/null && sleep 0.3"
    return Command(lambda _: ["sh", "-c", words], deployed(world, environments, names))
