"""Tries the laws marked `fuzz` for a given time, and says what came of each.

`make fuzz`, or `FUZZ_S=120 python -m bench.fuzz`. The seconds are for everything: they are divided over the laws, and
laws that end early leave theirs to the others. `.fuzz` remembers how far each law got and `.hypothesis` what failed:
the next run goes on from there. `--write` puts the figures into docs/benchmarks.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bench import fuzz_page
from bench.fuzz_page import Figure

FOLDER = Path(".fuzz")
CORPUS = FOLDER / "corpus.json"
GRACE = 60.0
"""Seconds after its time in which a process has to end the input that it tries."""
_INTERRUPTED = 130


class Outcome(NamedTuple):
    """What the processes wrote down: a line for each case of a law, and those that had to be ended."""

    lines: list[dict[str, Any]]
    ended: list[int]


def main() -> int:
    """Run, tell, and remember. The status is 1 if a law failed, 130 if somebody interrupted."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description="Try the laws marked `fuzz` for a time.")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("FUZZ_S") or 1800))
    parser.add_argument("--only", default="", metavar="WORD", help="only test files with this in their path")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    files = [str(path) for path in _files() if options.only in str(path)]
    began, interrupted = time.monotonic(), False
    processes = list(_started(files, began + options.seconds))
    try:
        ended = _wait(processes, began + options.seconds)
    except KeyboardInterrupt:
        # The terminal told the processes too.
        interrupted = True
        ended = _wait(processes, time.monotonic())
    lines = list(_written())
    known = _remembered(lines)
    figures = _figures(lines, known)
    seconds = time.monotonic() - began
    print(fuzz_page.table(figures))
    failed = [line for line in lines if line["failures"]]
    for line in failed:
        print(f"\n{line['item']}\n{line['said']}", file=sys.stderr)
    for number in ended:
        print(f"process {number} did not end in time: {FOLDER}/output-{number}.txt has its last words", file=sys.stderr)
    print(f"{fuzz_page.summary(figures, seconds)}{', interrupted' if interrupted else ''}", file=sys.stderr)
    if options.write and not interrupted:
        fuzz_page.write(figures, seconds, f"make fuzz FUZZ_S={options.seconds:g} FUZZ=--write")
    if interrupted:
        return _INTERRUPTED
    return 1 if failed or ended or not lines else 0


def _files() -> Iterator[Path]:
    """The test files with such laws: to collect all the others takes longer than a short run."""
    for path in sorted(Path("tests").rglob("test_*.py")):
        if "mark.fuzz" in path.read_text(encoding="utf-8"):
            yield path


def _started(files: list[str], until: float) -> Iterator["subprocess.Popen[bytes]"]:
    count = os.cpu_count() or 1
    for number in range(count):
        with suppress(FileNotFoundError):
            (FOLDER / f"figures-{number}.jsonl").unlink()
        environ = {
            **os.environ,
            "GITSEAL_FUZZ": "1",
            "GITSEAL_FUZZ_PART": f"{FOLDER.resolve()}:{number}:{count}:{until}",
        }
        words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.fuzz_plugin", "-p", "no:cacheprovider", *files]
        with (FOLDER / f"output-{number}.txt").open("wb") as output:
            yield subprocess.Popen(words, env=environ, stdout=output, stderr=output, stdin=subprocess.DEVNULL)


def _wait(processes: "list[subprocess.Popen[bytes]]", until: float) -> list[int]:
    """Waits for all; gives the numbers of those that had to be ended."""
    ended = []
    for number, process in enumerate(processes):
        try:
            process.wait(max(0, until + GRACE - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            ended.append(number)
    return ended


def _written() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("figures-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):  # a process that was ended amid its line
                yield json.loads(line)
        path.unlink()


def _remembered(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """All that was ever tried here, this run included, by the case of a law."""
    known: dict[str, dict[str, Any]] = json.loads(CORPUS.read_text()) if CORPUS.exists() else {}
    for line in lines:
        before = known.get(line["item"], {"inputs": 0, "seconds": 0.0})
        known[line["item"]] = {
            "inputs": before["inputs"] + line["inputs"],
            "seconds": round(before["seconds"] + line["seconds"], 3),
            "next": line["next"],
        }
    beside = CORPUS.with_suffix(".new")
    beside.write_text(json.dumps(known, indent=0, sort_keys=True), encoding="utf-8")
    beside.replace(CORPUS)
    return known


def _figures(lines: list[dict[str, Any]], known: dict[str, dict[str, Any]]) -> list[Figure]:
    """One for each law: its cases together."""
    by_law: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by_law[line["item"].partition("[")[0]].append(line)
    ever: dict[str, int] = defaultdict(int)
    for item, tried in known.items():
        ever[item.partition("[")[0]] += tried["inputs"]
    return [
        Figure(
            law,
            sum(case["inputs"] for case in cases),
            sum(case["seconds"] for case in cases),
            sum(case["failures"] for case in cases),
            ever[law],
            tuple(sorted({case["said"] for case in cases if not case["failures"] and case["said"]})),
        )
        for law, cases in sorted(by_law.items())
    ]


if __name__ == "__main__":
    sys.exit(main())
