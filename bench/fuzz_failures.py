"""What failed in `make fuzz`: a file for each, with the command that tries the same input again, until it passes."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_HYPOTHESIS = "(If Hypothesis made the input, it is in .hypothesis, and comes first.)"


def command(line: dict[str, Any]) -> str:
    """What tries the input again that failed, and nothing else, from the root of the project."""
    number = f"GITSEAL_FUZZ_INPUT={line['next']} " if line["has_numbers"] else ""
    return f"GITSEAL_FUZZ=1 {number}.venv/bin/python -m pytest {shlex.quote(line['item'])}"


def text(line: dict[str, Any]) -> str:
    """The failure as a person reads it."""
    how = "" if line["has_numbers"] else f"{_HYPOTHESIS}\n"
    return f"{line['item']}\nTry it again: {command(line)}\n{how}\n{line['said'].rstrip()}\n"


def keep(folder: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Writes down what failed, and forgets what passed since."""
    folder.mkdir(exist_ok=True)
    for line in lines:
        path = folder / (re.sub(r"[^\w.-]+", "-", line["item"].removeprefix("tests/")).strip("-")[:200] + ".txt")
        if line["failures"]:
            path.write_text(text(line), encoding="utf-8")
        elif line["inputs"]:
            path.unlink(missing_ok=True)
