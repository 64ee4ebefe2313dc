"""Tries the laws marked `fuzz` for a given time, and says what came of each.

`make fuzz`, or `FUZZ_S=120 python -m bench.fuzz`. The seconds are for everything: they are divided over the laws, and
laws that end early leave theirs to the others. `.fuzz` remembers how far each law got, and `.fuzz/failures` has a file
for each failure, with the command that tries the same input again; inputs of Hypothesis that failed are in
`.hypothesis`. The next run goes on from there, with what failed first. Ctrl-C ends it at once, with the figures so far.
`--write` puts the figures into docs/benchmarks.md.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench import fuzz_failures, fuzz_page
from bench.fuzz_page import Figure

FOLDER = Path(".fuzz")
CORPUS = FOLDER / "corpus.json"
FAILURES = FOLDER / "failures"
GRACE = 60.0
"""Seconds after its time in which a process has to end the input that it tries, and to make small what failed."""
_GRACE_IF_INTERRUPTED = 10.0
_INTERRUPTED = 130


def main() -> int:
    """Run, tell, and remember. The status is 1 if a law failed, 130 if somebody interrupted."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description="Try the laws marked `fuzz` for a time.")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("FUZZ_S") or 1800))
    parser.add_argument("--only", default="", metavar="WORD", help="only test files with this in their path")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    files = [str(path) for path in _files() if options.only in str(path)]
    began = time.monotonic()
    interrupted = _run(files, began + options.seconds)
    lines = list(_written(is_failure=not interrupted))
    figures = _figures(lines, _remembered(lines))
    fuzz_failures.keep(FAILURES, lines)
    seconds = time.monotonic() - began
    print(fuzz_page.table(figures))
    failed = [line for line in lines if line["failures"]]
    for line in failed:
        print(f"\n{fuzz_failures.text(line)}", file=sys.stderr)
    if not lines:
        print((FOLDER / "output-0.txt").read_text(errors="replace"), file=sys.stderr)
    print(f"{fuzz_page.summary(figures, seconds)}{', interrupted' if interrupted else ''}", file=sys.stderr)
    if options.write and not interrupted:
        fuzz_page.write(figures, seconds, f"make fuzz FUZZ_S={options.seconds:g} FUZZ=--write")
    if interrupted:
        return _INTERRUPTED
    return 1 if failed or not lines else 0


def _run(files: list[str], until: float) -> bool:
    """Tries the laws of these files; True if somebody interrupted."""
    # `timeout` and `kill` are answered as Ctrl-C is.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.extend(_started(files, until))
        _wait(processes, until + GRACE)
    except KeyboardInterrupt:
        for process in processes:
            process.send_signal(signal.SIGINT)
        _wait(processes, time.monotonic() + _GRACE_IF_INTERRUPTED)
        return True
    return False


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
            # In a session of its own, so that Ctrl-C comes from here alone: a second one would end pytest amid its words.
            yield subprocess.Popen(
                words, env=environ, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
            )


def _wait(processes: "list[subprocess.Popen[bytes]]", until: float) -> None:
    """Waits for all. Those that take longer say where they are, and are ended with all that they started."""
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, until - time.monotonic()))
            continue
        # pytest has Python tell the stack.
        process.send_signal(signal.SIGABRT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _written(*, is_failure: bool) -> Iterator[dict[str, Any]]:
    """A line for each case of a law. One that had not ended when its process was ended has failed, if `is_failure`."""
    for path in sorted(FOLDER.glob("figures-*.jsonl")):
        begun = ""
        for text in path.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):  # a process that was ended amid its line
                line = json.loads(text)
                begun = line.get("begun", "")
                if not begun:
                    yield line
        if begun and is_failure:
            output = path.with_name(path.name.replace("figures", "output")).with_suffix(".txt")
            # The innermost calls are the first, and most of the others are pytest's.
            stack = output.read_text(errors="replace").rpartition("Fatal Python error")[2].splitlines()[:30]
            said = "\n".join((f"It did not end in time. {output} has its last words:", *stack))
            yield {
                "item": begun,
                "inputs": 0,
                "seconds": GRACE,
                "over": GRACE,
                "failures": 1,
                "said": said,
                "has_numbers": False,
            }
        path.unlink()


def _remembered(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """All that was ever tried here, this run included, by the case of a law."""
    known: dict[str, dict[str, Any]] = json.loads(CORPUS.read_text()) if CORPUS.exists() else {}
    for line in lines:
        before = known.get(line["item"], {"inputs": 0, "seconds": 0.0, "next": 0})
        known[line["item"]] = {
            "inputs": before["inputs"] + line["inputs"],
            "seconds": round(before["seconds"] + line["seconds"], 3),
            "next": line.get("next", before["next"]),
            "over": max(before.get("over", 0.0), line["over"]) if line["inputs"] else before.get("over", 0.0),
            "turns": before.get("turns", 0) + bool(line["inputs"]),
            "failed": bool(line["failures"] or (before.get("failed") and not line["inputs"])),
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
            tuple(_left_out(cases)),
        )
        for law, cases in sorted(by_law.items())
    ]


def _left_out(cases: list[dict[str, Any]]) -> Iterator[str]:
    """Each reason, with how many of the cases it is about if there are several."""
    reasons = Counter(case["said"] for case in cases if not case["failures"] and case["said"])
    for reason, count in sorted(reasons.items()):
        yield reason if len(cases) == 1 else f"{count} of {len(cases)} cases: {reason}"


if __name__ == "__main__":
    sys.exit(main())
