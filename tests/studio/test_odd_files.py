"""Files that gitseal does not know, files that are broken, and a `.secrets` that is gone for a moment."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.programs import git
from tests.studio.conftest import Desktop

_VIEWS = ("/", "/name?name=DATABASE_URL", "/new", "/review", "/people", "/due", "/status", "/commit")


@pytest.fixture(autouse=True)
def _as_it_was(desktop: Desktop, tmp_path: Path) -> Iterator[None]:
    folder = desktop.world.top / ".secrets"
    shutil.copytree(folder, tmp_path / "kept")
    yield
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tmp_path / "kept", folder)


def _unknown(folder: Path) -> None:
    """Everything that editors, desktops and people leave in a folder."""
    (folder / "notes.txt").write_text("hello <b>")
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (folder / ".production.yaml.swp").write_bytes(b"\0\1")
    (folder / "production.yaml~").write_text("x")
    (folder / ".#production.yaml").symlink_to("me@host.123:456")
    (folder / "a\nb.yaml").write_text("x")
    (folder / "below").mkdir()
    (folder / "below/x.yaml").write_text("a: b\n")


def _no_files(folder: Path) -> None:
    (folder / "staging.yaml").mkdir()
    (folder / "dangling.yaml").symlink_to("/nowhere")


def _not_sealed(folder: Path) -> None:
    (folder / "other.yaml").write_text("a: b\n")
    (folder / "bytes.yaml").write_bytes(b"\0\xff")


def _broken_override(folder: Path) -> None:
    (folder / "development.local.yaml").write_text("garbage: [\n")


def _torn(folder: Path) -> None:
    (folder / "production.yaml").write_text("<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n")


@pytest.mark.parametrize("make", [_unknown, _no_files, _not_sealed, _broken_override, _torn])
def test_no_page_breaks(desktop: Desktop, make: Callable[[Path], None]) -> None:
    make(desktop.world.top / ".secrets")
    for path in _VIEWS:
        answer = desktop.page.get(path)
        assert answer.status == 200, (path, answer.body.partition("<main")[2])
    assert "DATABASE_URL" in desktop.page.get("/").body.partition("<main")[2]
    if make is _torn:
        assert "production: .secrets/production.yaml:1: a merge conflict" in desktop.page.get("/people").body


@pytest.mark.parametrize("path", ["", "policy.yaml"])
def test_what_is_gone_for_a_moment_is_told_and_comes_back(desktop: Desktop, path: str, tmp_path: Path) -> None:
    before = desktop.page.get("/alive").told["state"]
    gone = desktop.world.top / ".secrets" / path
    shutil.move(gone, tmp_path / "away")
    for view in _VIEWS:
        answer = desktop.page.get(view)
        # Without a policy they go by that of the last commit, and say so. Dates need one that is there.
        assert answer.status == (200 if path and view != "/due" else 409), view
        assert "git restore -- " in answer.body, view
    body = {"name": "DATABASE_URL", "environments": ["production"], "seen": {}}
    assert desktop.page.post("/set", value="x", **body).status == 409
    assert desktop.page.get("/alive").told["state"] != before
    shutil.move(tmp_path / "away", gone)
    assert desktop.page.get("/").status == 200
    assert git(desktop.world.top, "status", "--porcelain", ".secrets") == ""


@pytest.mark.parametrize("file", ["policy.yaml", "manifest.yaml"])
def test_what_cannot_be_read_is_told_and_the_rest_is_shown(desktop: Desktop, file: str) -> None:
    (desktop.world.top / ".secrets" / file).write_text("version: [\n")
    for view in _VIEWS:
        answer = desktop.page.get(view)
        assert answer.status == 200, view
        assert f'role="alert">.secrets/{file}:1: a list or mapping' in answer.body, view
    assert "DATABASE_URL" in desktop.page.get("/").body.partition("<main")[2]
    body = {"name": "DATABASE_URL", "environments": ["production"], "seen": {}}
    assert desktop.page.post("/set", value="x", **body).status == 409
    assert 'data-post="/rekey"' not in desktop.page.get("/people").body


def test_what_a_newer_gitseal_put_there_is_left_out_and_told(desktop: Desktop) -> None:
    policy = desktop.world.top / ".secrets/policy.yaml"
    policy.write_text(f"{policy.read_text()}unheard: of\n")
    for view in ("/", "/name?name=DATABASE_URL", "/people"):
        answer = desktop.page.get(view)
        assert answer.status == 200, view
        assert "which this gitseal does not know: ignored for reading" in answer.body, view


def test_a_repository_that_is_gone_is_told(desktop: Desktop, tmp_path: Path) -> None:
    shutil.move(desktop.world.top / ".git", tmp_path / "git")
    try:
        for view in _VIEWS:
            answer = desktop.page.get(view)
            assert answer.status in {200, 409}, view
            assert "is in no Git repository" in answer.body, view
        assert "DATABASE_URL" in desktop.page.get("/").body.partition("<main")[2]
    finally:
        shutil.move(tmp_path / "git", desktop.world.top / ".git")


def test_an_address_without_a_page_leads_back(desktop: Desktop) -> None:
    answer = desktop.page.get("/nothing")
    assert answer.status == 404
    assert "There is no such page" in answer.body
    assert '<a href="/people"' in answer.body


def test_a_file_that_goes_while_it_is_read_is_no_bug_of_ours(desktop: Desktop) -> None:
    (desktop.world.top / ".secrets/production.yaml").chmod(0)
    answer = desktop.page.get("/people")
    assert answer.status in {200, 409}
    assert "bug" not in answer.body.partition("<main")[2].partition("</main>")[0]
