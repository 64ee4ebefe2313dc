"""What is measured: repositories of made-up secrets, made by the real commands in a temporary folder, on first use."""

import functools
import json
import os
import random
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.timing import Command

PYTHON = sys.executable
GITSEAL = str(Path(PYTHON).parent / "gitseal")


class Missing(Exception):
    """A tool or a file that a row needs is not to be had; the message says why."""


class World:
    """A home, an identity and everything sealed to it, below `folder`, which is the caller's to remove."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.limit: float | None = None
        """Seconds for a command whose caller sets none."""
        self.identity = folder / "me.txt"
        config = folder / "gitconfig"
        config.write_text(
            "[user]\n\tname = bench\n\temail = bench@example.com\n[init]\n\tdefaultBranch = main\n", encoding="utf-8"
        )
        foreign = ("GIT_", "GITSEAL_", "SOPS_", "XDG_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": str(config),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GITSEAL_IDENTITY_FILE": str(self.identity),
            "SOPS_AGE_KEY_FILE": str(self.identity),
            "LC_ALL": "C.UTF-8",
        }
        self.recipient = self.run([GITSEAL, "keygen", "-o", str(self.identity)], folder).strip()

    def run(self, argv: list[str], cwd: Path, limit: float | None = None) -> str:
        """Standard output of a command that has to succeed.

        Raises `RuntimeError` with its words if it fails, and `subprocess.TimeoutExpired` after `limit` seconds.
        """
        done = subprocess.run(
            argv,
            cwd=cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit or self.limit,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)} gave {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    @functools.cache  # noqa: B019 - there is one world, and it lives as long as the program
    def repository(self, names: int) -> Path:
        """A committed repository whose production holds that many names, checked once against what went in."""
        top = self.folder / f"repository-{names}"
        top.mkdir()
        wanted = values(names)
        dotenv = top / "big.env"
        dotenv.write_text("".join(f"{name}='{value}'\n" for name, value in wanted.items()), encoding="utf-8")
        self.run(["git", "init", "--quiet"], top)
        self.run([GITSEAL, "init", "-e", "production", "--as", "bench"], top)
        self.run([GITSEAL, "import", "big.env", "-e", "production"], top)
        dotenv.unlink()
        self.commit(top, "sealed")
        if json.loads(self.run([GITSEAL, "render", "-e", "production", "--format", "json"], top)) != wanted:
            raise RuntimeError(f"what came out of {names} names is not what went in")
        return top

    @functools.cache  # noqa: B019 - see repository
    def scratch(self, names: int) -> Path:
        """A copy of that repository, to be changed at will."""
        top = self.folder / f"scratch-{names}"
        shutil.copytree(self.repository(names), top, symlinks=True)
        return top

    def commit(self, top: Path, message: str) -> None:
        """Commits all there is in a repository."""
        self.run(["git", "add", "--all"], top)
        self.run(["git", "commit", "--quiet", "--no-verify", "-m", message], top)

    def fast_import(self, top: Path, stream: Iterator[bytes]) -> None:
        """Gives a repository what a stream of `git fast-import` says."""
        importing = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=top, env=self.env, stdin=subprocess.PIPE)
        if importing.stdin is None:
            raise RuntimeError("git fast-import has no standard input")
        with importing.stdin:
            for part in stream:
                importing.stdin.write(part)
        if importing.wait() != 0:
            raise RuntimeError("git fast-import failed")


def gitseal(top: Path, *words: str) -> Command:
    """A command of gitseal's in a folder."""
    return Command(lambda _: [GITSEAL, *words], top)


def gitseal_alone(top: Path, *words: str) -> Command:
    """The same with no identity at hand."""
    return Command(lambda _: ["env", "-u", "GITSEAL_IDENTITY_FILE", "-u", "SOPS_AGE_KEY_FILE", GITSEAL, *words], top)


def tool(name: str) -> str:
    """The path of a tool that is not ours; raises `Missing`."""
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} was not found; `make peers` fetches it")
    return path


def middle(names: int) -> str:
    """The name in the middle."""
    return f"SECRET_{names // 2:06d}"


@functools.cache
def values(names: int) -> dict[str, str]:
    """That many names in sorted order with made-up values of 16 to 64 characters, the same ones every time."""
    dice = random.Random(names)
    letters = string.ascii_letters + string.digits + "+/=_-:@"
    return {f"SECRET_{number:06d}": "".join(dice.choices(letters, k=dice.randint(16, 64))) for number in range(names)}
