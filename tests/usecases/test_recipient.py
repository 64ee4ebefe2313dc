"""People in the policy: what two commands at the same time add is all there."""

from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases.recipient import add_recipient, list_recipients, remove_recipient
from tests.world import World, start


def key() -> str:
    return x25519.generate().recipient


@pytest.fixture
def world(repo: Path) -> World:
    return start(repo)


def test_two_additions_at_once_are_both_there(world: World) -> None:
    slow = world.project
    assert slow.policy.groups["team"] == ("alice",)
    add_recipient(Workspace(world.project, world.keyring), "bob", [key()], groups=["team"])
    add_recipient(Workspace(slow, world.keyring), "carol", [key()], groups=["team"])
    assert world.project.policy.groups["team"] == ("alice", "bob", "carol")


def test_everyone_is_listed_with_what_is_theirs(world: World) -> None:
    bob = key()
    add_recipient(Workspace(world.project, world.keyring), "bob", [bob], email="bob@example.com", machine=True)
    alice, other = list_recipients(world.project)
    assert (alice.name, alice.groups, alice.environments) == ("alice", ("team",), ("development", "production"))
    assert (other.name, other.kind, other.email, other.keys) == ("bob", "machine", "bob@example.com", (bob,))
    assert (other.groups, other.environments) == ((), ())


def test_removal_goes_through_every_list(world: World) -> None:
    add_recipient(Workspace(world.project, world.keyring), "bob", [key()], groups=["team"])
    policy = world.top / ".secrets" / "policy.yaml"
    policy.write_text(policy.read_text().replace("open: [team]", "open: [team, bob]\n    change: [bob, alice]", 1))
    assert remove_recipient(world.project, "bob") == [
        "groups team",
        "environments development open",
        "environments development change",
    ]
    assert "bob" not in policy.read_text()


def test_what_would_not_hold_together_changes_nothing(world: World) -> None:
    before = world.files()
    with pytest.raises(Error, match="open only to empty groups"):
        remove_recipient(world.project, "alice")
    with pytest.raises(Error, match='there is no group "taem"'):
        add_recipient(Workspace(world.project, world.keyring), "bob", [key()], groups=["team", "taem"])
    assert world.files() == before
