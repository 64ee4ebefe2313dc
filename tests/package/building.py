"""Builds what `make dist` and `make zipapp` build, for the tests of this folder."""

from pathlib import Path

import pytest

from tests import programs
from tests.conftest import TOP

PYTHON = str(Path(programs.GITSEAL).with_name("python"))


def build(clone: Path, out: Path, *, umask: str = "022") -> Path:
    script = f"umask {umask} && tools/dist '{out}'"
    done = programs.run("sh", "-c", script, cwd=clone, environ={"PYTHON": PYTHON})
    assert done.returncode == 0, done.stderr
    return out


def check_index(tmp_path: Path) -> None:
    asked = programs.run(
        PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", tmp_path / "probe", "click", cwd=TOP
    )
    if asked.returncode:
        pytest.skip("no package index can be reached, so nothing can be installed")
