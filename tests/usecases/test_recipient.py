"""People in the policy: what two commands at the same time add is all there."""

from pathlib import Path

import pytest

from gitseal.errors import Error, Unconfirmed
from gitseal.project.given_keys import OfferedKey
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases.recipient import add_recipient, list_recipients, remove_key, remove_recipient, replace_key
from tests.programs import git
from tests.recipients.test_openers import ssh_and_age
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


def test_a_key_of_somebody_else_is_refused_in_each_form(world: World) -> None:
    ssh, age = ssh_and_age(b"c" * 32)
    here = Workspace(world.project, world.keyring)
    add_recipient(here, "carl", [ssh])
    for own in (ssh, age):
        with pytest.raises(Error, match='as one of "carl"') as refused:
            add_recipient(here, "carla", [own], groups=["team"])
        assert refused.value.hint == "to give carl more: gitseal recipient add carl --group team"
    add_recipient(here, "carl", [age])
    assert world.project.policy.recipients["carl"].keys == (ssh, age)


def test_a_name_that_differs_only_by_case_is_refused(world: World) -> None:
    own = key()
    with pytest.raises(Error, match='differs from "alice" only in upper and lower case') as refused:
        add_recipient(Workspace(world.project, world.keyring), "Alice", [own], opens=["production"])
    assert refused.value.hint == f"if you mean alice: gitseal recipient add alice {own} --open production"


def test_a_key_goes_and_is_replaced_in_each_form(world: World) -> None:
    ssh, age = ssh_and_age(b"c" * 32)
    here, other = Workspace(world.project, world.keyring), key()
    add_recipient(here, "carl", [ssh, other])
    assert replace_key(here, ssh, age) == "carl"
    assert world.project.policy.recipients["carl"].keys == (age, other)
    add_recipient(here, "carl", [ssh])
    new = key()
    replace_key(here, ssh, new)
    assert world.project.policy.recipients["carl"].keys == (new, other)
    add_recipient(here, "dan", [ssh])
    with pytest.raises(Error, match='as one of "dan"'):
        replace_key(here, new, age)
    add_recipient(here, "dan", [age])
    with pytest.raises(Error, match="the only key"):
        remove_key(world.project, "dan", age)
    add_recipient(here, "dan", [key()])
    remove_key(world.project, "dan", age)
    assert len(world.project.policy.recipients["dan"].keys) == 1


def test_a_key_that_history_has_as_somebody_elses_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T12:00:00Z")
    ssh, age = ssh_and_age(b"b" * 32)
    here = Workspace(world.project, world.keyring)
    add_recipient(here, "bob", [ssh], groups=["team"])
    _commit(world.top)
    remove_recipient(world.project, "bob")
    _commit(world.top)
    told = "history has this key as bob's, who left on 2026-01-05"
    with pytest.raises(Unconfirmed) as asked:
        add_recipient(here, "bobby", [OfferedKey(age, "origin/join/bobby")], groups=["team"])
    assert told in str(asked.value)
    assert told in add_recipient(here, "bobby", [age], groups=["team"])


def _commit(top: Path) -> None:
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "a step")
