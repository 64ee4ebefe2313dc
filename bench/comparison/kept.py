"""Measured rows in a file, so that an interrupted run goes on and the page can be written from what is there."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bench.comparison.measuring import Cell, Line, titles

FILE = Path(".bench/comparison.json")


class Kept(NamedTuple):
    """The rows of one command, with the version of each tool or the reason why it has none."""

    command: str
    versions: Mapping[str, str]
    lines: Mapping[str, Line]
    """By title, in the order of the table."""

    @property
    def missing(self) -> list[str]:
        """Titles of the rows that are not measured yet."""
        return [title for title in titles() if title not in self.lines]


def begin(command: str, versions: Mapping[str, str]) -> Kept:
    """What an interrupted run of the same command with the same tools left, or nothing measured yet.

    A run that was finished is no reason to measure nothing: the next one begins anew.
    """
    kept = read()
    if kept and kept.missing and (kept.command, kept.versions) == (command, versions):
        return kept
    return Kept(command, versions, {})


def add(kept: Kept, line: Line) -> Kept:
    """Writes one more row down."""
    lines = {**kept.lines, line.title: line}
    more = kept._replace(lines={title: lines[title] for title in titles() if title in lines})
    FILE.parent.mkdir(exist_ok=True)
    new = FILE.with_suffix(".new")
    rows = [one._asdict() for one in more.lines.values()]
    new.write_text(json.dumps({**more._asdict(), "lines": rows}, indent=1), encoding="utf-8")
    new.replace(FILE)
    return more


def read() -> Kept | None:
    """What the last run left, finished or not."""
    if not FILE.exists():
        return None
    written = json.loads(FILE.read_text(encoding="utf-8"))
    lines = {line.title: line for line in _lines(written["lines"])}
    return Kept(written["command"], written["versions"], lines)


def _lines(rows: list[dict[str, Any]]) -> Iterator[Line]:
    for row in rows:
        cells = {name: Cell(tuple(seconds), memory, words) for name, (seconds, memory, words) in row["cells"].items()}
        yield Line(row["title"], cells, row["day"], row["load"])
