"""The monthly recipes of `rotate`: a robot without a key opens a branch, with the forge played by this test."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.project.workspace import Workspace
from gitseal.usecases.absorb import absorb
from tests import programs
from tests.docs.test_ci_recipes import GITLAB_ROTATE, ROTATE, load
from tests.programs import git
from tests.slow import slow_but
from tests.world import World, start

BRANCH = "rotate/due"
MANIFEST = """version: 1
secrets:
  KEY: {rotate: 90d, generate: "hex:32"}
  OTHER: {rotate: 90d}
  PAIR: {rotate: 90d, generate: ed25519}
"""
GH = '#!/usr/bin/env bash\nprintf "%s\\n" "$*" >>"$FORGE/called"\n'


@pytest.fixture
def world(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peer: Callable[[str], str]) -> World:
    """A protected project with a remote, in which three names are overdue. One of them is made by a generator."""
    peer("jq")
    world = start(repo, "production")
    world.project.manifest_path.write_text(MANIFEST, encoding="utf-8")
    policy = world.project.policy_path
    text = policy.read_text(encoding="utf-8").replace("  production:\n", "  production:\n    write_only: pending\n")
    policy.write_text(text, encoding="utf-8")
    world.set(KEY="hush-key", OTHER="hush-other", PAIR="hush-pair")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T12:00:00Z")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "all")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    git(repo, "init", "-q", "--bare", str(tmp_path / "origin.git"))
    git(repo, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(repo, "push", "-q", "origin", "HEAD:main")
    git(tmp_path / "origin.git", "symbolic-ref", "HEAD", "refs/heads/main")
    return world


def robot(world: World, tmp_path: Path) -> Path:
    """A fresh clone, as a job has it: no identity, no settings."""
    place = tmp_path / f"job-{len(list(tmp_path.iterdir()))}"
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(place))
    return place


def on_github(world: World, tmp_path: Path) -> str:
    programs_folder = tmp_path / "bin"
    programs_folder.mkdir(exist_ok=True)
    (programs_folder / "gh").write_text(GH, encoding="utf-8")
    (programs_folder / "gh").chmod(0o755)
    place = robot(world, tmp_path)
    (tmp_path / "called").write_text("", encoding="utf-8")
    environ = {"PATH": f"{programs_folder}:{os.environ['PATH']}", "FORGE": str(tmp_path), "RUNNER_TEMP": str(tmp_path)}
    said = ""
    for step in load(ROTATE)["jobs"]["rotate"]["steps"][-2:]:
        done = programs.run(
            "bash", "-e", "-o", "pipefail", "-c", step["run"], cwd=place, environ={**environ, "BASE": "main"}
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout
    return said


def on_gitlab(world: World, tmp_path: Path) -> str:
    (script,) = load(GITLAB_ROTATE)["secrets-rotate"]["script"]
    git(tmp_path / "origin.git", "config", "receive.advertisePushOptions", "true")
    environ = {
        "GITSEAL_PUSH_TOKEN": "token",
        "CI_DEFAULT_BRANCH": "main",
        "REMOTE": str(tmp_path / "origin.git"),
    }
    done = programs.run("sh", "-c", script, cwd=robot(world, tmp_path), environ=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("job", slow_but({on_github}, [on_github, on_gitlab]), ids=lambda job: job.__name__)
def test_the_robot_opens_a_branch_and_a_member_absorbs(
    world: World, tmp_path: Path, job: Callable[[World, Path], str]
) -> None:
    said = job(world, tmp_path)

    assert "production: rotated KEY (hex:32), unread; a member takes it over with: gitseal absorb KEY" in said
    git(world.top, "fetch", "-q", "origin")
    assert git(world.top, "diff", "--name-only", "HEAD", f"origin/{BRANCH}").split() == [".secrets/production.yaml"]
    git(world.top, "switch", "-q", BRANCH)
    assert world.get("OTHER") == "hush-other", "what has no generator stays for a person"
    assert world.get("PAIR") == "hush-pair", "a key pair has to be read"
    checked = programs.run("gitseal", "check", cwd=world.top)
    assert '"KEY" was set write-only, and waits for a member' in checked.stdout
    assert absorb(Workspace(world.project, world.keyring), "production", ["KEY"]) == ["KEY"]
    assert len(world.get("KEY")) == 64

    assert f"{BRANCH} is there already" in job(world, tmp_path), "one branch at a time"


def test_the_pull_request_says_what_to_do(world: World, tmp_path: Path, peer: Callable[[str], str]) -> None:
    on_github(world, tmp_path)

    called = (tmp_path / "called").read_text(encoding="utf-8")
    assert f"pr create --base main --head {BRANCH} " in called
    assert "    gitseal absorb KEY -e production" in (tmp_path / "body.md").read_text(encoding="utf-8").splitlines()


def test_the_robot_holds_no_identity() -> None:
    for recipe in (ROTATE, GITLAB_ROTATE):
        assert "GITSEAL_IDENTITY" not in recipe.read_text(encoding="utf-8")
    assert load(ROTATE)["permissions"] == {}
