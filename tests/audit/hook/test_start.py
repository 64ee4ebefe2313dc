"""What a clean commit does not load: each of these would cost every commit its import."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from gitseal.audit.scan import index_files
from gitseal.project.project import FOLDER

HEAVY = (
    "click",
    "cryptography",
    "pyrage",
    "ruamel",
    "git",
    "pygit2",
    "json",
    "hashlib",
    "urllib.request",
    "gitseal.document.document",
)
RUN = f"""
import sys
from gitseal.cli import dispatch
status = dispatch(["hook", "run", "pre-commit"])
print(sorted(set(sys.modules) & set({HEAVY})))
sys.exit(status)
"""


def test_a_clean_commit_without_an_identity_loads_nothing_heavy(
    repo: Path, git: Callable[..., str], isolated: Path
) -> None:
    subprocess.run(["gitseal", "init", "-e", "production", "--as", "test"], check=True, capture_output=True)
    (isolated / ".config/gitseal/identity.txt").unlink()
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "--message", "x")
    (repo / "a.txt").write_text("nothing\n")
    git("add", "a.txt")
    done = subprocess.run([sys.executable, "-c", RUN], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_git_is_asked_ahead_for_just_what_is_asked_later(repo: Path, git: Callable[..., str], tmp_path: Path) -> None:
    subprocess.run(["gitseal", "init", "-e", "production", "--as", "test"], check=True, capture_output=True)
    (repo / "a.txt").write_text("nothing\n")
    git("add", ".")
    trace = tmp_path / "trace"
    environ = {**os.environ, "GIT_TRACE": str(trace)}
    subprocess.run(["gitseal", "hook", "run", "pre-commit"], check=True, capture_output=True, env=environ)
    started = [line.partition("built-in: git ")[2].split()[0] for line in trace.read_text().splitlines()]
    # `check` asks for the attributes of the sealed files, which are staged too.
    assert sorted(word for word in started if word != "check-attr") == ["cat-file", "config", "diff", "ls-files"]


def test_the_patterns_name_our_folder() -> None:
    assert f"/{FOLDER}/" in index_files.PATTERNS[0]
