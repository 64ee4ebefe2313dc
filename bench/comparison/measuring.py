"""Every tool on every piece of work, in turns, so that what slows the machine down slows all of them."""

import datetime as dt
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench.comparison import ground
from bench.comparison.tool import Tool, need
from bench.comparison.tools import TOOLS
from bench.comparison.trial import Done, Trial, Unable, run
from bench.comparison.works import Work, works
from bench.world import Missing, World, middle

SECONDS = 2.0
"""About so long is one tool run for one piece of work; what takes longer is run once or twice."""

MOST = 9
"""Runs of one tool for one piece of work."""

T = TypeVar("T")
FAILED = "our command for it failed"


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
    """A row of the table: a cell for each of TOOLS, by name; the day of it and the machine's load average after it."""

    title: str
    cells: dict[str, Cell]
    day: str
    load: float


class _Running(NamedTuple):
    trial: Trial
    words: str
    share: int
    """So many timed runs."""
    done: list[Done]


def titles() -> list[str]:
    """All rows, in their order."""
    return [*_timed(), *_FIGURES]


def line(world: World, title: str, most: int) -> Line:
    """One row, of at most so many runs of each tool. A tool that fails costs its own cell."""
    figure = _FIGURES.get(title)
    if figure:
        cells = {tool.name: _figure(world, tool, figure) for tool in TOOLS}
    else:
        cells = _measured(world, _timed()[title], min(most, MOST))
    return Line(title, cells, f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", round(os.getloadavg()[0], 1))


def _timed() -> dict[str, Work]:
    return {work.title: work for work in works()}


def _measured(world: World, work: Work, most: int) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    running: dict[str, _Running] = {}
    for tool in TOOLS:
        begun = _tried(f"{tool.name}, {work.title}", partial(_begun, world, work, tool, most))
        if isinstance(begun, Cell):
            cells[tool.name] = begun
        else:
            running[tool.name] = begun
    for turn in range(most):
        for name in _rotated(list(running), turn):
            if turn < running[name].share:
                done = _tried(f"{name}, {work.title}", partial(run, running[name].trial, world))
                if isinstance(done, Cell):
                    cells[name] = done
                    del running[name]
                else:
                    running[name].done.append(done[0])
    for name, one in running.items():
        seconds = tuple(done.seconds for done in one.done)
        cells[name] = Cell(seconds, max(done.memory for done in one.done), one.words)
    return {tool.name: cells[tool.name] for tool in TOOLS}


def _rotated(names: list[str], turn: int) -> list[str]:
    """Nobody is always the first."""
    first = turn % max(1, len(names))
    return names[first:] + names[:first]


def _begun(world: World, work: Work, tool: Tool, most: int) -> "_Running | Cell":
    """The work's first run, which is not timed unless it is to be the only one."""
    need(tool)
    trial = work.begin(world, tool)
    done, words = run(trial, world)
    if words == "conflict":
        return Cell((), 0, words)
    share = min(most, int(SECONDS / done.seconds))
    return _Running(trial, words, share, [] if share else [done])


def _tried(what: str, action: Callable[[], T]) -> T | Cell:
    """What `action` gives, or the cell that says why it gives nothing: a tool that fails does not end an hour's work."""
    try:
        return action()
    except (Unable, Missing) as reason:
        return Cell((), 0, str(reason))
    except subprocess.TimeoutExpired as expired:
        return Cell((), 0, f"over {expired.timeout:.0f} s")
    except Exception as failure:  # noqa: BLE001 - what a tool leaves can trip our reading of it in any way
        print(f"{what}: {failure}", file=sys.stderr)
        return Cell((), 0, FAILED)


def _figure(world: World, tool: Tool, figure: Callable[[World, Tool], str]) -> Cell:
    def told() -> Cell:
        need(tool)
        return Cell((), 0, figure(world, tool))

    return _tried(tool.name, told)


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


_FIGURES: dict[str, Callable[[World, Tool], str]] = {
    "bytes of the file, 100 names": _bytes,
    "lines that one edit changes": _changed,
}
"""Rows without a time."""
