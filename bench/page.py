"""docs/benchmarks.md: the table, what it was measured on, and where budgets were not kept."""

import datetime as dt
import importlib.metadata
import os
import platform
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

from bench.missed import MISSED
from bench.row import Result


def missed(results: list[Result]) -> str:
    """The page's words on budgets that this run did not keep."""
    works = dict.fromkeys(result.row.work for result in results if result.verdict == "**no**")
    if not works:
        return ""
    words = (_item(f"{work}: {MISSED.get(work, 'not looked into yet.')}") for work in works)
    return "\n## Budgets that were not kept\n\nWhere the rest of the time goes, and what was tried:\n\n" + "".join(
        words
    )


def _item(words: str) -> str:
    wrapped = textwrap.wrap(words, 118, break_long_words=False, break_on_hyphens=False)
    return "* " + "\n  ".join(wrapped) + "\n"


def page(results: list[Result], command: str) -> str:
    """docs/benchmarks.md."""
    head = f"""\
# Benchmarks

Written by `{command}` on {dt.datetime.now(dt.UTC):%Y-%m-%d}; not edited by hand.

Whole processes, from start to exit, in a repository made by gitseal itself; the two sides of a row take turns.
Times are medians, with the shortest and the longest run. A budget is the largest allowed ratio of the medians.
Values are 16 to 64 characters long. "The sum of its wraps and seals" is the libraries alone, in one process, without
the start of Python, reading, parsing or opening anything (`bench/seals.py`). sops seals the same values in one YAML
file, age the same values in one dotenv file, both to the same X25519 recipient. The log that `run` redacts is printed
by `cat` into the pipe that `run` reads, every form of every value is looked for in it, and one line in a hundred holds
one; the rate is of the whole process, its start included. gitlab-dotenv has no row: GitLab takes less than 5 KiB in
all.

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
