"""What `make fuzz` found, as a table and as a section of docs/benchmarks.md."""

import datetime as dt
import importlib.metadata
import platform
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.page import processor
from tests.robustness.write_paths import CASES

TARGET = Path("docs/benchmarks.md")
HEADING = "## Random inputs"
WRITE_PATHS = "robustness/test_write_paths"


class Figure(NamedTuple):
    """A law: inputs and seconds of this run, cases that failed, inputs of all runs here, and why cases were left out."""

    law: str
    inputs: int
    seconds: float
    failures: int
    ever: int
    left_out: tuple[str, ...]


def table(figures: Sequence[Figure]) -> str:
    """One line a law."""
    lines = ["| law | inputs | seconds | failures | inputs in all runs here | left out |", "|---|---|---|---|---|---|"]
    for figure in figures:
        file, _, name = figure.law.partition("::")
        law = f"`{file.removeprefix('tests/').removesuffix('.py')}` {name.removeprefix('test_').replace('_', ' ')}"
        left_out = "; ".join(figure.left_out).replace("|", "\\|").replace("\n", " ")
        lines.append(
            f"| {law} | {figure.inputs:,} | {figure.seconds:.1f} | {figure.failures} | {figure.ever:,} | {left_out} |"
        )
    return "\n".join(lines)


def summary(figures: Sequence[Figure], seconds: float) -> str:
    """All of it in one line."""
    inputs, failures = sum(figure.inputs for figure in figures), sum(figure.failures for figure in figures)
    reached = sum(bool(figure.inputs) for figure in figures)
    return f"{inputs:,} inputs for {reached} of {len(figures)} laws in {seconds:.0f} s, {failures} failures"


def write(figures: Sequence[Figure], seconds: float, command: str) -> None:
    """Puts the section at the end of the page, in the place of the one of before."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("hypothesis", "pytest"))
    words = (
        f"Written by `{command}` on {dt.datetime.now(dt.UTC):%Y-%m-%d}, on {processor()}, "
        f"Python {platform.python_version()}, {versions}: {summary(figures, seconds)}. A law is a test that holds for "
        "every input; its time was its share of the whole. The column after the failures counts what earlier runs on this "
        "machine tried as well."
    )
    section = f"{HEADING}\n\n{_wrapped(words)}\n\n{_wrapped(faults(figures))}\n\n{table(figures)}\n"
    head = TARGET.read_text(encoding="utf-8").partition(HEADING)[0].rstrip("\n")
    TARGET.write_text(f"{head}\n\n{section}", encoding="utf-8")


def faults(figures: Sequence[Figure]) -> str:
    """What the laws of fault injection make fail, and how much of it was tried."""
    tried = {figure.law.partition("::")[2]: figure for figure in figures if WRITE_PATHS in figure.law}
    disk, around = tried.get("test_every_write_path"), tried.get("test_something_is_missing_around_the_process")
    return (
        f"Fault injection is among them. Each of {len(CASES)} commands that write is tried on a disk that fails at each of "
        "its calls (full, over quota, read-only, permission lost, an error once), killed or interrupted there, and with a "
        "clock that jumps there; and all of it without Git, without a home, in locales that are not UTF-8, and forty years "
        "ago or ahead. `tests/robustness/write_sites.py` lists each function that writes, and the commands that come by. "
        f"In all runs here {disk.ever if disk else 0:,} faults of the disk were tried, and {around.ever if around else 0:,} "
        "commands without something."
    )


def _wrapped(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False)


def section() -> str:
    """The section as it stands in the page, for `make bench`, which writes the rest anew."""
    text = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    _, heading, rest = text.partition(HEADING)
    return f"\n{heading}{rest}" if heading else ""
