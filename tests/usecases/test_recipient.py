"""People in the policy: what two commands at the same time add is all there."""

from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases.recipient import add_recipient, list_recipients, remove_key, remove_recipient
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
    with pytest.raises(Error, match="nobody else with a key opens development"):
        remove_recipient(world.project, "alice")
    with pytest.raises(Error, match='there is no group "taem"'):
        add_recipient(Workspace(world.project, world.keyring), "bob", [key()], groups=["team", "taem"])
    assert world.files() == before


def test_a_machine_is_let_into_an_environment(world: World) -> None:
    said = add_recipient(Workspace(world.project, world.keyring), "ci", [key()], opens=["production"], machine=True)
    assert said == ["added ci", "opened production to ci"]
    assert world.project.policy.environments["production"].open == ("team", "ci")
    assert world.project.policy.environments["development"].open == ("team",)
    assert add_recipient(Workspace(world.project, world.keyring), "ci", [], opens=["production"]) == []
    with pytest.raises(Error, match='there is no environment "prod"'):
        add_recipient(Workspace(world.project, world.keyring), "ci", [], opens=["prod"])


def test_one_of_several_keys_is_taken(world: World) -> None:
    old, new = key(), key()
    add_recipient(Workspace(world.project, world.keyring), "ci", [old], opens=["production"], machine=True)
    with pytest.raises(Error, match="this is the only key"):
        remove_key(world.project, "ci", old)
    add_recipient(Workspace(world.project, world.keyring), "ci", [new])
    remove_key(world.project, "ci", old)
    assert world.project.policy.recipients["ci"].keys == (new,)
    assert world.project.policy.environments["production"].open == ("team", "ci")
    with pytest.raises(Error, match="does not have this key"):
        remove_key(world.project, "ci", old)
    with pytest.raises(Error, match='there is no recipient "co"'):
        remove_key(world.project, "co", new)
