"""A branch that changes who may read what, merged or checked out: nobody gains anything without a yes to their exact key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.document.header import HEADER
from gitseal.document.value import text
from gitseal.errors import Error, Unconfirmed
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.usecases import rekey
from gitseal.usecases.absorb import absorb
from gitseal.usecases.copy import copy_names
from gitseal.usecases.edit import begin, finish
from gitseal.usecases.env import add_environment
from gitseal.usecases.recipient import remove_recipient
from gitseal.usecases.rename import rename
from gitseal.usecases.unseal import unseal
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, holds, put_stanzas, put_value, write
from tests.programs import git
from tests.recipients.conftest import bech32

PLAIN = 'rules:\n  - {names: ["*"], plain: true}\n'


def everything(place: Clone) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.project.folder.rglob("*.*")}


def assert_refused(place: Clone, recipient: str, act: Callable[[], object]) -> None:
    """The act names the option with the recipient's exact key, and no file changes."""
    before = everything(place)
    with pytest.raises(Unconfirmed) as caught:
        act()
    assert f"--accept-recipient '{recipient}'" in caught.value.hint
    assert everything(place) == before


# --- who gains


def test_a_new_key_of_a_known_person_is_a_new_recipient(team: Team) -> None:
    key = team.people["mallory"].recipient
    team.mallory.policy(
        f'keys: ["{team.people["alice"].recipient}"', f'keys: ["{team.people["alice"].recipient}", {key}'
    )
    team.infect(team.bob)
    assert_refused(team.bob, key, team.bob.rekey)


def test_a_key_met_as_one_persons_does_not_pass_as_anothers(team: Team) -> None:
    """Carol's key is known here. Under alice's name, the plan would say that alice gains what carol gets."""
    key = team.people["carol"].recipient
    team.mallory.policy(
        f'keys: ["{team.people["alice"].recipient}"', f'keys: ["{team.people["alice"].recipient}", {key}'
    )
    team.infect(team.alice)
    assert_refused(team.alice, key, team.alice.rekey)


