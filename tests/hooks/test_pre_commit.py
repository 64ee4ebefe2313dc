"""hooks/pre-commit, installed as its first lines say, in a real repository with real commits."""

import shutil
import subprocess
from pathlib import Path

HOOK = Path(__file__).parents[2] / "hooks" / "pre-commit"


def commit(repo: Path) -> subprocess.CompletedProcess[str]:
    subprocess.run(["git", "add", "-A"], cwd=repo, check=True)
    return subprocess.run(["git", "commit", "-m", "change"], cwd=repo, check=False, capture_output=True, text=True)


def installed(repo: Path) -> Path:
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(HOOK, hook)
    subprocess.run(["gitseal", "init", "-e", "production", "--as", "alice"], cwd=repo, check=True, capture_output=True)
    subprocess.run(["gitseal", "set", "TOKEN=made-up"], cwd=repo, check=True, capture_output=True)
    return repo / ".secrets" / "production.yaml"


def test_a_sound_folder_is_committed(repo: Path) -> None:
    installed(repo)
    assert commit(repo).returncode == 0


def test_a_plain_value_is_refused_with_its_line(repo: Path) -> None:
    environment = installed(repo)
    environment.write_text("LEAK: made-up-plaintext\n\n" + environment.read_text())
    done = commit(repo)
    assert done.returncode != 0
    assert ".secrets/production.yaml:1: plain-value" in done.stderr
    assert "made-up-plaintext" not in done.stderr


def test_a_repository_without_secrets_is_left_alone(repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(HOOK, hook)
    (repo / "readme").write_text("nothing here\n")
    assert commit(repo).returncode == 0
