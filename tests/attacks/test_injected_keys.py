"""A data key that someone slipped into the repository: nothing is sealed to it before a person says yes to its exact id."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import PublicKey
from gitseal.document import document
from gitseal.document.header import HEADER, public_text, succession_path
from gitseal.document.token import Stanza, Token
from gitseal.document.value import text, to_plaintext
from gitseal.errors import Damaged, Error, Malformed, Unconfirmed
from gitseal.project.belief.succession import token_of
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.usecases.copy import copy_names
from gitseal.usecases.edit import begin, finish
from gitseal.usecases.import_ import ImportFile, import_values
from gitseal.usecases.restore import restore
from gitseal.yamltext.editor import Put
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

Act = Callable[[Clone], object]


def _edit(place: Clone) -> object:
    draft = begin(Workspace(place.project, place.keyring), "production")
    return finish(Workspace(place.project, place.keyring), draft, draft.text + f"\nNEW: {NEEDLE}\n".encode())


def _import(place: Clone) -> object:
    return import_values(
        Workspace(place.project, place.keyring), ("production",), ImportFile(f"NEW={NEEDLE}\n".encode())
    )


def _copy(place: Clone) -> object:
    return copy_names(Workspace(place.project, place.keyring), "development", "production", ("DB_URL",))


SEALING: dict[str, Act] = {
    "set": lambda place: place.set("production", "NEW", NEEDLE),
    "set again": lambda place: place.set("production", "DB_URL", NEEDLE),
    "import": _import,
    "edit": _edit,
    "copy": _copy,
}


def assert_refused(place: Clone, evil: DataKey, act: Act) -> None:
    """The act names the option that confirms, and leaves the file as it was and nothing readable behind."""
    before = place.path("production").read_bytes()
    with pytest.raises(Unconfirmed) as caught:
        act(place)
    assert f"--accept-key {evil.key_id}" in caught.value.hint
    assert caught.value.status == 1
    assert place.path("production").read_bytes() == before
    place.commit()
    assert not holds(place)


@pytest.mark.parametrize("act", SEALING.values(), ids=SEALING)
def test_nothing_is_sealed_to_a_data_key_that_replaced_the_groups_own(team: Team, act: Act) -> None:
    evil = replaced_key(team.mallory, "production", [team.people["alice"], team.people["bob"]])
    # A value under the new key, so that commands which read first get that far.
    write(team.mallory, "production", put_value(evil, "DB_URL", text("from mallory")))
    team.infect(team.alice)
    team.alice.set("development", "DB_URL", NEEDLE)
    assert_refused(team.alice, evil, act)
    assert not opens_any(evil, team.alice, "development")


@pytest.mark.parametrize("act", SEALING.values(), ids=SEALING)
def test_a_fresh_clone_believes_the_default_branch_and_not_the_one_checked_out(team: Team, act: Act) -> None:
    """Bob's clone has sealed nothing yet, so it knows no key: the trusted ref answers."""
    evil = replaced_key(team.mallory, "production", [team.people["alice"], team.people["bob"]])
    write(team.mallory, "production", put_value(evil, "DB_URL", text("from mallory")))
    team.infect(team.bob)
    assert_refused(team.bob, evil, act)


def test_a_swapped_public_key_alone_breaks_the_header(team: Team) -> None:
    """The key id is computed from the public key, so a write-only value cannot be steered to another one."""
    evil = own_key(team.mallory, "production")
    write(
        team.mallory,
        "production",
        {(HEADER, "access", "default", "public"): Put(public_text(evil.public), tight=True)},
    )
    team.infect(team.carol)
    before = team.carol.path("production").read_bytes()
    with pytest.raises(Malformed, match="does not follow from its public key"):
        team.carol.set("production", "NEW", NEEDLE)
    assert team.carol.path("production").read_bytes() == before


def test_write_only_values_are_sealed_to_no_injected_public_key(team: Team) -> None:
    """Carol cannot open the default group: she seals to its public half, which mallory replaced together with its id."""
    evil = replaced_key(team.mallory, "production", [team.people["alice"]])
    team.infect(team.carol)
    assert_refused(team.carol, evil, lambda place: place.set("production", "NEW", NEEDLE))


def test_a_replaced_stanza_is_told_and_nothing_is_sealed(team: Team) -> None:
    """The header keeps its id and public key; alice's stanza now holds mallory's data key."""
    evil = own_key(team.mallory, "production")
    real = team.mallory.read("production").header.access["default"].key_id
    recipient = team.people["alice"].recipient
    stanza = Stanza.of(real, parse_recipient(recipient).wrap(evil.reveal()))
    path = (HEADER, "access", "default", "stanzas", "alice", recipient_id(recipient))
    write(team.mallory, "production", {path: Put(stanza.serialise(), own_line=True)})
    team.infect(team.alice)
    with pytest.raises(Damaged, match="holds another key than the group's"):
        team.alice.set("production", "NEW", NEEDLE)
    with pytest.raises(Damaged, match="holds another key than the group's"):
        team.alice.get("production", "DB_URL")
    assert not opens_any(evil, team.alice, "production")


