"""`rekey` says before a change how much it opens, and `review` after it: both name the same numbers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.sealing.rekeying.planning import Plan
from gitseal.usecases import rekey
from gitseal.usecases.recipient import add_recipient, remove_recipient
from tests.world import World, start

Git = Callable[..., str]
NAMES = 39


@pytest.fixture
def world(repo: Path, git: Git) -> World:
    """39 names, one of which had another value once."""
    world = start(repo, "production")
    world.set("production", **{f"N{number}": f"hush-{number}" for number in range(NAMES)})
    _commit(git)
    world.set("production", N7="hush-again")
    _commit(git)
    return world


def _commit(git: Git) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "step")


def _rekeyed(world: World) -> Plan:
    workspace = Workspace(world.project, world.keyring)
    planned = rekey.plan(workspace, ["production"])
    rekey.apply(workspace, ["production"], planned)
    return planned


def _gains(world: World, words: str) -> set[tuple[str, int, int | None]]:
    (environment,) = review(Repository(world.top), words).environments
    return {(change.who, change.names, change.past) for change in environment.access if change.gained}


def test_who_gains_is_told_the_same_numbers_before_and_after(world: World, git: Git) -> None:
    add_recipient(Workspace(world.project, world.keyring), "bob", (x25519.generate().recipient,), groups=("team",))
    (planned,) = _rekeyed(world).groups
    assert (planned.names, planned.past) == (NAMES, 1)
    _commit(git)
    assert _gains(world, "HEAD~1..HEAD") == {("bob", planned.names, planned.past)}


def test_a_value_that_was_never_committed_counts_as_one_of_now(world: World) -> None:
    """`review` of the working tree: the value that stands there is not in history, and what it replaced is older."""
    add_recipient(Workspace(world.project, world.keyring), "bob", (x25519.generate().recipient,), groups=("team",))
    world.set("production", N8="hush-not-committed")
    (planned,) = _rekeyed(world).groups
    assert (planned.names, planned.past) == (NAMES, 2)
    assert _gains(world, "HEAD") == {("bob", planned.names, planned.past)}


def test_a_new_data_key_opens_nothing_of_the_past(world: World, git: Git) -> None:
    """Bob leaves in the same step in which carol joins: she gets a key under which nothing else was ever sealed."""
    workspace = Workspace(world.project, world.keyring)
    add_recipient(workspace, "bob", (x25519.generate().recipient,), groups=("team",))
    _rekeyed(world)
    _commit(git)
    remove_recipient(world.project, "bob")
    add_recipient(Workspace(world.project, world.keyring), "carol", (x25519.generate().recipient,), groups=("team",))
    (planned,) = _rekeyed(world).groups
    assert (planned.names, planned.past) == (NAMES, 0)
    _commit(git)
    assert _gains(world, "HEAD~1..HEAD") == {("carol", planned.names, planned.past)}
