"""Hooks prove themselves by a leak that they must block, and nothing is left of it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.arming import installation, script, status
from gitseal.git.hooks import SERVER, STAGES
from gitseal.git.repository import Repository

Git = Callable[..., str]
HOOK = ".git/hooks/pre-commit"


def unarmed(top: Path) -> dict[str, str]:
    return {each.name: each.how for each in status.status(Repository(top)) if not each.armed}


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted([folder, *folder.rglob("*")])
        if path.exists()
    }


def test_three_hooks_are_armed_and_nothing_is_left(
    repo: Path, git: Git, gitseal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    (repo / ".env").write_text("TOKEN=hush\n")
    (repo / "staged").write_text("x\n")
    git("add", "staged")
    installation.install(Repository(repo), gitseal)
    before = everything(repo)

    found = status.status(Repository(repo))

    assert [(each.name, each.armed) for each in found] == [(stage, True) for stage in STAGES]
    assert found[0].how == f"{HOOK}; blocked a made-up leak"
    assert everything(repo) == before
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [["--object-format=sha256"], ["--ref-format=reftable"], ["--separate-git-dir=../git"]]
)
def test_other_kinds_of_repositories(tmp_path: Path, gitseal: Path, options: list[str]) -> None:
    top = tmp_path / "other"
    top.mkdir()
    done = subprocess.run(["git", "init", "--quiet", *options], cwd=top, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this Git has no {options[0]}")
    installation.install(Repository(top), gitseal)
    assert unarmed(top) == {}


@pytest.mark.slow
def test_a_linked_worktree_a_split_index_and_a_sparse_one(repo: Path, git: Git, gitseal: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (repo / folder).mkdir()
        (repo / folder / "file").write_text("x\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "start")
    installation.install(Repository(repo), gitseal)
    git("worktree", "add", "--quiet", tmp_path / "linked")
    git("update-index", "--split-index")
    assert unarmed(repo) == {}
    git("sparse-checkout", "set", "--sparse-index", "one", cwd=tmp_path / "linked")
    assert unarmed(tmp_path / "linked") == {}


def test_a_conflict_in_the_index_is_no_hindrance(repo: Path, git: Git, gitseal: Path) -> None:
    for branch in ("main", "other"):
        git("checkout", "--quiet", *(["--orphan"] if branch == "main" else ["-b"]), branch + "-x")
        (repo / "file").write_text(branch)
        git("add", "file")
        git("commit", "--quiet", "-m", branch, "--allow-empty")
    git("checkout", "--quiet", "main-x")
    (repo / "file").write_text("third")
    git("commit", "--quiet", "-am", "third")
    subprocess.run(["git", "merge", "--quiet", "other-x"], cwd=repo, capture_output=True, check=False)
    assert git("ls-files", "--unmerged")
    installation.install(Repository(repo), gitseal)
    assert unarmed(repo) == {}


def test_a_bare_repository(tmp_path: Path, git: Git, gitseal: Path) -> None:
    bare = tmp_path / "bare.git"
    git("init", "--quiet", "--bare", bare)
    (found,) = status.status(Repository(bare), server=True)
    assert not found.armed
    assert found.mend == "gitseal hook install --server"
    installation.install_server(Repository(bare), gitseal)
    (found,) = status.status(Repository(bare), server=True)
    assert (found.name, found.armed) == (SERVER, True)


def test_what_is_not_ours_is_never_run(repo: Path, gitseal: Path) -> None:
    installation.install(Repository(repo), gitseal)
    (repo / HOOK).write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    assert unarmed(repo) == {"pre-commit": f"another hook is there: {HOOK}"}
    assert not (repo / "ran").exists()


def test_what_was_there_before_is_not_run_either(repo: Path, gitseal: Path) -> None:
    (repo / ".git/hooks").mkdir(exist_ok=True)
    (repo / HOOK).write_text("#!/bin/sh\ntouch ran\n")
    (repo / HOOK).chmod(0o755)
    installation.install(Repository(repo), gitseal)
    found = status.status(Repository(repo))[0]
    assert found.how == f"{HOOK}, then pre-commit.before-gitseal; blocked a made-up leak"
    assert not (repo / "ran").exists()


def test_a_hook_that_git_passes_over(repo: Path, gitseal: Path) -> None:
    installation.install(Repository(repo), gitseal)
    (repo / HOOK).chmod(0o644)
    (repo / ".git/hooks/pre-push").unlink()
    assert unarmed(repo) == {"pre-commit": f'"{repo / HOOK}" is not executable', "pre-push": "no such hook"}


def test_one_that_lets_everything_through(repo: Path, gitseal: Path) -> None:
    installation.install(Repository(repo), gitseal)
    (repo / HOOK).write_bytes(script.script("pre-commit", None).replace(b"gitseal=gitseal\n", b"exit 0\n"))
    assert unarmed(repo) == {"pre-commit": f"{HOOK}; let a made-up leak through"}


def test_one_that_blocks_for_another_reason_proves_nothing(
    repo: Path, gitseal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gitseal"
    gone.write_bytes(gitseal.read_bytes())
    gone.chmod(0o755)
    installation.install(Repository(repo), gone)
    gone.unlink()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert set(unarmed(repo)) == set(STAGES)
    assert "this hook cannot find gitseal" in unarmed(repo)["pre-commit"]


def test_hooks_path_that_leads_elsewhere(repo: Path, git: Git, gitseal: Path, tmp_path: Path) -> None:
    installation.install(Repository(repo), gitseal)
    git("commit", "--quiet", "--allow-empty", "-m", "start")
    git("config", "core.hooksPath", "/dev/null")
    assert set(unarmed(repo)) == set(STAGES)
    git("config", "core.hooksPath", ".githooks")
    installation.install(Repository(repo), gitseal)
    assert unarmed(repo) == {}
    # A relative one is each worktree's own, and Git says nothing of a folder that is not there.
    git("worktree", "add", "--quiet", tmp_path / "linked")
    assert "no such hook in " in unarmed(tmp_path / "linked")["pre-commit"]


def test_hooks_in_the_configuration(
    repo: Path, git: Git, gitseal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "pre-commit").write_text("#!/bin/sh\ntouch ran\nexit 0\n")
    (shared / "pre-commit").chmod(0o755)
    git("config", "--global", "core.hooksPath", str(shared))
    done = installation.install(Repository(repo), gitseal)
    if done.refused is not None:
        pytest.skip("this Git has no hooks in its configuration (2.54)")
    assert done.changed == tuple(f"hook.gitseal-{stage}" for stage in STAGES)
    assert installation.install(Repository(repo), gitseal).changed == ()
    assert unarmed(repo) == {}
    assert not (repo / "ran").exists()
    git("commit", "--quiet", "--allow-empty", "-m", "sound")
    assert (repo / "ran").exists()
    (repo / "x.env").write_text("TOKEN=hush-4f1d0c6b\n")
    git("add", "x.env")
    assert subprocess.run(["git", "commit", "-qm", "leak"], cwd=repo, capture_output=True, check=False).returncode != 0

    assert installation.uninstall(Repository(repo)) == done.changed
    assert set(unarmed(repo)) == set(STAGES)
    assert list((repo / ".git/gitseal").iterdir()) == []
    assert "gitseal" not in git("config", "--local", "--list")


def test_one_that_is_switched_off(repo: Path, git: Git, gitseal: Path, tmp_path: Path) -> None:
    git("config", "--global", "core.hooksPath", str(tmp_path))
    if installation.install(Repository(repo), gitseal).refused is not None:
        pytest.skip("this Git has no hooks in its configuration (2.54)")
    git("config", "hook.gitseal-pre-push.enabled", "false")
    assert set(unarmed(repo)) == {"pre-push"}
