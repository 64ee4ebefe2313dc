"""Somebody goes out of the policy and of every file at once, or nothing is written."""

from pathlib import Path

import pytest

from gitseal.audit.access.standings import standings
from gitseal.audit.check.check import check
from gitseal.audit.exposure.leaving import leaving
from gitseal.audit.exposure.leaving_page import as_object
from gitseal.errors import Busy, Error, NotForYou
from gitseal.identities import NO_IDENTITIES
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases import offboard, rekey
from gitseal.usecases.recipient import add_recipient
from tests.programs import git, run
from tests.recipients.test_openers import ssh_and_age
from tests.world import World, start

BOB, LOST = (x25519.generate().recipient for _ in range(2))


@pytest.fixture
def world(repo: Path) -> World:
    """Alice's, with bob in her team, who has two keys."""
    made = start(repo)
    made.set(ONE="value-1", TWO="value-2")
    workspace = Workspace(made.project, made.keyring)
    add_recipient(workspace, "bob", [BOB, LOST], groups=["team"])
    rekey.apply(workspace, made.project.environments, rekey.plan(workspace, made.project.environments))
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "start")
    return made


def workspace(world: World) -> Workspace:
    return Workspace(world.project, world.keyring)


def test_the_report_after_it_has_the_shape_of_the_report_alone(world: World) -> None:
    before = as_object(leaving(world.project, "bob"))
    planned = offboard.plan(workspace(world), "bob")
    after = as_object(offboard.apply(workspace(world), planned))
    assert planned.lists == ("groups team",)
    assert after.keys() == before.keys()
    assert after["name"] == "bob"
    assert "bob" not in world.project.policy.recipients


def test_what_changed_since_the_plan_stops_it_before_anything_is_written(world: World) -> None:
    planned = offboard.plan(workspace(world), "bob")
    world.set(ONE="value-3")
    before = world.files()
    with pytest.raises(Busy) as refused:
        offboard.apply(workspace(world), planned)
    assert refused.value.hint == "look again: gitseal offboard bob --report"
    assert world.files() == before


def test_whoever_opens_nothing_is_told_who_does(world: World) -> None:
    with pytest.raises(NotForYou, match="nothing was changed") as refused:
        offboard.plan(Workspace(world.project, NO_IDENTITIES), "bob")
    assert refused.value.hint == "ask one of: alice"


def test_a_key_that_was_lost_signs_nothing_either(world: World, tmp_path: Path) -> None:
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key"), cwd=tmp_path)
    key = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    policy = world.top / ".secrets" / "policy.yaml"
    policy.write_text(policy.read_text().replace(LOST, f'"{key} bob@laptop"]\n    signing: ["{key}"'))
    offboard.apply(workspace(world), offboard.plan(workspace(world), "bob", key))
    assert world.project.policy.recipients["bob"].keys == (BOB,)
    assert not world.project.policy.recipients["bob"].signing
    assert "signing" not in policy.read_text()


def test_a_lost_key_of_somebody_who_stays_closes_nothing_to_the_others(world: World) -> None:
    offboard.apply(workspace(world), offboard.plan(workspace(world), "bob", LOST))
    assert world.project.policy.recipients["bob"].keys == (BOB,)
    stanzas = world.project.read("production").header.access["default"].stanzas
    assert sorted(stanzas) == ["alice", "bob"]
    assert len(stanzas["bob"]) == 1


def test_people_who_are_counted_are_taken_out_of_the_count(world: World) -> None:
    policy = world.top / ".secrets" / "policy.yaml"
    text = policy.read_text()
    policy.write_text(text.replace("  production:", "  production:\n    change: {by: [bob, alice], approvals: 0}"))
    offboard.apply(workspace(world), offboard.plan(workspace(world), "bob"))
    assert world.project.policy.environments["production"].change == ("alice",)
    policy.write_text(text.replace("  production:", "  production:\n    change: [bob]"))
    with pytest.raises(Error, match="nobody else with a signing key may change"):
        offboard.plan(workspace(world), "bob")


def test_both_forms_of_a_key_go_and_neither_stays_under_another_name(world: World) -> None:
    ssh, age = ssh_and_age(b"b" * 32)
    add_recipient(workspace(world), "carl", [ssh, age, x25519.generate().recipient], groups=["team"])
    here = workspace(world)
    rekey.apply(here, world.project.environments, rekey.plan(here, world.project.environments))
    git(world.top, "commit", "-q", "-a", "-m", "carl")
    offboard.apply(workspace(world), offboard.plan(workspace(world), "carl", ssh))
    assert len(world.project.policy.recipients["carl"].keys) == 1
    assert len(world.project.read("production").header.access["default"].stanzas["carl"]) == 1
    policy = world.top / ".secrets" / "policy.yaml"
    policy.write_text(policy.read_text().replace(f"{BOB}", ssh))
    policy.write_text(policy.read_text().replace("recipients:\n", f"recipients:\n  mallory: {{keys: [{age}]}}\n"))
    assert [one.rule for one in check(world.project) if one.rule == "shared-recipient"] == ["shared-recipient"]
    with pytest.raises(Error, match='to "mallory" too') as refused:
        offboard.plan(workspace(world), "bob")
    assert refused.value.hint == "see what mallory opens, and decide: gitseal access --as mallory"


def test_whoever_holds_a_key_opens_what_is_sealed_to_it(world: World) -> None:
    policy = world.top / ".secrets" / "policy.yaml"
    policy.write_text(policy.read_text().replace("recipients:\n", f"recipients:\n  ann: {{keys: [{BOB}]}}\n"))
    (ann,) = next(iter(standings(world.project, ["production"], person="ann"))).people
    (bob,) = next(iter(standings(world.project, ["production"], person="bob"))).people
    assert (ann.opens, ann.may_open, bob.opens) == (True, False, True)
