"""A review of the working tree is one of the repository: what is only staged, left out or not pushed is told as well."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.review.model import Review
from tests.world import World, start

Git = Callable[..., str]
FAST = ReviewOptions(verify=False, scan=False)
SEALED = ".secrets/production.yaml"


@pytest.fixture
def world(repo: Path, git: Git) -> World:
    made = start(repo, "development", "production")
    made.set("development,production", A="hush-one-1")
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    return made


def of(world: World, words: str = "") -> Review:
    return review(Repository(world.top), words, None, FAST)


def changed(reviewed: Review) -> dict[str, list[str]]:
    """By environment the names that something happened to."""
    return {environment.name: [name.name for name in environment.names] for environment in reviewed.environments}


def test_a_value_that_is_staged_alone_is_told(world: World, git: Git) -> None:
    world.set("production", B="hush-two-2")
    git("add", "--all")
    git("restore", "--source=HEAD", "--worktree", SEALED)
    found = of(world)
    assert changed(found) == {"production": ["B"]}
    assert f'"{SEALED}" is staged otherwise than what lies here: both were looked at' in found.notes


def test_a_policy_that_is_staged_alone_is_told(world: World, git: Git) -> None:
    policy = world.top / ".secrets/policy.yaml"
    before = policy.read_text()
    policy.write_text(before.replace("  production:\n", "  production:\n    protected: true\n"))
    git("add", "--all")
    policy.write_text(before)
    assert any("protected" in statement.text for statement in of(world).statements)


def test_what_lies_here_and_the_next_commit_takes_away_is_told(world: World, git: Git) -> None:
    git("rm", "--quiet", "--cached", SEALED)
    assert changed(of(world)) == {"production": ["A"]}


def test_what_a_sparse_checkout_leaves_out_is_not_removed(world: World, git: Git) -> None:
    git("sparse-checkout", "set", "--no-cone", "/*", f"!/{SEALED}")
    found = of(world, "HEAD")
    assert not (world.top / SEALED).exists()
    assert (found.risks, found.environments, found.statements) == ((), (), ())
    assert f'"{SEALED}" is not checked out here: the index was looked at instead' in found.notes


def test_commits_of_main_that_were_not_pushed_are_told(world: World, git: Git, tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", str(tmp_path / "origin.git"))
    git("remote", "add", "origin", str(tmp_path / "origin.git"))
    git("push", "--quiet", "origin", "main")
    world.set("production", B="hush-two-2")
    git("commit", "--quiet", "--all", "--message", "second")
    found = of(world)
    assert found.span.base_name == "origin/main"
    assert changed(found) == {"production": ["B"]}


def test_a_bare_repository_has_ranges_and_no_working_tree(world: World, git: Git, tmp_path: Path) -> None:
    world.set("production", B="hush-two-2")
    git("commit", "--quiet", "--all", "--message", "second")
    git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    bare = World(tmp_path / "bare.git", world.keyring)
    assert changed(of(bare, "HEAD^..HEAD")) == {"production": ["B"]}
    with pytest.raises(Error, match="no working tree") as raised:
        of(bare)
    assert "gitseal review HEAD^..HEAD" in raised.value.hint
