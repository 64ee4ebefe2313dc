"""Every tool on every piece of work, in turns, so that what slows the machine down slows all of them."""

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.comparison import ground
from bench.comparison.tool import Tool, need
from bench.comparison.tools import TOOLS
from bench.comparison.trial import LIMIT, Done, Trial, Unable, Untrue, run
from bench.comparison.works import Work, works
from bench.world import Missing, World, middle

SECONDS = 2.0
"""About so long is one tool run for one piece of work; what takes longer is run once or twice."""

MOST = 9


class Cell(NamedTuple):
    """What one tool took for one piece of work: seconds of each run, the largest memory in bytes, and words beside it.

    Without seconds the words are all there is: an outcome, or why there is no figure.
    """

    seconds: tuple[float, ...]
    memory: int
    words: str

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)


class Line(NamedTuple):
    """A row of the table: a cell for each of TOOLS, by name."""

    title: str
    cells: dict[str, Cell]


class _Running(NamedTuple):
    trial: Trial
    words: str
    share: int
    """So many timed runs."""
    done: list[Done]


def lines(world: World, most: int, only: str) -> Iterator[Line]:
    """The rows that have `only` in their title, each when it is measured."""
    for work in works():
        if only in work.title:
            yield _measured(world, work, min(most, MOST))
    for title, figure in (("bytes of the file, 100 names", _bytes), ("lines that one edit changes", _changed)):
        if only in title:
            yield Line(title, {tool.name: _figure(world, tool, figure) for tool in TOOLS})


def _measured(world: World, work: Work, most: int) -> Line:
    cells: dict[str, Cell] = {}
    running: dict[str, _Running] = {}
    for tool in TOOLS:
        begun = _begin(world, work, tool, most)
        if isinstance(begun, _Running):
            running[tool.name] = begun
        else:
            cells[tool.name] = begun
    for turn in range(most):
        names = list(running)
        # Nobody is always the first.
        for name in names[turn % max(1, len(names)) :] + names[: turn % max(1, len(names))]:
            one = running[name]
            if turn < one.share:
                one.done.append(run(one.trial, world)[0])
    for name, one in running.items():
        seconds = tuple(done.seconds for done in one.done)
        cells[name] = Cell(seconds, max(done.memory for done in one.done), one.words)
    return Line(work.title, {tool.name: cells[tool.name] for tool in TOOLS})


def _begin(world: World, work: Work, tool: Tool, most: int) -> "_Running | Cell":
    """The work's first run, which is not timed unless it is to be the only one."""
    try:
        need(tool)
        trial = work.begin(world, tool)
        done, words = run(trial, world)
    except (Unable, Missing) as reason:
        return Cell((), 0, str(reason))
    except subprocess.TimeoutExpired:
        return Cell((), 0, f"over {LIMIT:.0f} s")
    except (Untrue, RuntimeError, ValueError) as failure:
        # One tool that fails is a cell, not the end of an hour's work.
        print(f"{tool.name}, {work.title}: {failure}", file=sys.stderr)
        return Cell((), 0, "failed")
    if words == "conflict":
        return Cell((), 0, words)
    share = min(most, int(SECONDS / done.seconds))
    return _Running(trial, words, share, [] if share else [done])


def _figure(world: World, tool: Tool, figure: Callable[[World, Tool], str]) -> Cell:
    try:
        need(tool)
        return Cell((), 0, figure(world, tool))
    except (Unable, Missing) as reason:
        return Cell((), 0, str(reason))
    except (Untrue, RuntimeError) as failure:
        print(f"{tool.name}: {failure}", file=sys.stderr)
        return Cell((), 0, "failed")


def _bytes(world: World, tool: Tool) -> str:
    path = Path(ground.store_of(tool).file)
    return f"{(ground.sealed(world, tool, 100) / path).stat().st_size:,}"


def _changed(world: World, tool: Tool) -> str:
    """Lines of all files, since a tool may keep some beside the values."""
    top = ground.fresh(ground.sealed(world, tool, 100), world.folder / f"{tool.name}-edit")
    ground.set_and_commit(world, tool, top, middle(100), "set-to-this")
    counts = world.run(["git", "diff", "--numstat", "HEAD~1", "HEAD"], top).split()
    added = counts[0::3]
    return "the whole file" if "-" in added else str(sum(map(int, added)))
