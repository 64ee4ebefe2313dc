"""The scripts in hooks/, copied into a repository by hand, with the real gitseal behind them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.arming import script
from gitseal.git.hooks import SERVER, STAGES
from tests import programs

HOOKS = Path(__file__).parents[2] / "hooks"
Git = Callable[..., str]


def by_hand(repository: Path, *stages: str) -> None:
    folder = repository / "hooks" if repository.suffix == ".git" else repository / ".git/hooks"
    folder.mkdir(exist_ok=True)
    for stage in stages:
        shutil.copy(HOOKS / stage, folder / stage)


def refused(repo: Path, *command: str) -> str:
    done = programs.run("git", *command, cwd=repo)
    assert done.returncode != 0, done.stdout
    assert "hush" not in done.stderr
    return done.stderr


def leak(repo: Path, git: Git) -> None:
    (repo / ".env").write_text("TOKEN=hush-4f1d0c6b\n")
    git("add", "--force", ".env")


@pytest.mark.parametrize("stage", [*STAGES, SERVER])
def test_they_are_what_install_would_write_for_everyone(stage: str) -> None:
    assert (HOOKS / stage).read_bytes() == script.script(stage, None)
    assert os.access(HOOKS / stage, os.X_OK)


def test_there_is_no_other() -> None:
    assert {path.name for path in HOOKS.iterdir()} == {*STAGES, SERVER}


def test_a_commit(repo: Path, git: Git) -> None:
    by_hand(repo, "pre-commit")
    (repo / "readme").write_text("nothing here\n")
    git("add", "readme")
    git("commit", "--quiet", "-m", "sound")
    leak(repo, git)
    words = refused(repo, "commit", "-m", "leak")
    assert ".env:1: " in words
    assert "git rm --cached" in words


def test_a_merge(repo: Path, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "-m", "start")
    git("checkout", "--quiet", "-b", "other")
    leak(repo, git)
    git("commit", "--quiet", "-m", "leak")
    git("checkout", "--quiet", "main")
    git("commit", "--quiet", "--allow-empty", "-m", "more")
    by_hand(repo, "pre-merge-commit")
    assert ".env:1: " in refused(repo, "merge", "--no-edit", "other")


def test_a_push(repo: Path, git: Git, tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", tmp_path / "remote")
    by_hand(repo, "pre-push")
    git("commit", "--quiet", "--allow-empty", "-m", "start")
    git("push", "--quiet", tmp_path / "remote", "main")
    leak(repo, git)
    git("commit", "--quiet", "-m", "leak")
    git("rm", "--quiet", ".env")
    git("commit", "--quiet", "-m", "gone again")
    assert ".env:1: " in refused(repo, "push", str(tmp_path / "remote"), "main")


def test_a_server_that_receives(repo: Path, git: Git, tmp_path: Path) -> None:
    server = tmp_path / "server.git"
    git("init", "--quiet", "--bare", server)
    by_hand(server, "pre-receive")
    git("commit", "--quiet", "--allow-empty", "-m", "start")
    git("push", "--quiet", server, "main")
    leak(repo, git)
    git("commit", "--quiet", "-m", "leak")
    assert ".env:1: " in refused(repo, "push", str(server), "main")


def test_without_a_gitseal_nothing_passes(repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand(repo, "pre-commit")
    git("add", ".")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert "this hook cannot find gitseal" in refused(repo, "commit", "--allow-empty", "-m", "x")
