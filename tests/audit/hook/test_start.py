"""What a clean commit does not load: each of these would cost every commit its import."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from gitseal.audit.scan import index_files
from gitseal.cli.main import main
from gitseal.project.project import FOLDER

Git = Callable[..., str]
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
ABOUT_FILES = ("gitseal.audit.scan.policy", "gitseal.project.project", "gitseal.policy.parser")
RUN = """
import sys
from gitseal.cli import dispatch
status = dispatch({words})
print(sorted(set(sys.modules) & set({named})))
sys.exit(status)
"""


def started(trace: Path) -> list[str]:
    """The commands of Git that a trace has."""
    return [line.partition("built-in: git ")[2].split()[0] for line in trace.read_text().splitlines()]


def test_a_clean_commit_without_an_identity_loads_nothing_heavy(repo: Path, git: Git, isolated: Path) -> None:
    assert main(["init", "-e", "production", "--as", "test"]) == 0
    (isolated / ".config/gitseal/identity.txt").unlink()
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "--message", "x")
    (repo / "a.txt").write_text("nothing\n")
    git("add", "a.txt")
    code = RUN.format(words=["hook", "run", "pre-commit"], named=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_git_is_asked_ahead_for_just_what_is_asked_later(repo: Path, git: Git, tmp_path: Path) -> None:
    assert main(["init", "-e", "production", "--as", "test"]) == 0
    (repo / "a.txt").write_text("nothing\n")
    git("add", ".")
    trace = tmp_path / "trace"
    environ = {**os.environ, "GIT_TRACE": str(trace)}
    subprocess.run(["gitseal", "hook", "run", "pre-commit"], check=True, capture_output=True, env=environ)
    # `check` asks for the attributes of the sealed files, which are staged too.
    assert sorted(word for word in started(trace) if word != "check-attr") == ["cat-file", "config", "diff", "ls-files"]


def test_a_message_without_an_identity_loads_and_asks_nothing_about_files(
    repo: Path, git: Git, isolated: Path, tmp_path: Path
) -> None:
    assert main(["init", "-e", "production", "--as", "test"]) == 0
    (isolated / ".config/gitseal/identity.txt").unlink()
    git("add", ".")
    (tmp_path / "message").write_text("Say nothing\n")
    trace = tmp_path / "trace"
    code = RUN.format(words=["hook", "run", "commit-msg", str(tmp_path / "message")], named=(*HEAVY, *ABOUT_FILES))
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_TRACE": str(trace)},
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
    assert started(trace) == ["symbolic-ref"]


def test_the_patterns_name_our_folder() -> None:
    assert f"/{FOLDER}/" in index_files.PATTERNS[0]
