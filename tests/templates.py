"""Folders that take long to build: built once in a test process, and copied for each test that asks."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

_Made = TypeVar("_Made")


class Templates:
    """The templates of one test process, below a folder of their own."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._made: dict[str, Any] = {}

    def copy(self, name: str, to: Path, build: Callable[[Path], _Made]) -> _Made:
        """Fills the folder `to` with what `build` makes, and gives what `build` returned when it ran, once.

        Remotes that lead into the template lead into the copy. Nothing else in it may name its own path.
        """
        template = self._top / name
        if name not in self._made:
            template.mkdir()
            self._made[name] = build(template)

        to.mkdir(exist_ok=True)
        # A team's clones are hundreds of files, which Python copies in five times the time.
        subprocess.run(["cp", "-a", f"{template}/.", to], check=True)
        for place in (to, *to.iterdir()):
            config = place / (".git/config" if (place / ".git").is_dir() else "config")
            if config.is_file():
                config.write_text(config.read_text().replace(str(template), str(to)))
            if (place / ".git").is_dir():
                # The index knows files by their inodes, too; without this a copy looks changed to Git's plumbing.
                subprocess.run(["git", "update-index", "-q", "--refresh"], cwd=place, check=False, capture_output=True)
        made: _Made = self._made[name]
        return made
