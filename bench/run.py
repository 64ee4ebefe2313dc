"""Measures the budgets and writes docs/benchmarks.md.

`make bench`, or `python -m bench.run [--runs N] [--only WORD]`. A budget is a ratio of two medians of whole processes
that took turns, never a number of seconds: it means the same on another machine. With `--only` nothing is written.
"""

import argparse
import compileall
import sys
import tempfile
from itertools import chain
from pathlib import Path

import gitseal
from bench import environments, fuzz_page, histories, hooks, leaving, one_environment, studio
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
    parser.add_argument("--only", default="", metavar="WORD", help="only rows with this in them; writes nothing")
    options = parser.parse_args()
    # As an installed package is. Without it, a machine that writes no bytecode compiles all modules in every run.
    compileall.compile_dir(Path(gitseal.__file__).parent, quiet=1)
    results = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        world = World(Path(folder).resolve())
        for row in chain(*(rows(world) for rows in ROWS)):
            if options.only in row.work + row.against:
                results.append(measure(row, world, options.runs))
                print(line(results[-1]), end="", file=sys.stderr, flush=True)
    bounded = [result for result in results if result.row.budget is not None]
    print(f"{sum(result.verdict == 'yes' for result in bounded)} of {len(bounded)} budgets kept", file=sys.stderr)
    if not options.only:
        limited = f" BENCH='--runs {options.runs}'" if options.runs < 1000 else ""  # noqa: PLR2004 - the default above
        TARGET.write_text(page(results, f"make bench{limited}") + fuzz_page.section(), encoding="utf-8")


if __name__ == "__main__":
    main()
