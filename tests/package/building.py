"""Builds what `make dist` and `make zipapp` build, for the tests of this folder."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import programs
from tests.conftest import TOP

PYTHON = str(Path(programs.GITSEAL).with_name("python"))


def build(clone: Path, out: Path, *, umask: str = "022") -> Path:
    script = f"umask {umask} && tools/dist '{out}'"
    done = programs.run("sh", "-c", script, cwd=clone, environ={"PYTHON": PYTHON})
    assert done.returncode == 0, done.stderr
    return out


@cache
def _has_index() -> bool:
    """Whether pip gets something from an index, looked at once."""
    with TemporaryDirectory() as folder:
        words = ("pip", "download", "--quiet", "--no-deps", "--dest", folder, "click")
        return programs.run(PYTHON, "-m", *words, cwd=TOP).returncode == 0


def check_index() -> None:
    """Skips the test if nothing can be installed."""
    if not _has_index():
        pytest.skip("no package index can be reached, so nothing can be installed")
