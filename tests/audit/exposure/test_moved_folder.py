"""A `.secrets` that was moved or copied is followed as a whole: all its files, on every ref."""

import shutil
from pathlib import Path

import pytest

from gitseal.audit.exposure.exposed import Changed
from gitseal.audit.exposure.leaving import leaving
from gitseal.project.workspace import Workspace
from gitseal.usecases import impact
from gitseal.usecases.env import remove_environment
from gitseal.usecases.rekey import apply, plan
from tests.programs import git
from tests.world import World, start

_STAGING, _FEATURE, _LASTING = "stage-Zx81-gone-8877", "feat-Qw77-tok-9090x", "last-Rt55-tok-1212z"


def commit(top: Path, message: str) -> None:
    git(top, "add", "-A")
    git(top, "commit", "-q", "--no-verify", "-m", message)


@pytest.fixture
def world(repo: Path) -> World:
    """An environment that is no more, an unmerged branch and a stash, as they were before the move."""
    world = start(repo, "production", "staging")
    world.set("staging", TOK=_STAGING)
    world.set(LASTING=_LASTING)
    commit(repo, "start")
    git(repo, "switch", "-q", "-c", "feature")
    world.set(FEAT=_FEATURE)
    commit(repo, "feature")
    git(repo, "switch", "-q", "main")
    world.set(STASHED="stash-Yu66-tok-3434q")
    git(repo, "stash", "-q")
    remove_environment(world.project, "staging")
    commit(repo, "staging goes")
    return world


def told(world: World, root: str, value: str) -> dict[str, Changed]:
    answer = impact.of_value(World(world.top / root, world.keyring).project, world.keyring, value.encode())
    assert answer.is_complete
    return {row.name: row.changed for row in answer.values}


def move(top: Path) -> None:
    (top / "app").mkdir()
    git(top, "mv", ".secrets", "app/.secrets")


def assert_all_is_found(world: World) -> None:
    assert told(world, "app", _STAGING) == {"TOK": Changed.GONE}
    assert told(world, "app", _FEATURE) == {"FEAT": Changed.GONE}
    assert told(world, "app", "stash-Yu66-tok-3434q") == {"STASHED": Changed.GONE}
    assert told(world, "app", _LASTING) == {"LASTING": Changed.NO}


def test_a_move_that_is_in_no_commit_yet(world: World) -> None:
    move(world.top)
    assert_all_is_found(world)


def test_a_move_takes_all_with_it(world: World) -> None:
    move(world.top)
    commit(world.top, "move")
    assert_all_is_found(world)
    report = leaving(World(world.top / "app", world.keyring).project, "alice")
    assert {row.name for row in report.values} == {"TOK", "FEAT", "STASHED", "LASTING"}
    assert {tip.ref for tip in report.tips} >= {"refs/heads/feature", "refs/heads/main"}


def test_a_move_that_changed_the_files_too(world: World) -> None:
    move(world.top)
    moved = World(world.top / "app", world.keyring)
    workspace = Workspace(moved.project, moved.keyring)
    apply(workspace, ("production",), plan(workspace, ("production",), rotate=True))
    moved.set(LATER="later-Op33-tok-5656w")
    commit(world.top, "move and more")
    assert_all_is_found(world)
    (row,) = impact.of_value(moved.project, moved.keyring, _LASTING.encode()).values
    assert row.since.when  # in force since before the move, under a token of its own


def test_a_copy_whose_original_went_later(world: World) -> None:
    shutil.copytree(world.top / ".secrets", world.top / "app/.secrets")
    commit(world.top, "copy")
    git(world.top, "rm", "-rq", ".secrets")
    commit(world.top, "the old one goes")
    assert_all_is_found(world)


def test_who_moves_a_folder_sets_no_value(world: World) -> None:
    git(world.top, "config", "user.email", "mover@example.com")
    move(world.top)
    commit(world.top, "move")
    project = World(world.top / "app", world.keyring).project
    changes = leaving(project, "alice").values
    assert all(row.since.email != "mover@example.com" for row in changes)


def test_a_branch_that_moved_the_folder_is_seen_from_where_it_was(world: World) -> None:
    git(world.top, "switch", "-q", "-c", "moving")
    move(world.top)
    World(world.top / "app", world.keyring).set(THERE="there-Kl44-tok-7878e")
    commit(world.top, "move")
    git(world.top, "switch", "-q", "main")
    assert told(world, "", "there-Kl44-tok-7878e") == {"THERE": Changed.GONE}


def test_a_copy_that_lives_on_is_a_project_of_its_own_and_named(world: World) -> None:
    shutil.copytree(world.top / ".secrets", world.top / "app/.secrets")
    commit(world.top, "copy")
    answer = impact.of_value(World(world.top / "app", world.keyring).project, world.keyring, _STAGING.encode())
    assert not answer.is_complete
    assert answer.beside == (".secrets",)
    assert not answer.values


def test_another_project_beside_is_left_alone(world: World) -> None:
    (world.top / "other").mkdir()
    start(world.top / "other", "production").set(FOREIGN="fore-Gh22-tok-9191r")
    commit(world.top, "another project")
    git(world.top, "rm", "-rq", "other")
    commit(world.top, "it goes")
    assert told(world, "", "fore-Gh22-tok-9191r") == {}
