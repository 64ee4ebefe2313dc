"""Measures the budgets and writes docs/benchmarks.md.

`make bench`, or `python -m bench.run [--peers [--page]] [--runs N] [--only WORD]`. A budget is a ratio of two medians of
whole processes that took turns, never a number of seconds: it means the same on another machine. With `--only` nothing is
written. `--peers` is the comparison with other tools alone, which writes its own section of the page and the plot. Its
finished rows are in `.bench`: if the run is interrupted, the same command goes on with the others, and `--page` writes what
is there.
"""

import argparse
import compileall
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

import gitseal
from bench import environments, fuzz_page, histories, hooks, leaving, one_environment, studio
from bench.comparison import kept, measuring, plot, table
from bench.comparison.kept import Kept
from bench.comparison.measuring import Line
from bench.comparison.trial import AROUND
from bench.page import line, page
from bench.row import measure
from bench.world import World

TARGET = Path("docs/benchmarks.md")
ROWS = (
    one_environment.rows,
    hooks.rows,
    environments.rows,
    histories.rows,
    leaving.rows,
    studio.rows,
    one_environment.largest_rows,
)
"""Cheapest first, about."""


def main() -> None:
    """Measure what was asked for, show it, and write the page when that was everything."""
    parser = argparse.ArgumentParser(prog="bench.run", description="Measure the budgets and write docs/benchmarks.md.")
    parser.add_argument("--runs", type=int, default=1000, help="at most so many runs of each side")
    parser.add_argument("--peers", action="store_true", help="only the comparison with other tools")
    parser.add_argument(
        "--page", action="store_true", help="with --peers: measure nothing, write the rows that are in .bench"
    )
    parser.add_argument("--only", default="", metavar="WORD", help="only rows with this in them; writes nothing")
    options = parser.parse_args()
    if options.page:
        _write(kept.read())
        return
    # As an installed package is. Without it, a machine that writes no bytecode compiles all modules in every run.
    compileall.compile_dir(Path(gitseal.__file__).parent, quiet=1)
    limited = f" BENCH='{' '.join(sys.argv[1:])}'" if sys.argv[1:] else ""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        world = World(Path(folder).resolve())
        if not options.peers:
            _budgets(world, options, f"make bench{limited}")
        if options.peers or not options.only:
            _comparison(world, options, f"make bench{limited}")


def _budgets(world: World, options: argparse.Namespace, command: str) -> None:
    results = []
    for row in chain(*(rows(world) for rows in ROWS)):
        if options.only in row.work + row.against:
            results.append(measure(row, world, options.runs))
            print(line(results[-1]), end="", file=sys.stderr, flush=True)
    bounded = [result for result in results if result.row.budget is not None]
    print(f"{sum(result.verdict == 'yes' for result in bounded)} of {len(bounded)} budgets kept", file=sys.stderr)
    if not options.only:
        TARGET.write_text(page(results, command) + table.standing() + fuzz_page.section(), encoding="utf-8")


def _comparison(world: World, options: argparse.Namespace, command: str) -> None:
    world.limit = AROUND
    if options.only:
        for title in measuring.titles():
            if options.only in title:
                _row(world, title, options.runs)
        return
    rows = kept.begin(command, table.versions(world))
    for title in rows.missing:
        rows = kept.add(rows, _row(world, title, options.runs))
    _write(rows)


def _row(world: World, title: str, most: int) -> Line:
    start = time.monotonic()
    row = measuring.line(world, title, most)
    shown = table.table([row]).splitlines()[-1]
    print(f"{shown} {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return row


def _write(rows: Kept | None) -> None:
    if not rows or not rows.lines:
        sys.exit("no row was measured yet: make bench BENCH=--peers")
    table.write(table.section(rows))
    plot.TARGET.write_text(plot.picture(list(rows.lines.values())), encoding="utf-8")


if __name__ == "__main__":
    main()
