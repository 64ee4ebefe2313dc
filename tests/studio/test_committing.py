"""Commits by the page: what it showed, on the branch that it showed, all of it or nothing."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.programs import git
from tests.servers import studio
from tests.servers.studio import Answer
from tests.studio.conftest import Desktop, made


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desktop]:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    with studio.running(world.top, environ=environ) as page:
        page.let_in()
        yield Desktop(world, page, environ)


def hook(own: Desktop, name: str, text: str) -> None:
    path = own.world.top / ".git/hooks" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def shown(own: Desktop) -> str:
    return own.page.get("/commit").body.partition('name="shown" value="')[2].partition('"')[0]


def commit(own: Desktop, **more: str) -> Answer:
    return own.page.post("/commit", **{"message": "by the page", "shown": shown(own)} | more)


def head(own: Desktop) -> str:
    return git(own.world.top, "log", "-1", "--format=%s").strip()


def test_what_the_page_did_not_show_is_not_committed(own: Desktop) -> None:
    own.world.set(A="a")
    before, state = shown(own), own.page.get("/alive").told["state"]
    own.world.set(B="b")
    assert commit(own, shown=before).told["changed"]
    before = shown(own)
    git(own.world.top, "switch", "-q", "-c", "elsewhere")
    assert own.page.get("/alive").told["state"] != state
    assert commit(own, shown=before).status == 409
    assert head(own) == "start"


@pytest.mark.slow
def test_a_refused_commit_leaves_branch_and_index_as_they_were(own: Desktop) -> None:
    top = own.world.top
    own.world.set(A="a")
    (top / ".secrets/manifest.yaml").write_text("secrets: {}\n")
    before = git(top, "status", "--short", "--branch")
    hook(own, "pre-commit", "echo no >&2; exit 1")
    for branch in ("", "fresh", "fresh"):
        assert "no" in commit(own, branch=branch).told["error"]
        assert git(top, "status", "--short", "--branch") == before
        assert git(top, "branch", "--format=%(refname:short)").split() == ["main"]
    (top / ".git/hooks/pre-commit").unlink()
    git(top, "config", "commit.gpgsign", "true")
    git(top, "config", "gpg.program", "false")
    assert commit(own, branch="fresh").status == 409
    assert git(top, "status", "--short", "--branch") == before
    git(top, "config", "commit.gpgsign", "false")
    assert commit(own, branch="fresh").status == 200
    assert git(top, "branch", "--show-current").strip() == "fresh"


@pytest.mark.slow
def test_what_a_hook_leaves_running_keeps_no_commit_waiting(own: Desktop) -> None:
    own.world.set(A="a")
    pid = own.world.top / "pid"
    hook(own, "post-commit", f"sleep 20 & echo $! >{pid}")
    assert commit(own).status == 200
    assert head(own) == "by the page"
    # It outlives the commit.
    assert Path(f"/proc/{pid.read_text().strip()}").exists() or not Path("/proc").exists()


def test_a_slow_hook_keeps_nobody_waiting(own: Desktop) -> None:
    own.world.set(A="a")
    begun, goes_on = own.world.top / "begun", own.world.top / "goes-on"
    hook(own, "pre-commit", f"touch {begun}; until test -e {goes_on}; do sleep 0.05; done")
    told: list[Answer] = []
    thread = Thread(target=lambda: told.append(commit(own)))
    thread.start()
    while not begun.exists():
        time.sleep(0.05)
    for view in ("/", "/commit", "/name?name=A"):
        answer = own.page.get(view)
        assert answer.status == 200
        assert "A commit is under way" in answer.body
    value = {"environment": "production", "name": "DATABASE_URL"}
    assert own.page.post("/reveal", **value).told["value"] == "hush-database"
    body = {"name": "B", "environments": ["production"], "value": "b", "seen": {}}
    for refused in (own.page.post("/set", **body), commit(own), own.page.post("/undo", step="x")):
        assert refused.status == 409
        assert refused.told["error"] == "a commit is under way"
    goes_on.touch()
    thread.join()
    assert told[0].status == 200
    assert head(own) == "by the page"
    assert own.page.post("/set", **body).status == 200
    assert "A commit is under way" not in own.page.get("/").body


@pytest.mark.slow
def test_a_page_that_ends_makes_no_commit_afterwards(own: Desktop) -> None:
    own.world.set(A="a")
    begun = own.world.top / "begun"
    hook(own, "pre-commit", f"touch {begun}; trap '' HUP TERM INT; sleep 20")
    told: list[Answer] = []
    thread = Thread(target=lambda: told.append(commit(own)))
    thread.start()
    while not begun.exists():
        time.sleep(0.05)
    # Something that runs keeps no page from knowing that its server is there.
    assert own.page.get("/alive").status == 200
    own.page.child.send_signal(signal.SIGTERM)
    own.page.child.communicate(timeout=15)
    thread.join()
    assert "was stopped meanwhile" in told[0].told["error"]
    assert head(own) == "start"
    assert not list((own.world.top / ".git").glob("*.lock"))


def test_a_branch_may_be_typed_in_full(own: Desktop) -> None:
    own.world.set(A="a")
    assert commit(own, branch="refs/heads/other").status == 200
    assert git(own.world.top, "symbolic-ref", "HEAD").strip() == "refs/heads/other"


def test_only_what_gitseal_keeps_is_committed(own: Desktop) -> None:
    own.world.set(A="a")
    folder = own.world.top / ".secrets"
    (folder / "notes.txt").write_text("hush\n")
    (folder / "link.yaml").symlink_to("/etc/hosts")
    (folder / "sub").mkdir()
    (folder / "sub/production.yaml").write_text("hush\n")
    with (folder / "schema/policy.json").open("a") as schema:
        schema.write("\n")
    body = own.page.get("/commit").body
    assert "no commit from here takes them" in body
    assert commit(own).status == 200
    assert git(own.world.top, "show", "--name-only", "--format=").split() == [
        ".secrets/production.yaml",
        ".secrets/schema/policy.json",
    ]


@pytest.mark.slow
def test_undo_takes_back_what_its_page_showed(own: Desktop) -> None:
    def add(name: str) -> None:
        body = {"name": name, "value": "1", "environments": ["production"], "seen": {"production": "-"}}
        assert own.page.post("/set", **body).status == 200

    add("A")
    step = own.page.get("/").body.partition('name="step" value="')[2].partition('"')[0]
    add("B")
    assert own.page.post("/undo", step=step).told["changed"]
    assert own.world.get("B") == "1"


@pytest.mark.slow
def test_secrets_that_are_gone_for_a_moment_end_no_page(own: Desktop) -> None:
    folder = own.world.top / ".secrets"
    folder.rename(own.world.top / "away")
    assert own.page.get("/alive").status == 200
    assert own.page.get("/").status == 409
    (own.world.top / "away").rename(folder)
    assert own.page.get("/").status == 200
