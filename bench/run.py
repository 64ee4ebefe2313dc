"""Measures the budgets and writes docs/benchmarks.md.

`make bench`, or `python -m bench.run [--runs N] [--only WORD]`. A budget is a ratio of two medians of whole processes
that took turns, never a number of seconds: it means the same on another machine. With `--only` nothing is written.
"""

import argparse
import compileall
import datetime as dt
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import gitseal
from bench import git_batches, signed, timing
from bench.missed import MISSED
from bench.timing import Command, Times
from bench.world import LOG_SIZE, RATE, RECIPIENTS, SOPS_LIMIT, Missing, World
from gitseal.render import DIALECTS

TARGET = Path("docs/benchmarks.md")
LIMIT = 600.0
"""Seconds for one run of anything; nothing comes near it unless it is broken."""


class Row(NamedTuple):
    """One comparison. `budget` is the largest ratio of ours to theirs, or None where there is none to keep.

    The two commands are made when the row's turn comes: a repository of 100,000 names is not made in vain.
    """

    work: str
    against: str
    budget: float | None
    runs: int
    ours: Callable[[], Command]
    theirs: Callable[[], Command]
    limit: float = LIMIT
    is_count: bool = False
    """What the commands report is a number of things, not of seconds."""


class Result(NamedTuple):
    """A row with its two times, or with the reason why it has none."""

    row: Row
    times: tuple[Times, Times] | None
    reason: str = ""

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        if self.times is None:
            raise ValueError(self.reason)
        return self.times[0].median / self.times[1].median

    @property
    def verdict(self) -> str:
        """What the last column says."""
        if self.times is None:
            return f"not measured: {self.reason}"
        if self.row.budget is None:
            return "no budget"
        return "yes" if self.ratio <= self.row.budget else "**no**"


def rows(world: World) -> Iterator[Row]:
    """Everything that is measured, cheapest first."""
    w = world
    bare, imports = w.bare, "a Python that only imports cryptography.cobblestone and pyrage"
    sops, extract, age = "`sops -d`", "`sops -d --extract`", "`age -d` of the whole file"

    yield Row("`get` of 100 names", imports, 2.1, 21, lambda: w.get(100), bare)
    yield Row("`render` of 100 names", imports, 2.2, 21, lambda: w.render(100), bare)
    yield Row("`get` of 100 names", extract, 1.6, 21, lambda: w.get(100), lambda: w.sops_extract(100))
    yield Row(
        "textconv of a file of 100 names", "a Python that does nothing", 1.0, 31, lambda: w.textconv(100), w.start
    )
    yield Row("`render` of 100 names", sops, None, 11, lambda: w.render(100), lambda: w.sops(100))
    yield Row("`render` of 100 names", age, None, 11, lambda: w.render(100), lambda: w.age(100))
    yield Row("`get` of 10,000 names", imports, None, 11, lambda: w.get(10_000), bare)
    yield Row("`render` of 1,000 names", sops, 0.85, 15, lambda: w.render(1000), lambda: w.sops(1000))
    yield Row("`render` of 10,000 names", sops, 0.25, 7, lambda: w.render(10_000), lambda: w.sops(10_000))
    yield Row("`render` of 10,000 names", imports, None, 11, lambda: w.render(10_000), bare)
    yield Row("`render` of 10,000 names", age, None, 7, lambda: w.render(10_000), lambda: w.age(10_000))
    for dialect in DIALECTS:
        if dialect not in {"dotenv", "gitlab-dotenv"}:
            work, ours = f"`render --format {dialect}` of 10,000 names", partial(w.render, 10_000, dialect)
            yield Row(work, "`--format dotenv`", None, 5, ours, lambda: w.render(10_000))
    log = f"`run` of `cat` on {LOG_SIZE // 10**6} MB of log, 100 names"
    yield Row(log, f"{RATE // 10**6} MB/s", 1.0, 5, lambda: w.redact(100), lambda: w.owed(100))
    start, plain = "`run -- true` of 100 names, redacting", "`run --no-redact -- true`"
    yield Row(start, plain, None, 11, lambda: w.run_true(100), lambda: w.run_true(100, "--no-redact"))
    set_one = "`set` in 10,000 names"
    yield Row(set_one, "its `render`", 2.0, 11, lambda: w.set_one(10_000), lambda: w.render(10_000))
    yield Row(set_one, "`sops set`", 0.25, 7, lambda: w.set_one(10_000), lambda: w.sops_set(10_000))
    rekey = f"`rekey` of 10,000 names, {RECIPIENTS} recipients, one removed"
    yield Row(rekey, "the sum of its wraps and seals", 1.5, 7, lambda: w.rekey(10_000), lambda: w.seals(10_000))
    yield Row(rekey, "`sops rotate`", 0.5, 5, lambda: w.rekey(10_000), lambda: w.sops_rotate(10_000))
    yield from hook_rows(w)
    yield from batch_rows(w)
    git_log = "`git log --raw --no-renames -- .secrets`"
    events = "`log` over 50,000 commits, every {} setting one of 300 values"
    yield Row(events.format("100th"), git_log, 1.5, 11, lambda: w.log_of(50_000, 100), lambda: w.git_log(50_000, 100))
    yield Row(events.format("20th"), git_log, None, 7, lambda: w.log_of(50_000, 20), lambda: w.git_log(50_000, 20))
    past = "`set` over 20,000 commits, every 100th setting one of 100 values"
    first, seen = partial(w.set_over, 20_000, 100, first=True), partial(w.set_over, 20_000, 100, first=False)
    yield Row(
        f"{past}, the first in a clone",
        f"{git_log}, then such a `set`",
        1.25,
        9,
        first,
        lambda: w.log_and_set(20_000, 100),
    )
    yield Row(f"{past}, not the first", "`set` of 100 names in one commit", 1.1, 9, seen, lambda: w.set_one(100))
    patch = "`git log --patch` of it, and one second"
    yield Row(
        "`review` of 200 commits, each setting one of 100 values",
        patch,
        1.0,
        7,
        lambda: w.review(200),
        lambda: w.git_log_patch(200),
    )
    signed_by = "of 200 commits that are signed by SSH"
    yield Row(f"`review` {signed_by}", patch, 1.0, 5, lambda: signed.review(w, 200), lambda: w.git_log_patch(200))
    verdicts = "`git log --format=%G?` of them"
    yield Row(
        f"`verify` {signed_by}", verdicts, 0.25, 5, lambda: signed.verify(w, 200), lambda: signed.git_verdicts(w, 200)
    )
    yield Row("`get` of 100,000 names", imports, None, 5, lambda: w.get(100_000), bare)
    yield Row("`render` of 100,000 names", imports, None, 5, lambda: w.render(100_000), bare)
    big = "`render` of 100,000 names"
    yield Row(big, "`render` of 10,000", 12.0, 5, lambda: w.render(100_000), lambda: w.render(10_000))
    yield Row(big, sops, 0.025, 1, lambda: w.render(100_000), lambda: w.sops(100_000), limit=SOPS_LIMIT)


