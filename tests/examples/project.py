"""A project with the values that the folders of `examples/` use, for the tests that start the real tools in copies of them."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests import programs
from tests.conftest import TOP

HUSH = "hush-5d1f0c77e2"
"""What production has and nothing else may show."""


class Project(NamedTuple):
    """A repository with an environment `production`, and a copy of an example in it."""

    top: Path
    folder: Path

    def gitseal(self, *words: str, stdin: str = "") -> None:
        done = programs.run(programs.GITSEAL, *words, cwd=self.top, stdin=stdin)
        assert done.returncode == 0, done.stderr

    def environ(self, **more: str) -> dict[str, str]:
        return {**os.environ, **more}

    def run(self, *command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """A command in the example's folder, whatever comes of it."""
        return programs.run(*command, cwd=self.folder, environ=environ)

    def done(self, *command: str | Path, **environ: str) -> str:
        """Its standard output; a failure fails the test."""
        done = self.run(*command, **environ)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def holds_plaintext(self) -> list[Path]:
        """The files of the repository in which the value stands."""
        files = (path for path in self.top.rglob("*") if path.is_file() and not path.is_symlink())
        return [path for path in files if HUSH.encode() in path.read_bytes()]


def start(
    top: Path, example: str, values: Mapping[str, str], manifest: str = "", *, environment: str = "production"
) -> Project:
    """A project at an empty repository, with what `example` needs set in its only environment."""
    project = Project(top, top / example)
    shutil.copytree(TOP / "examples" / example, project.folder)
    project.gitseal("init", "-e", environment, "--as", "alice")
    if manifest:
        (top / ".secrets/manifest.yaml").write_text(manifest, encoding="utf-8")
    for name, value in values.items():
        project.gitseal("set", "-e", environment, name, stdin=value)
    return project
