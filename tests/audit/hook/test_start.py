"""What a clean commit does not load: each of these would cost every commit its import."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

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