def batch_rows(w: World) -> Iterator[Row]:
    """Git is started a few times, however much there is to ask."""
    processes = "Git processes of a `review` of one commit"
    count, one = partial(git_batches.review_processes, w), partial(git_batches.one, w)
    yield Row(processes, "one", 10, 1, count, one, is_count=True)
    theirs = "`git ls-tree -r` and `git cat-file --batch` of them, and 0.3 s"
    for command in ("list", "check", "status"):
        work, ours = f"`{command}` of 300 environments of 50 names", partial(git_batches.of_all, w, command, 300, 50)
        yield Row(work, theirs, 1.5, 11, ours, lambda: git_batches.git_of_all(w, 300, 50))


def hook_rows(w: World) -> Iterator[Row]:
    """What a developer waits for at each commit."""
    small, many = "`hook run pre-commit`, one small file", "`hook run pre-commit`, 2,000 files"
    few, more = ("subprocess", "re", "json"), ("cryptography.cobblestone", "pyrage")
    only = "a Python that only imports {}"
    hook, hook_open = partial(w.hook, 100, 1, identity=False), partial(w.hook, 100, 1)
    yield Row(f"{small}, no identity", only.format(", ".join(few)), 2.5, 21, hook, lambda: w.imports(*few))
    words = only.format(", ".join((*few, *more)))
    yield Row(f"{small}, an identity and 100 values", words, 2.5, 21, hook_open, lambda: w.imports(*few, *more))
    yield Row(f"{small}, no identity", "`gitleaks`", 0.8, 21, hook, lambda: w.gitleaks(100, 1))
    code = "`hook run pre-commit`, code alone, 300 environments of 50 names"
    hook_many = partial(w.hook_many, 300, 50)
    yield Row(code, "the same without an identity", 2.0, 21, hook_many, lambda: w.hook_many(300, 50, identity=False))
    against = "`git merge-file` and 10 ms"
    yield Row("the merge driver, 100 names", against, 1.5, 21, lambda: w.merge(100), lambda: w.merge_file(100))
    for peer, one in (("detect-secrets-hook", w.detect_secrets), ("dotenvx", w.dotenvx)):
        yield Row(f"{small}, no identity", f"`{peer}`", None, 11, hook, partial(one, 100, 1))
    yield Row(many, "`gitleaks`", 1.0, 3, lambda: w.hook(0, 2000), lambda: w.gitleaks(0, 2000))


