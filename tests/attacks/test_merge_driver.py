"""Merges through the driver, and `resolve`: nothing is sealed to an attacker's key, nothing gets lost, nothing widens."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.arming import drivers
from gitseal.audit.check.check import check
from gitseal.conflict import conflicted_file, proposals
from gitseal.conflict.conflicted_file import ConflictedFile
from gitseal.conflict.proposals import TakenSide
from gitseal.document import document
from gitseal.document.merging import conflict
from gitseal.document.value import text
from gitseal.errors import Error, Malformed, Unconfirmed
from gitseal.project.workspace import Workspace
from gitseal.usecases import recover, resolve
from tests import programs
from tests.attacks.conftest import Team
from tests.attacks.world import (
    NEEDLE,
    Clone,
    holds,
    opens_any,
    own_key,
    put_key,
    put_stanzas,
    put_value,
    replaced_key,
    write,
)

PROGRAM = Path(programs.GITSEAL)


@pytest.fixture
def armed(team: Team) -> Team:
    """The team, whose clones have the drivers, with dave in it."""
    for each in (team.alice, team.bob, team.carol):
        drivers.install(each.project.git(), PROGRAM)
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push()
    team.bob.pull()
    return team


def lose(place: Clone, name: str) -> None:
    policy = place.project.policy_path
    policy.write_text(policy.read_text().replace(f", {name}", ""))
    place.rekey()


def both(team: Team, alice: Callable[[], object], bob: Callable[[], object]) -> bool:
    """Both change something, and alice merges; whether that was clean."""
    alice()
    team.alice.commit()
    bob()
    team.bob.commit()
    team.bob.push("bob")
    team.alice.git("fetch", "--quiet", "origin", "bob")
    team.alice.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", ok=(0, 1))
    return not team.alice.git("ls-files", "--unmerged")


def load(place: Clone, environment: str = "production") -> ConflictedFile:
    found = conflicted_file.load(place.project, environment)
    assert isinstance(found, ConflictedFile)
    return found


def finish(
    place: Clone,
    choices: dict[str, TakenSide] | None = None,
    accept: tuple[str, ...] = (),
    environment: str = "production",
) -> None:
    """What `resolve` does: proposals where there are any, else what was chosen, else theirs."""
    found = load(place, environment)
    chosen = {
        name.path: (choices or {}).get(name.text) or name.proposal or TakenSide.THEIRS
        for name in proposals.look(Workspace(place.project, place.keyring), found)
    }
    resolve.apply(Workspace(place.project, place.keyring, frozenset(accept)), found, chosen)


def rules(place: Clone) -> set[str]:
    return {finding.rule for finding in check(place.project) if finding.path != ".gitattributes"}


def test_a_value_set_under_a_replaced_key_is_one_conflict_and_is_sealed_anew_when_a_person_takes_it(
    armed: Team,
) -> None:
    alice = armed.alice
    clean = both(armed, lambda: lose(alice, "dave"), lambda: armed.bob.set("production", "AAA_NEW", "bob's"))
    assert not clean
    found = load(alice)
    assert found.names == (("AAA_NEW",),)
    (name,) = proposals.look(Workspace(alice.project, alice.keyring), found)
    assert name.proposal is None  # dave had that key too: the value may be his
    finish(alice)
    assert alice.get("production", "AAA_NEW") == "bob's"
    assert not rules(alice)
    # dave's identity opens nothing of it.
    assert "dave" not in alice.read("production").header.access["default"].stanzas


def test_a_rekey_and_a_change_of_a_value_leave_one_question_and_no_more(armed: Team) -> None:
    alice = armed.alice
    for name in ("A", "B", "C"):
        alice.set("production", name, "before")
    alice.commit()
    alice.push()
    armed.bob.pull()
    assert not both(armed, lambda: lose(alice, "dave"), lambda: armed.bob.set("production", "B", "bob's"))
    assert load(alice).names == (("B",),)
    finish(alice)
    assert [alice.get("production", name) for name in ("A", "B", "C")] == ["before", "bob's", "before"]
    assert not rules(alice)


@pytest.mark.slow
def test_two_rekeys_leave_no_question_where_values_are_the_same(armed: Team) -> None:
    alice, bob = armed.alice, armed.bob
    alice.add(armed.people["mallory"], "team")
    alice.rekey()
    alice.commit()
    alice.push()
    bob.pull()
    assert not both(armed, lambda: lose(alice, "dave"), lambda: lose(bob, "mallory"))
    policy = alice.project.policy_path
    ours = conflict.sides(policy.read_bytes())
    if ours is not None:
        policy.write_bytes(ours[0])
    policy.write_text(policy.read_text().replace(", dave", "").replace(", mallory", ""))
    for environment in ("development", "production"):
        found = load(alice, environment)
        assert found.groups == ("default",)
        assert all(name.proposal for name in proposals.look(Workspace(alice.project, alice.keyring), found))
        finish(alice, environment=environment)
        access = alice.read(environment).header.access["default"]
        # Neither of the two keys: each was wrapped for one who has to go.
        assert access.key_id not in {side.header.access["default"].key_id for side in found.sides}
        assert set(access.stanzas) == {"alice", "bob"}
        assert alice.get(environment, "DB_URL") == f"postgres://{environment}"
    assert not rules(alice)


def test_a_grant_that_a_rekey_would_drop_is_a_conflict(armed: Team) -> None:
    alice = armed.alice

    def grant() -> None:
        armed.bob.add(armed.people["mallory"], "team")
        armed.bob.rekey()

    assert not both(armed, lambda: lose(alice, "dave"), grant)
    policy = alice.project.policy_path
    sides = conflict.sides(policy.read_bytes())
    if sides is not None:
        policy.write_bytes(sides[1].replace(b", dave", b""))
    with pytest.raises(Unconfirmed, match="mallory"):
        finish(alice)
    finish(alice, accept=(armed.people["mallory"].recipient,))
    assert set(alice.read("production").header.access["default"].stanzas) == {"alice", "bob", "mallory"}


def test_an_injected_data_key_gets_nothing_by_merge_and_resolve(armed: Team) -> None:
    """Mallory replaces the whole block on a branch, with a value under her key; alice set another value meanwhile."""
    alice, mallory = armed.alice, armed.mallory
    alice.set("production", "KEPT", "kept")
    alice.commit()
    alice.push()
    mallory.pull()
    evil = replaced_key(mallory, "production", [armed.people[name] for name in ("alice", "bob", "dave")])
    write(mallory, "production", put_value(evil, "DB_URL", text("evil")))
    mallory.commit()
    mallory.push("feature")
    alice.set("production", "DB_URL", NEEDLE)
    alice.commit()
    alice.git("fetch", "--quiet", "origin", "feature")
    alice.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", ok=(0, 1))
    found = load(alice)
    assert ("DB_URL",) in found.names
    # Taking her block would leave every other value unreadable: it is in conflict as well.
    assert found.groups == ("default",)
    before = alice.path("production").read_bytes()
    with pytest.raises(Unconfirmed):
        finish(alice, {"DB_URL": TakenSide.THEIRS})
    swapped = found.swapped()
    with pytest.raises(Unconfirmed):
        resolve.apply(Workspace(alice.project, alice.keyring), swapped, dict.fromkeys(swapped.names, TakenSide.THEIRS))
    with pytest.raises(Malformed):
        alice.set("production", "DB_URL", NEEDLE)
    assert alice.path("production").read_bytes() == before
    finish(alice, {"DB_URL": TakenSide.OURS})
    assert alice.get("production", "DB_URL") == NEEDLE
    alice.set("production", "OTHER", NEEDLE)
    assert not opens_any(evil, alice, "production")
    assert not holds(alice)


def test_an_injected_data_key_over_the_only_value_gets_nothing_either(armed: Team) -> None:
    """Nothing else is left unreadable, so her block is taken as any other would be; but nothing is sealed to it unasked."""
    alice, mallory = armed.alice, armed.mallory
    mallory.pull()
    evil = replaced_key(mallory, "production", [armed.people[name] for name in ("alice", "bob", "dave")])
    write(mallory, "production", put_value(evil, "DB_URL", text("evil")))
    mallory.commit()
    mallory.push("feature")
    alice.set("production", "DB_URL", NEEDLE)
    alice.commit()
    alice.git("fetch", "--quiet", "origin", "feature")
    alice.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", ok=(0, 1))
    with pytest.raises(Unconfirmed):
        finish(alice, {"DB_URL": TakenSide.OURS})
    found = load(alice)
    with pytest.raises(Unconfirmed):
        resolve.apply(Workspace(alice.project, alice.keyring), found, {("DB_URL",): text(NEEDLE)})
    finish(alice, {"DB_URL": TakenSide.THEIRS})
    with pytest.raises(Unconfirmed):
        alice.set("production", "DB_URL", NEEDLE)
    assert not holds(alice)


def test_an_injected_block_in_a_clean_merge_is_still_asked_for(armed: Team) -> None:
    alice, mallory = armed.alice, armed.mallory
    mallory.pull()
    evil = replaced_key(mallory, "production", [armed.people[name] for name in ("alice", "bob", "dave")])
    mallory.commit()
    mallory.push("feature")
    alice.pull("feature")
    with pytest.raises(Unconfirmed):
        alice.set("production", "NEW", NEEDLE)
    assert not opens_any(evil, alice, "production")
    assert not holds(alice)


def test_a_stanza_slipped_in_on_a_branch_is_refused_when_resolve_seals(armed: Team) -> None:
    """The driver merges grants by recipient; sealing still refuses for who the policy does not give."""
    alice, bob = armed.alice, armed.bob

    def slip() -> None:
        key = own_key(bob, "production")
        write(bob, "production", put_stanzas(key, [armed.people["mallory"]]))
        bob.set("development", "X", "1")

    both(armed, lambda: alice.set("production", "X", "1"), slip)
    with pytest.raises(Error, match="mallory"):
        alice.set("production", "NEW", NEEDLE)
    assert not holds(alice)


def test_a_new_group_of_the_attackers_is_not_used(armed: Team) -> None:
    alice, mallory = armed.alice, armed.mallory
    mallory.pull()
    evil = own_key(mallory, "production", "payments2")
    write(mallory, "production", put_key(evil, [armed.people["alice"]]))
    write(mallory, "production", put_value(evil, "DB_URL", text("evil")))
    mallory.commit()
    mallory.push("feature")
    alice.set("production", "DB_URL", "alice's")
    alice.commit()
    alice.git("fetch", "--quiet", "origin", "feature")
    alice.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", ok=(0, 1))
    found = load(alice)
    assert found.names == (("DB_URL",),)
    resolve.apply(Workspace(alice.project, alice.keyring), found, {("DB_URL",): TakenSide.OURS})
    assert alice.get("production", "DB_URL") == "alice's"
    assert not opens_any(evil, alice, "production")


def test_without_an_identity_a_conflict_can_still_be_decided_for_a_side(armed: Team) -> None:
    alice = armed.alice
    assert not both(
        armed,
        lambda: alice.set("production", "DB_URL", "alice's"),
        lambda: armed.bob.set("production", "DB_URL", "bob's"),
    )
    nobody = Clone(alice.top, None)
    finish(nobody, {"DB_URL": TakenSide.OURS})
    assert alice.get("production", "DB_URL") == "alice's"


def test_a_plain_value_slipped_under_a_sealed_name_is_not_taken(armed: Team) -> None:
    alice, mallory = armed.alice, armed.mallory
    mallory.pull()
    path = mallory.path("production")
    found = document.parse(path.read_bytes())
    lines = found.tree.lines
    entry = found.entries["DB_URL",]
    lines[entry.node.line : entry.node.end] = ["DB_URL: postgres://evil"]
    path.write_bytes("\n".join(lines).encode())
    mallory.commit()
    mallory.push("feature")
    alice.set("production", "DB_URL", "alice's")
    alice.commit()
    alice.git("fetch", "--quiet", "origin", "feature")
    alice.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", ok=(0, 1))
    with pytest.raises(Error, match="is plain, and no rule says so"):
        finish(alice, {"DB_URL": TakenSide.THEIRS})


def test_recover_brings_back_what_a_plain_merge_lost(team: Team) -> None:
    alice = team.alice
    alice.add(team.people["dave"], "team")
    alice.rekey()
    alice.commit()
    alice.push()
    team.bob.pull()
    assert both(team, lambda: lose(alice, "dave"), lambda: team.bob.set("production", "AAA_NEW", "bob's"))
    (lost,) = recover.look(Workspace(alice.project, alice.keyring), ("production",))
    assert (lost.name, lost.refusal, lost.who) == ("AAA_NEW", "", "Test")
    before = alice.read("production").header.access["default"].key_id
    recover.apply(Workspace(alice.project, alice.keyring), [lost])
    assert alice.get("production", "AAA_NEW") == "bob's"
    assert alice.get("production", "DB_URL") == "postgres://production"
    access = alice.read("production").header.access["default"]
    assert access.key_id != before
    assert set(access.stanzas) == {"alice", "bob"}
    assert not rules(alice)


def test_recover_refuses_what_history_superseded(team: Team) -> None:
    """Dave restores the line of a value that was replaced when he left."""
    alice = team.alice
    alice.add(team.people["dave"], "team")
    alice.rekey()
    alice.commit()
    old = alice.read("production").entries["DB_URL",].token
    assert old is not None
    lose(alice, "dave")
    alice.commit()
    path = alice.path("production")
    new = alice.read("production").entries["DB_URL",].token
    assert new is not None
    path.write_text(path.read_text().replace(new.serialise(), old.serialise()))
    alice.commit()
    (lost,) = recover.look(Workspace(alice.project, alice.keyring), ("production",))
    assert "came back" in lost.refusal


def test_recover_asks_for_a_key_that_this_clone_never_met(team: Team) -> None:
    """Mallory commits a block of her own and a value under it, and takes the block back: the value looks lost."""
    alice, mallory = team.alice, team.mallory
    good = mallory.path("production").read_bytes()
    evil = replaced_key(mallory, "production", [team.people["alice"]])
    write(mallory, "production", put_value(evil, "AAA_NEW", text("evil")))
    mallory.commit()
    mallory.path("production").write_bytes(good)
    write(mallory, "production", put_value(evil, "AAA_NEW", text("evil")) | {})
    mallory.commit()
    mallory.push("feature")
    alice.pull("feature")
    found = recover.look(Workspace(alice.project, alice.keyring), ("production",))
    assert [lost.name for lost in found] == ["AAA_NEW"]
    if not found[0].refusal:
        with pytest.raises(Unconfirmed):
            recover.apply(Workspace(alice.project, alice.keyring), found)
    with pytest.raises(Error):
        alice.get("production", "AAA_NEW")


def test_names_of_values_are_not_confused(armed: Team) -> None:
    """A token that was moved to another name on a branch never comes out of a merge as that name's value."""
    alice, bob = armed.alice, armed.bob
    path = bob.path("production")

    def move() -> None:
        path.write_text(path.read_text().replace("\nDB_URL:", "\nDB_URI:"))

    both(armed, lambda: alice.set("production", "DB_URL", "alice's"), move)
    with pytest.raises(Error):
        alice.get("production", "DB_URI")