def test_a_new_group_of_an_attackers_is_not_sealed_to(team: Team) -> None:
    """A block for a group that the policy has and the file does not: it looks as if a colleague had begun it."""
    team.alice.policy("rules:\n", 'rules:\n  - names: ["QUEUE_*"]\n    open: [team]\n    access: queue\n')
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    evil = own_key(team.mallory, "production", "queue")
    write(team.mallory, "production", put_key(evil, [team.people["alice"], team.people["bob"]]))
    team.infect(team.alice)
    assert_refused(team.alice, evil, lambda place: place.set("production", "QUEUE_TOKEN", NEEDLE))


@pytest.mark.parametrize("victim", ["alice", "bob"])
def test_rekey_with_yes_wraps_and_seals_nothing_under_an_injected_key(team: Team, victim: str) -> None:
    """The branch also brings a removal, so that rekey has something to do in the group."""
    place = team.alice if victim == "alice" else team.bob
    team.mallory.policy("[alice, bob]", "[alice, bob, carol]")
    evil = replaced_key(team.mallory, "production", [team.people["alice"], team.people["bob"]])
    write(team.mallory, "production", put_value(evil, "DB_URL", text("from mallory")))
    team.infect(place)
    before = {name: place.path(name).read_bytes() for name in ("development", "production")}
    with pytest.raises(Unconfirmed) as caught:
        place.rekey()
    assert f"--accept-key {evil.key_id}" in caught.value.hint
    assert {name: place.path(name).read_bytes() for name in before} == before


def test_a_vanished_block_is_not_made_anew_without_a_word(team: Team) -> None:
    """Without the refusal a deleted block would retire the real data key in this clone, and leave every value stale."""
    write(team.mallory, "production", {}, [(HEADER, "access", "default")])
    team.infect(team.alice)
    before = team.alice.path("production").read_bytes()
    with pytest.raises(Error, match="has lost the data key"):
        team.alice.set("production", "NEW", NEEDLE)
    assert team.alice.path("production").read_bytes() == before
    team.alice.git("checkout", "--quiet", "origin/main", "--", ".secrets")
    assert team.alice.set("production", "NEW", "now") == "created"


def test_a_new_file_under_the_old_name_is_asked_about_as_such(team: Team) -> None:
    """A new file id is a new scope, and must not look like a harmless first use."""
    people = [team.people["alice"], team.people["bob"]]
    path = team.mallory.path("production")
    path.write_bytes(document.create("production").serialise())
    evil = own_key(team.mallory, "production")
    write(team.mallory, "production", put_key(evil, people))
    team.infect(team.alice)
    with pytest.raises(Unconfirmed, match="another file of that name") as caught:
        team.alice.set("production", "NEW", NEEDLE)
    assert evil.key_id in caught.value.hint


def test_the_exact_id_confirms_and_yes_to_another_one_does_not(team: Team) -> None:
    evil = replaced_key(team.mallory, "production", [team.people["alice"]])
    team.infect(team.alice)
    with pytest.raises(Unconfirmed):
        team.alice.set("production", "NEW", "value", ["k" + "0" * 32])
    with pytest.raises(Unconfirmed):
        team.alice.set("production", "NEW", "value", ["yes", "all", "*", evil.key_id[:-1]])
    assert team.alice.set("production", "NEW", "value", [evil.key_id]) == "created"


# --- succession


def _rekeyed_by_alice(team: Team) -> None:
    """Alice takes bob out of the team: a new data key with its proof."""
    team.alice.policy("[alice, bob]", "[alice]")
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    team.alice.commit("bob left")


def test_honest_succession_passes_silently_for_whoever_held_the_old_key(team: Team) -> None:
    """Bob stays in here; carol leaves."""
    team.alice.policy("[alice, bob]", "[alice, bob, carol]")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push()
    team.bob.pull()
    assert team.bob.set("production", "NEW", "before") == "created"
    team.bob.commit()
    team.bob.push()
    team.alice.pull()
    team.alice.policy("[alice, bob, carol]", "[alice, bob]")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push("feature")
    team.bob.pull("feature")
    assert team.bob.set("production", "NEW", "after") == "updated"


def test_honest_succession_passes_for_a_clone_that_knows_only_the_trusted_ref(team: Team) -> None:
    team.alice.policy("[alice, bob]", "[alice, bob, dave]")
    team.alice.policy("groups:", f"  dave: {{keys: [{team.people['dave'].recipient}]}}\n\ngroups:")
    team.alice.rekey([team.people["dave"].recipient])
    team.alice.policy("[alice, bob, dave]", "[alice, bob]")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push("feature")
    team.bob.pull("feature")
    assert team.bob.set("production", "NEW", "after") == "created"


def _write_only_proof(team: Team, new: PublicKey) -> Token:
    """Anyone can seal a write-only value under the old public key, at the very place of the proof."""
    old = team.mallory.read("production").header.access["default"].public
    path = succession_path("default")
    value = text(f"{new.key_id} {public_text(new)}")
    return Token.of("w", "default", old.key_id, old.seal(path, to_plaintext(value)))


