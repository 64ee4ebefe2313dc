"""A gitseal that only says how it was called: what a hook file does around it is what most tests here look at."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import programs

_PROGRAM = """\
#!/bin/sh
{{
    echo "gitseal $*"
    case $3 in pre-push | pre-receive) cat ;; esac
}} >>'{log}'
[ ! -e '{says_no}' ]
"""


class Program(NamedTuple):
    path: Path
    log: Path
    says_no: Path

    def calls(self, *, messages: bool = False) -> list[str]:
        """What was written to the log since it was last asked for; the calls that look at messages only if they are wanted."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line for line in lines if messages or not line.startswith("gitseal hook run commit-msg ")]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    folder = tmp_path / "a program's folder {stage}"
    folder.mkdir()
    made = Program(folder / "gitseal", tmp_path / "log", tmp_path / "says-no")
    made.path.write_text(_PROGRAM.format(log=made.log, says_no=made.says_no))
    made.path.chmod(0o755)
    return made


@pytest.fixture
def commit(git: Callable[..., str], repo: Path) -> Callable[..., str]:
    """One more commit, by a new content."""

    def make(*arguments: str) -> str:
        file = repo / "file"
        file.write_text(file.read_text() + "more\n" if file.exists() else "some\n")
        git("add", "file")
        return git("commit", "--quiet", "--message", "change", *arguments)

    return make


@pytest.fixture
def gitseal() -> Path:
    return Path(programs.GITSEAL)
