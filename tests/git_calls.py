"""Counts the Git processes that are started: a `git` first on PATH writes down what it was asked, and hands over."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """#!/bin/sh
printf '%s\\n' "$*" >> "{record}"
exec "{git}" "$@"
"""


def record_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """From now on all is recorded; the function gives what was started since it was last called, one line each."""
    program, record = folder / "counting" / "git", folder / "git-calls"
    program.parent.mkdir()
    program.write_text(SCRIPT.format(record=record, git=shutil.which("git")))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)

    def calls() -> list[str]:
        lines = record.read_text().splitlines() if record.exists() else []
        record.unlink(missing_ok=True)
        return lines

    return calls