def measure(row: Row, world: World, most: int) -> Result:
    """The row's times, in at most `most` runs. A tool that is missing or takes too long is a reason, not a failure."""
    try:
        pair = timing.pair(row.ours(), row.theirs(), runs=min(row.runs, most), env=world.env, limit=row.limit)
    except Missing as missing:
        return Result(row, None, str(missing))
    except subprocess.TimeoutExpired as expired:
        return Result(row, None, f"`{Path(expired.cmd[0]).name}` was stopped after {expired.timeout:.0f} s")
    return Result(row, pair)


def missed(results: list[Result]) -> str:
    """The page's words on budgets that this run did not keep."""
    works = dict.fromkeys(result.row.work for result in results if result.verdict == "**no**")
    if not works:
        return ""
    words = (f"* {work}: {MISSED.get(work, 'not looked into yet.')}\n" for work in works)
    return "\n## Budgets that were not kept\n\nWhere the rest of the time goes, and what was tried:\n\n" + "".join(
        words
    )


def page(results: list[Result], command: str) -> str:
    """docs/benchmarks.md."""
    head = f"""\
# Benchmarks

Written by `{command}` on {dt.datetime.now(dt.UTC):%Y-%m-%d}; not edited by hand.

Whole processes, from start to exit, in a repository made by gitseal itself; the two sides of a row take turns.
Times are medians, with the shortest and the longest run. A budget is the largest allowed ratio of the medians.
Values are 16 to 64 characters long. "The sum of its wraps and seals" is the libraries alone, in one process, without
the start of Python, reading, parsing or opening anything (`bench/seals.py`). sops seals the same values in one YAML
file, age the same values in one dotenv file, both to the same X25519 recipient. The log that `run` redacts is printed by `cat`
into the pipe that `run` reads, every form of every value is looked for in it, and one line in a hundred holds one; the rate is of
the whole process, its start included. gitlab-dotenv has no row: GitLab takes less than 5 KiB in all.

| | |
|---|---|
"""
    machine = "".join(f"| {name} | {value} |\n" for name, value in versions())
    table = "\n| work | gitseal | against | its time | budget | measured | kept |\n|---|---|---|---|---|---|---|\n"
    return head + machine + table + "".join(line(result) for result in results) + missed(results)


def line(result: Result) -> str:
    """One line of the table."""
    row = result.row
    budget = "" if row.budget is None else f"{row.budget:g}"
    if result.times is None:
        ours, theirs, ratio = "", "", ""
    else:
        shown = (f"{times.median:g}" if row.is_count else str(times) for times in result.times)
        ours, theirs, ratio = *shown, f"{result.ratio:.3g}"
    return f"| {row.work} | {ours} | {row.against} | {theirs} | {budget} | {ratio} | {result.verdict} |\n"


def versions() -> Iterator[tuple[str, str]]:
    """What the figures depend on."""
    yield "machine", f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    yield "load average", f"{os.getloadavg()[2]:.1f} over the last 15 minutes; this program alone makes about 1"
    yield "Python", platform.python_version()
    for library in ("gitseal", "cryptography", "pyrage", "click"):
        yield library, importlib.metadata.version(library)
    for name in ("git", "sops", "age"):
        found = shutil.which(name)
        words = [name, "--version"] if found else []
        said = subprocess.run(words, capture_output=True, text=True, check=False).stdout if words else "not found"
        yield name, said.splitlines()[0].removeprefix(f"{name} ").removeprefix("version ")


def processor() -> str:
    """The processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in info.read_text("utf-8").splitlines()
            if line.startswith("model name")
        ]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


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
        for row in rows(world):
            if options.only in row.work + row.against:
                results.append(measure(row, world, options.runs))
                print(line(results[-1]), end="", file=sys.stderr, flush=True)
    bounded = [result for result in results if result.row.budget is not None]
    print(f"{sum(result.verdict == 'yes' for result in bounded)} of {len(bounded)} budgets kept", file=sys.stderr)
    if not options.only:
        limited = f" BENCH='--runs {options.runs}'" if options.runs < 1000 else ""  # noqa: PLR2004 - the default above
        TARGET.write_text(page(results, f"make bench{limited}"), encoding="utf-8")


if __name__ == "__main__":
    main()
