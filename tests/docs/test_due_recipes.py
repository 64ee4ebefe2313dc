"""The weekly recipes of `due`: one issue is opened, refreshed and closed, with the forge played by this test."""

import json
import os
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.docs.gitlab_api import Api, at_work
from tests.docs.test_ci_recipes import DUE, GITLAB_DUE, load
from tests.programs import git
from tests.world import World, start

MARKER, TITLE, BOX = "<!-- gitseal due -->", "Secrets that need a new value", "- [ ] `KEY`; environment: `production`"

# `gh`, as far as the workflow calls it. FORGE holds issues.json, and what was written last.
GH = """#!/usr/bin/env bash
case "$*" in
    *--method*) printf '%s\\n' "$@" >"$FORGE/called" ;;
    *"issues?state=open&creator="*) cat "$FORGE/issues.json" ;;
    *) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def world(repo: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project in which KEY is overdue."""
    world = start(repo, "production")
    world.project.manifest_path.write_text("version: 1\nsecrets:\n  KEY: {rotate: 90d}\n", encoding="utf-8")
    world.set(KEY="hush")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T12:00:00Z")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "all")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    return world


class GitHub:
    """What the workflow's last two scripts say and do."""

    def __init__(self, world: World, folder: Path) -> None:
        self.top, self.folder = world.top, folder
        (folder / "bin").mkdir()
        (folder / "bin/gh").write_text(GH, encoding="utf-8")
        (folder / "bin/gh").chmod(0o755)
        self.issues: list[dict[str, object]] = []

    def run(self) -> str:
        (self.folder / "issues.json").write_text(json.dumps(self.issues), encoding="utf-8")
        (self.folder / "called").write_text("", encoding="utf-8")
        environ = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "FORGE": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "REPOSITORY": "org/shop",
        }
        for step in load(DUE)["jobs"]["due"]["steps"][-2:]:
            done = programs.run("bash", "-e", "-o", "pipefail", "-c", step["run"], cwd=self.top, environ=environ)
            assert done.returncode == 0, done.stderr
        return (self.folder / "called").read_text(encoding="utf-8")


def test_github_gets_one_issue_which_is_refreshed_and_closed(
    world: World, tmp_path: Path, peer: Callable[[str], str]
) -> None:
    peer("jq")
    forge = GitHub(world, tmp_path)
    # Somebody else's issue that looks like ours is not taken for it.
    forge.issues = [
        {"number": 1, "user": {"login": "mallory"}, "body": MARKER},
        {"number": 2, "user": {"login": "github-actions[bot]"}, "body": None},
    ]
    called = forge.run()
    assert "POST\nrepos/org/shop/issues\n" in called
    assert TITLE in called
    issue = (tmp_path / "issue.md").read_text(encoding="utf-8")
    assert issue.startswith(f"{MARKER}\n# What is due\n")
    assert BOX in issue

    forge.issues.append({"number": 3, "user": {"login": "github-actions[bot]"}, "body": issue})
    assert "PATCH\nrepos/org/shop/issues/3\n" in forge.run()
    world.set(KEY="hush2")
    called = forge.run()
    assert "PATCH\nrepos/org/shop/issues/3\n" in called
    assert "state=closed" in called
    del forge.issues[-1]
    assert forge.run() == ""


def test_what_writes_issues_holds_no_identity_and_may_do_nothing_else() -> None:
    workflow = load(DUE)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["due"]["permissions"] == {"contents": "read", "issues": "write"}
    for recipe in (DUE, GITLAB_DUE):
        assert "GITSEAL_IDENTITY" not in recipe.read_text(encoding="utf-8")


class GitLab(ThreadingHTTPServer):
    """One page of issues; what was written is kept."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Issues)
        self.issues: list[dict[str, Any]] = [{"iid": 1, "description": None}, {"iid": 2, "description": "hello"}]
        self.written: list[tuple[str, str, dict[str, str]]] = []


class Issues(Api):
    server: GitLab

    def show(self, query: dict[str, list[str]]) -> None:
        assert query["author_id"] == ["5"]
        self.answer(self.server.issues)

    def take(self, fields: dict[str, str]) -> None:
        self.server.written.append((self.command, self.path, fields))


@pytest.fixture
def gitlab(peer: Callable[[str], str]) -> Iterator[GitLab]:
    for program in ("jq", "curl"):
        peer(program)
    server = GitLab()
    with at_work(server):
        yield server


def weekly(gitlab: GitLab, world: World) -> tuple[str, str, dict[str, str]] | None:
    """What the job wrote, if it wrote anything."""
    gitlab.written.clear()
    address = f"http://127.0.0.1:{gitlab.server_address[1]}"
    (script,) = load(GITLAB_DUE)["secrets-due"]["script"]
    environ = {"GITSEAL_ISSUE_TOKEN": "token", "CI_API_V4_URL": address, "ISSUES": f"{address}/issues"}
    done = programs.run("sh", "-c", script, cwd=world.top, environ=environ)
    assert done.returncode == 0, done.stderr
    return next(iter(gitlab.written), None)


@pytest.mark.slow
def test_gitlab_gets_one_issue_which_is_refreshed_and_closed(gitlab: GitLab, world: World) -> None:
    opened = weekly(gitlab, world)
    assert opened is not None
    assert opened[:2] == ("POST", "/issues")
    assert opened[2]["title"] == TITLE
    assert BOX in opened[2]["description"]

    gitlab.issues.append({"iid": 3, "description": opened[2]["description"]})
    refreshed = weekly(gitlab, world)
    assert refreshed is not None
    assert refreshed[:2] == ("PUT", "/issues/3")
    world.set(KEY="hush2")
    closed = weekly(gitlab, world)
    assert closed is not None
    assert closed[2]["state_event"] == "close"
    del gitlab.issues[-1]
    assert weekly(gitlab, world) is None