def _proof_of_another_key(team: Team, new: PublicKey) -> Token:
    """The real proof of an honest rekey, put beside another key."""
    scope = new.scope
    old = DataKey.generate(scope)
    return token_of(old, new)._replace(key_id=team.mallory.read("production").header.access["default"].key_id)


def _no_token(team: Team, new: PublicKey) -> Token:
    """A value's token of the file, as if it were the proof."""
    entry = team.mallory.read("production").entries[("DB_URL",)]
    assert entry.token is not None
    return entry.token


@pytest.mark.parametrize("forge", [_proof_of_another_key, _no_token])
def test_a_forged_proof_of_succession_proves_nothing(team: Team, forge: Callable[[Team, PublicKey], Token]) -> None:
    evil = own_key(team.mallory, "production")
    proof = forge(team, evil.public)
    write(team.mallory, "production", put_key(evil, [team.people["alice"], team.people["bob"]], succeeds=proof))
    for place in (team.alice, team.bob):
        team.mallory.commit()
        team.mallory.push("feature")
        place.pull("feature")
        assert_refused(place, evil, lambda place: place.set("production", "NEW", NEEDLE))


def test_a_proof_that_anyone_can_make_is_none(team: Team) -> None:
    """The file is malformed: nothing is read under such a key, and nothing sealed."""
    evil = own_key(team.mallory, "production")
    proof = _write_only_proof(team, evil.public)
    write(team.mallory, "production", put_key(evil, [team.people["alice"], team.people["bob"]], succeeds=proof))
    team.infect(team.alice)
    before = Path(team.alice.project.file("production")).read_bytes()
    for act in (team.alice.rekey, lambda: team.alice.set("production", "NEW", NEEDLE)):
        with pytest.raises(Malformed, match="a succession is a token of kind s"):
            act()
    assert Path(team.alice.project.file("production")).read_bytes() == before


def test_the_proof_of_an_honest_rekey_serves_no_other_key(team: Team) -> None:
    _rekeyed_by_alice(team)
    team.alice.push()
    team.mallory.pull()
    proof = team.mallory.read("production").header.access["default"].succeeds
    assert proof is not None
    evil = own_key(team.mallory, "production")
    write(team.mallory, "production", put_key(evil, [team.people["alice"], team.people["dave"]], succeeds=proof))
    team.infect(team.alice)
    assert_refused(team.alice, evil, lambda place: place.set("production", "NEW", NEEDLE))


def test_a_retired_key_never_comes_back_whoever_says_yes(team: Team) -> None:
    """A former member's way back in: the block of before they left, with values under it."""
    before = team.alice.path("production").read_bytes()
    retired = team.alice.read("production").header.access["default"].key_id
    _rekeyed_by_alice(team)
    team.alice.push()
    current = team.alice.read("production").header.access["default"].key_id
    team.alice.path("production").write_bytes(before)
    team.alice.policy("[alice, dave]", "[alice, bob]")
    for accept in ([], [retired]):
        with pytest.raises(Error, match="is behind: origin/main has replaced the one it comes from"):
            team.alice.set("production", "NEW", NEEDLE, accept)
    assert team.alice.path("production").read_bytes() == before
    team.alice.policy("[alice, bob]", "[alice, dave]")
    team.alice.rekey()
    access = team.alice.read("production").header.access["default"]
    assert access.key_id not in {retired, current}
    assert access.succeeds is not None
    assert access.succeeds.key_id == current


def test_stanzas_that_were_spoilt_do_not_spoil_what_this_clone_knows(team: Team) -> None:
    """Mallory breaks bob's stanza under an unchanged id; bob's own record still verifies the next honest rekey."""
    team.bob.set("production", "NEW", "before")
    good = team.bob.path("production").read_bytes()
    junk = own_key(team.mallory, "production")
    header = team.mallory.read("production").header
    puts = put_stanzas(junk, [team.people["bob"]])
    spoilt = {
        path: Put(put.source.replace(junk.key_id, header.access["default"].key_id), own_line=True)
        for path, put in puts.items()
    }
    write(team.bob, "production", spoilt)
    with pytest.raises(Damaged):
        team.bob.set("production", "NEW", "while broken")
    team.bob.path("production").write_bytes(good)
    assert team.bob.set("production", "NEW", "after") == "updated"


def test_an_earlier_value_under_a_data_key_of_somebodys_own_does_not_come_back_unasked(team: Team) -> None:
    evil = replaced_key(team.mallory, "production", [team.people["alice"], team.people["bob"]])
    write(team.mallory, "production", put_value(evil, "DB_URL", text("from mallory")))
    team.mallory.commit()
    team.mallory.push("evil")
    team.alice.git("fetch", "--quiet")
    assert_refused(
        team.alice,
        evil,
        lambda place: restore(
            Workspace(place.project, place.keyring), ("production",), ("DB_URL",), "refs/remotes/origin/evil"
        ),
    )
