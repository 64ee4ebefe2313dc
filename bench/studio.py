"""The page on one's own machine: how soon it is there, and how fast a large matrix is in a real browser."""

import functools
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.fill import fill
from bench.row import Row
from bench.timing import Command
from bench.world import GITSEAL, PYTHON, World, tool, values

NAMES, ENVIRONMENTS = 2000, 5
READY, PAINT, FILTER = 1.2, 0.3, 0.1
"""Seconds that the page may take."""


def rows(w: World) -> Iterator[Row]:
    """By the clock, since a person waits for it; so on a slower machine these say less than the others."""
    yield Row("`studio` until it serves", f"{READY} s", 1.0, 7, partial(ready, w), partial(owed, w, READY))
    matrix = f"the matrix of {NAMES:,} names by {ENVIRONMENTS} environments"
    painted = f"{matrix} in a browser, first paint"
    yield Row(painted, f"{PAINT} s", 1.0, 5, partial(browser, w, "paint"), partial(owed, w, PAINT))
    yield Row(f"{matrix}, filtered", f"{FILTER} s", 1.0, 5, partial(browser, w, "filter"), partial(owed, w, FILTER))


@functools.cache
def repository(world: World) -> Path:
    """A committed repository of that many names in each environment."""
    top = world.folder / "studio"
    top.mkdir()
    world.run(["git", "init", "--quiet"], top)
    words = [f"e{number}" for number in range(ENVIRONMENTS)]
    world.run([GITSEAL, "init", *(word for name in words for word in ("-e", name)), "--as", "bench"], top)
    fill(top, world.identity, {word: values(NAMES) for word in words})
    world.commit(top, "all")
    return top


def ready(world: World) -> Command:
    """The seconds from the start of the command to its address."""
    return _measured(world, "ready")


def browser(world: World, what: str) -> Command:
    """The seconds that the browser itself tells."""
    tool("chromium")
    return _measured(world, what)


def _measured(world: World, what: str) -> Command:
    script = Path(__file__).with_name("studio_browser.py")
    return Command(lambda _: [PYTHON, str(script), GITSEAL, what], repository(world), reports=True)


def owed(world: World, seconds: float) -> Command:
    """What it may take."""
    return Command(lambda _: ["echo", str(seconds)], world.folder, reports=True)