def test_a_new_person_on_a_branch_that_was_merged_is_confirmed_by_their_exact_key(team: Team) -> None:
    key = team.people["mallory"].recipient
    team.mallory.policy("groups:", f"  mallory: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("[alice, bob]", "[alice, bob, mallory]")
    team.infect(team.alice)
    assert_refused(team.alice, key, team.alice.rekey)
    assert_refused(team.alice, key, lambda: team.alice.rekey([team.people["dave"].recipient, "mallory", "yes"]))
    team.alice.rekey([key])
    assert Clone(team.alice.top, team.people["mallory"]).get("production", "DB_URL") == "postgres://production"


def test_a_loss_on_the_same_branch_does_not_carry_a_gain_along(team: Team) -> None:
    """A new data key is wrapped for everyone: each of them is decided on, listed as gaining or not."""
    key = team.people["mallory"].recipient
    team.mallory.policy("groups:", f"  mallory: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("[alice, bob]", "[alice, mallory]")
    # A stanza that holds nothing useful hides mallory from the plan: she seems to have access already.
    header = team.mallory.read("production").header
    junk = put_stanzas(_any_key(team), [team.people["mallory"]])
    puts = {
        path: Put(put.source.replace(_any_key_id(put.source), header.access["default"].key_id), own_line=True)
        for path, put in junk.items()
    }
    for environment in ("development", "production"):
        if environment == "production":
            write(team.mallory, environment, puts)
    team.infect(team.alice)
    assert_refused(team.alice, key, team.alice.rekey)


def _any_key(team: Team) -> DataKey:
    return DataKey.generate(team.mallory.read("production").header.scope("default"))


def _any_key_id(source: str) -> str:
    return source.split(",")[1]


def test_a_gain_does_not_hide_behind_a_stanza_of_junk(team: Team) -> None:
    """Carol is known to main, so nobody is asked about her key; the plan has to say that the new data key goes to her."""
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    team.mallory.policy("[alice, bob, dave]", "[alice, bob, carol]")
    real = team.mallory.read("production").header.access["default"].key_id
    junk = put_stanzas(_any_key(team), [team.people["carol"]])
    puts = {path: Put(put.source.replace(_any_key_id(put.source), real), own_line=True) for path, put in junk.items()}
    write(team.mallory, "production", puts)
    team.infect(team.alice)
    group = next(each for each in team.alice.plan().groups if each.environment == "production")
    assert group.new_key
    assert "carol" in repr(group)


def test_a_renamed_group_wraps_for_nobody_new(team: Team) -> None:
    """The access group gets another name and mallory: no block of it is in the file, so `set` would make one."""
    key = team.people["mallory"].recipient
    team.mallory.policy("groups:", f"  mallory: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("payers: [carol]", "payers: [carol, mallory]")
    team.mallory.policy("access: payments", "access: billing")
    team.infect(team.carol)
    assert_refused(team.carol, key, lambda: team.carol.set("production", "STRIPE_NEW", NEEDLE))
    before = everything(team.carol)
    with pytest.raises(Error, match='is sealed to access group "payments", and the policy now says "billing"'):
        team.carol.set("production", "STRIPE_KEY", NEEDLE)
    assert everything(team.carol) == before
    assert_refused(team.carol, key, team.carol.rekey)
    team.carol.commit()
    assert not holds(team.carol)


def test_a_new_environment_is_wrapped_for_nobody_new_and_leaves_no_policy_behind(team: Team) -> None:
    key = team.people["mallory"].recipient
    team.mallory.policy("groups:", f"  mallory: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("[alice, bob]", "[alice, bob, mallory]")
    team.infect(team.alice)
    assert_refused(
        team.alice,
        key,
        lambda: add_environment(Workspace(team.alice.project, team.alice.keyring), "staging", ("team",)),
    )


def test_no_program_of_a_plugin_runs_for_a_recipient_that_nobody_confirmed(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrapping hands the data key to the plugin's program: not before a yes, not even to throw the result away."""
    toy = Path(__file__).parents[1] / "recipients"
    log = tmp_path / "log"
    monkeypatch.setenv("PATH", f"{toy}:{Path('/usr/bin')}:{Path('/bin')}")
    monkeypatch.setenv("TOY_LOG", str(log))
    key = bech32("age1toy", b"0123456789")
    team.mallory.policy("groups:", f"  mallory: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("[alice, bob]", "[alice, bob, mallory]")
    team.infect(team.alice)
    assert_refused(team.alice, key, team.alice.rekey)
    assert not log.exists()


# --- who was taken out


def test_a_removed_recipient_who_comes_back_on_a_branch_is_new(team: Team) -> None:
    """Alice typed dave's key here once; that yes ended when she took him out."""
    key = team.people["dave"].recipient
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    remove_recipient(team.alice.project, "dave")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    team.mallory.policy("groups:", f"  dave: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("[alice, bob]", "[alice, bob, dave]")
    team.infect(team.alice)
    assert_refused(team.alice, key, team.alice.rekey)
    team.bob.pull()
    team.bob.pull("feature")
    assert_refused(team.bob, key, team.bob.rekey)


def test_a_recipient_whom_the_trusted_ref_dropped_is_new_again(team: Team) -> None:
    """Bob met dave through main alone. When main drops him, nothing in bob's clone speaks for him any more."""
    key = team.people["dave"].recipient
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push()
    team.bob.pull()
    add_environment(Workspace(team.bob.project, team.bob.keyring), "staging", ("team",))
    team.alice.policy(", dave]", "]")
    team.alice.rekey()
    remove_recipient(team.alice.project, "dave")
    team.alice.commit()
    team.alice.push()
    team.bob.git("clean", "--quiet", "--force", "-d")
    team.bob.git("checkout", "--quiet", ".")
    team.bob.pull()
    team.mallory.pull()
    team.mallory.policy("groups:", f"  dave: {{keys: [{key}]}}\n\ngroups:")
    team.mallory.policy("[alice, bob]", "[alice, bob, dave]")
    team.infect(team.bob)
    assert_refused(team.bob, key, team.bob.rekey)


def test_a_loss_takes_the_confirmation_along_where_the_person_is_gone(team: Team) -> None:
    """The policy was edited by hand, not by `recipient remove`."""
    key = team.people["dave"].recipient
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    team.alice.commit()
    before = team.alice.project.policy_path.read_bytes()
    team.alice.git("checkout", "--quiet", "HEAD~1", "--", ".secrets/policy.yaml")
    team.alice.rekey()
    team.alice.project.policy_path.write_bytes(before)
    assert_refused(team.alice, key, team.alice.rekey)


def test_a_stanza_that_vanished_under_an_unchanged_id_still_counts(team: Team) -> None:
    """Also if it only ever stood in a version that was no sound file. On a branch that is not merged it is a claim."""
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    held = recipient_id(team.people["dave"].recipient)
    path = team.alice.path("production")
    sound = path.read_text()
    path.write_text(sound.replace("      stanzas:\n", "<<<<<<< HEAD\n=======\n      stanzas:\n") + ">>>>>>> bob\n")
    team.alice.git("checkout", "--quiet", "-b", "side")
    team.alice.commit("not sound")
    team.alice.git("checkout", "--quiet", "main")
    team.alice.add(team.people["mallory"], "team")
    plan = team.alice.plan()
    assert not any(group.lost for group in plan.groups)
    assert [claim.words for claim in plan.claims if claim.environment == "production"] == [
        "dave already opens production (side, not merged); to shut dave out: gitseal rekey --rotate -e production"
    ]
    team.alice.git("merge", "--quiet", "--strategy=ours", "-m", "only its history", "side")
    plan = team.alice.plan()
    assert not [claim for claim in plan.claims if claim.environment == "production"]
    groups = {group.environment: group for group in plan.groups if group.group == "default"}
    assert ("dave", held) in groups["production"].lost
    assert groups["production"].new_key


def test_a_shallow_clone_says_so_and_makes_a_new_key_for_a_grant(team: Team, tmp_path: Path) -> None:
    """Whoever held the key before history begins is not to be seen."""
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    for name in ("dave", "x"):
        team.alice.commit(name)
    team.alice.push()
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{tmp_path / 'origin.git'}", str(shallow))
    place = Clone(shallow, team.people["alice"])
    place.add(team.people["mallory"], "team")
    before = place.read("production").header.access["default"].key_id
    plan = place.rekey()
    assert plan.shallow
    assert all(group.new_key for group in plan.groups)
    assert place.read("production").header.access["default"].key_id != before


def test_history_that_git_cannot_show_is_not_taken_for_empty(team: Team) -> None:
    """A partial clone without its remote, or a damaged object: the version that had dave's stanza is missing."""
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    team.alice.commit("dave")
    blob = team.alice.git("rev-parse", "HEAD:.secrets/production.yaml").strip()
    team.alice.git("revert", "--no-edit", "HEAD")
    (team.alice.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    team.alice.policy("[alice, bob]", "[alice]")
    team.alice.git("checkout", "--quiet", ".")
    team.alice.add(team.people["mallory"], "team")
    try:
        groups = {group.environment: group for group in team.alice.plan().groups}
    except Error:
        return
    assert groups["production"].new_key


# --- plans and yeses


def test_what_was_agreed_to_is_what_is_written_or_nothing(team: Team) -> None:
    """The policy changes while a person looks at the plan."""
    team.alice.add(team.people["dave"], "team")
    project = team.alice.project
    planned = rekey.plan(Workspace(project, team.alice.keyring), project.environments)
    team.alice.policy(", dave]", "]")
    before = everything(team.alice)
    with pytest.raises(Error, match="changed since the plan was made"):
        rekey.apply(Workspace(project, team.alice.keyring), project.environments, planned)
    assert everything(team.alice) == before


def test_an_edit_that_took_long_is_held_against_the_policy_of_now(team: Team) -> None:
    place = team.alice
    place.policy("rules:\n", 'rules:\n  - {names: ["LOG_*"], plain: true}\n')
    place.set("production", "LOG_LEVEL", "info", plain=True)
    project = place.project
    draft = begin(Workspace(project, place.keyring), "production")
    place.policy('  - {names: ["LOG_*"], plain: true}\n', "")
    changed = draft.text.replace(b"LOG_LEVEL: info", f"LOG_LEVEL: {NEEDLE}".encode())
    finish(Workspace(project, place.keyring), draft, changed)
    assert not holds(place)


# --- plain


def _edit(place: Clone) -> object:
    draft = begin(Workspace(place.project, place.keyring), "production")
    return finish(Workspace(place.project, place.keyring), draft, draft.text + f"\nNEW: {NEEDLE}\n".encode())


def _edit_old(place: Clone) -> object:
    draft = begin(Workspace(place.project, place.keyring), "production")
    text = draft.text.replace(b"postgres://production", NEEDLE.encode())
    return finish(Workspace(place.project, place.keyring), draft, text)


PLAIN_ACTS: dict[str, Callable[[Clone], object]] = {
    "set a new name": lambda place: place.set("production", "NEW", NEEDLE),
    "set a sealed name": lambda place: place.set("production", "DB_URL", NEEDLE),
    "set a sealed name with --plain": lambda place: place.set("production", "DB_URL", NEEDLE, plain=True),
    "edit a new name": _edit,
    "edit a sealed name": _edit_old,
    "rename": lambda place: rename(Workspace(place.project, place.keyring), ("development",), "DB_URL", "OTHER"),
    "copy": lambda place: copy_names(Workspace(place.project, place.keyring), "development", "production", ("SECRET",)),
}


@pytest.mark.parametrize("act", PLAIN_ACTS.values(), ids=PLAIN_ACTS)
def test_a_rule_that_makes_everything_plain_makes_nothing_plain(team: Team, act: Callable[[Clone], object]) -> None:
    team.alice.set("development", "DB_URL", NEEDLE)
    team.alice.set("development", "SECRET", NEEDLE)
    team.alice.commit()
    team.mallory.policy("rules:\n", PLAIN)
    team.infect(team.alice)
    before = everything(team.alice)
    with pytest.raises(Error, match="plain"):
        act(team.alice)
    assert everything(team.alice) == before
    team.alice.commit()
    assert not holds(team.alice)


def test_rekey_makes_nothing_plain(team: Team) -> None:
    team.alice.set("production", "DB_URL", NEEDLE)
    team.alice.commit()
    team.mallory.policy("rules:\n", PLAIN)
    team.infect(team.alice)
    team.alice.rekey()
    team.alice.commit()
    assert not holds(team.alice)


@pytest.mark.parametrize("name", ["NEW", "DB_URL"])
def test_a_name_that_a_branch_made_plain_takes_no_new_value(team: Team, name: str) -> None:
    """The placeholder stands there already, plain, before the victim sets the real value: no new name, so no question."""
    team.mallory.policy("rules:\n", PLAIN)
    write(team.mallory, "production", {(name,): Put("changeme")})
    team.infect(team.alice)
    before = everything(team.alice)
    with pytest.raises(Error, match=f'makes "{name}" plain'):
        team.alice.set("production", name, NEEDLE)
    draft = begin(Workspace(team.alice.project, team.alice.keyring), "production")
    edited = draft.text.replace(b"changeme", NEEDLE.encode())
    with pytest.raises(Error, match=f'makes "{name}" plain'):
        finish(Workspace(team.alice.project, team.alice.keyring), draft, edited)
    assert everything(team.alice) == before
    team.alice.commit()
    assert not holds(team.alice)


def test_a_name_that_a_person_let_stand_plain_takes_new_values(team: Team) -> None:
    """By --plain in this clone, or by the policy of the trusted ref."""
    team.alice.policy("rules:\n", 'rules:\n  - {names: ["LOG_*"], plain: true}\n')
    assert team.alice.set("production", "LOG_LEVEL", "info", plain=True) == "created"
    assert team.alice.set("production", "LOG_LEVEL", "debug") == "updated"
    team.alice.commit()
    team.alice.push()
    team.bob.pull()
    assert team.bob.set("production", "LOG_LEVEL", "warning") == "updated"


def test_unseal_refuses_where_no_rule_says_plain_and_where_the_place_is_protected(team: Team) -> None:
    for rules, words in (("rules:\n", "no rule makes"), (PLAIN, "is protected")):
        team.alice.policy("rules:\n", rules)
        if rules is PLAIN:
            team.alice.policy("  production:\n", "  production:\n    protected: true\n")
        with pytest.raises(Error, match=words):
            unseal(Workspace(team.alice.project, team.alice.keyring), "production", ("DB_URL",))


# --- names that dodge a rule


@pytest.mark.parametrize("name", ["STRIPE_KEY", "api/STRIPE_KEY", "a/b/c/STRIPE_OTHER"])
def test_a_section_does_not_take_a_name_out_of_its_rule(team: Team, name: str) -> None:
    team.alice.set("production", name, NEEDLE)
    token = team.alice.read("production").entries[tuple(name.split("/"))].token
    assert token is not None
    assert (token.group, token.kind) == ("payments", "w")


def test_a_value_that_was_moved_to_another_group_is_neither_set_nor_absorbed_there(team: Team) -> None:
    """The policy says payments; mallory put a write-only value of her own into the team's group under that name."""
    public = team.mallory.read("production").header.access["default"].public
    write(team.mallory, "production", put_value(public, "STRIPE_KEY", text("from mallory")))
    team.infect(team.alice)
    before = everything(team.alice)
    with pytest.raises(Error, match='the policy now says "payments"'):
        team.alice.set("production", "STRIPE_KEY", NEEDLE)
    with pytest.raises(Error, match='the policy now says "payments"'):
        absorb(Workspace(team.alice.project, team.alice.keyring), "production", ("STRIPE_KEY",))
    assert everything(team.alice) == before


def test_the_header_is_no_place_for_names(team: Team) -> None:
    """Also where a rule would make such a name plain, and by way of a rename."""
    team.alice.policy("rules:\n", 'rules:\n  - {names: ["*"], plain: true}\n')
    team.alice.set("production", "NOTE", "plain", plain=True)
    before = everything(team.alice)
    for name in ("gitseal/note", "gitseal/access/default/succeeds", "gitseal/access/default/stanzas/mallory/x"):
        with pytest.raises(Error, match="header"):
            team.alice.set("production", name, NEEDLE, plain=True)
        with pytest.raises(Error):
            rename(Workspace(team.alice.project, team.alice.keyring), ("production",), "NOTE", name)
    assert everything(team.alice) == before
    assert HEADER == "gitseal"
