"""Approvals by OpenPGP, in repositories of the other hash function, with several `.secrets`, and of what is no file."""

import shutil
from pathlib import Path

import pytest

from gitseal.audit.verify.approvals.statement import serialise
from gitseal.errors import Error
from gitseal.usecases import approve
from tests.attacks.approvals.world import MAIN, POLICY, PRODUCTION, Approving
from tests.attacks.verify.conftest import home
from tests.attacks.verify.world import Key, fingerprint, gpg, gpg_key

NOT = ["not-approved"]
__all__ = ["home"]


def test_the_other_hash_function(tmp_path: Path, approvers_keys: dict[str, Key]) -> None:
    team = Approving(tmp_path / "team", approvers_keys, "--object-format=sha256")
    team.change("alice")
    assert team.missing() == NOT
    signed = team.approve("bob")
    assert (signed.statement.object_format, len(signed.statement.base)) == ("sha256", 64)
    assert team.missing() == []


@pytest.fixture
def openpgp(tmp_path: Path, home: Path, approvers_keys: dict[str, Key]) -> Approving:
    """Bob and mallory sign by OpenPGP."""
    return Approving(tmp_path / "team", {**approvers_keys, **{name: gpg_key(name) for name in ("bob", "mallory")}})


def test_openpgp(openpgp: Approving) -> None:
    team = openpgp
    team.change("alice")
    signed = team.approve("bob")
    assert signed.statement.key == fingerprint("bob")
    assert signed.ref.endswith(f"/{fingerprint('bob').lower()}")
    assert team.missing() == []
    # Another change, which bob signed as a commit and mallory as an approval.
    team.change("carol")
    (made,) = team.proposal("bob").statements
    for who in ("mallory", "bob"):
        forged = gpg("-bsau", team.keys[who].key, stdin=team.bytes())
        team.put_blob(f"refs/gitseal/approvals/{'0' * 64}/{'0' * 64}", serialise(made) + forged)
        assert team.missing() == NOT
    forged = gpg("-bsau", team.keys["mallory"].key, stdin=serialise(made))
    team.put_blob(f"refs/gitseal/approvals/{'0' * 64}/{'0' * 64}", serialise(made) + forged)
    assert team.missing() == NOT
    team.approve("bob")
    assert team.missing() == []


def test_openpgp_by_a_subkey_that_the_policy_lists(tmp_path: Path, home: Path, approvers_keys: dict[str, Key]) -> None:
    whole = gpg_key("bob")
    gpg("--quick-add-key", "--passphrase", "", whole.key, "ed25519", "sign", "never")
    listed = gpg("--list-keys", "--with-colons", "--with-subkey-fingerprint", "bob@example.com").decode()
    subkey = [line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr")][1]
    team = Approving(tmp_path / "team", {**approvers_keys, "bob": Key("openpgp", whole.key, subkey)})
    team.change("alice")
    signed = team.approve("bob")
    assert signed.statement.key == subkey
    assert team.missing() == []


def test_one_openpgp_key_that_two_names_have_a_part_of(
    tmp_path: Path, home: Path, approvers_keys: dict[str, Key]
) -> None:
    """Bob's primary key stands under his name, a subkey of it under carol's: who signed is one person."""
    whole = gpg_key("bob")
    gpg("--quick-add-key", "--passphrase", "", whole.key, "ed25519", "sign", "never")
    listed = gpg("--list-keys", "--with-colons", "--with-subkey-fingerprint", "bob@example.com").decode()
    primary, subkey = [line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr")][:2]
    keys = {
        **approvers_keys,
        "bob": Key("openpgp", f"{primary}!", primary),
        "carol": Key("openpgp", f"{subkey}!", subkey),
    }
    team = Approving(tmp_path / "team", keys)
    team.change("bob")
    (made,) = team.proposal("alice").statements
    payload = serialise(made._replace(approver="carol", key=subkey))
    signed = payload + gpg("-bsau", f"{subkey}!", stdin=payload)
    team.put_blob(f"refs/gitseal/approvals/{'0' * 64}/{'0' * 64}", signed)
    assert team.missing() == NOT


def test_a_link_a_submodule_and_what_is_gone(team: Approving) -> None:
    shutil.move(team.top / PRODUCTION, team.top / "elsewhere")
    (team.top / PRODUCTION).symlink_to("../elsewhere")
    (team.top / ".secrets/free.yaml").unlink()
    team.git("update-index", "--add", "--cacheinfo", f"160000,{team.base},app/.secrets")
    team.git("add", "--all", "--force", ".secrets", "elsewhere")
    team.as_("alice", "commit", "--quiet", "-m", "x")
    assert team.missing() == NOT
    changes = {change.path: change for change in team.approve("bob").statement.changes}
    assert [mode.mode if mode else "-" for _, *both in changes.values() for mode in both] == [
        *("100644", "-"),
        *("100644", "120000"),
        *("-", "160000"),
    ]
    assert team.missing() == []


def test_each_secrets_has_its_own_people(team: Approving) -> None:
    """The policy of `app` calls bob by another name, and its people are other people."""
    team.write(
        "app/.secrets/policy.yaml", team.policy().replace("  bob:", "  robert:").replace("alice, bob", "alice, robert")
    )
    team.write("app/.secrets/production.yaml", "x\n")
    team.commit("alice")
    team.approve("carol")
    assert team.missing() == []
    team.merge()
    team.change("alice", "app/.secrets/production.yaml")
    assert team.approve("bob").statement.approver == "robert"
    assert team.missing() == []
    # A change of both takes both names of his.
    team.change("alice")
    proposal = team.proposal("bob")
    assert sorted(proposal.names) == ["bob", "robert"]
    approve.approve(proposal)
    assert team.missing() == []
    # The policy of one is not asked about the other.
    team.merge()
    team.change("alice", "app/.secrets/production.yaml")
    signed = team.approve("bob")
    assert [rules.folder for rules in signed.statement.rules] == ["app/.secrets/"]
    topic = team.git("rev-parse", "HEAD")
    team.git("checkout", "--quiet", "main")
    team.write(POLICY, team.policy() + "# a word\n")
    team.commit("alice")
    team.git("checkout", "--quiet", "topic")
    team.as_("alice", "rebase", "--quiet", "main")
    assert team.git("rev-parse", "HEAD") != topic
    assert team.missing() == []


def test_a_branch_that_main_has_left_behind(team: Approving) -> None:
    """What a merge will make of it is approved, if it is known."""
    team.change("alice")
    team.git("checkout", "--quiet", "main")
    team.change("carol", ".secrets/free.yaml")
    team.git("checkout", "--quiet", "topic")
    team.approve("bob")
    team.as_("alice", "rebase", "--quiet", "main")
    assert team.missing() == []
    team.git("checkout", "--quiet", "main")
    team.change("carol")
    team.git("checkout", "--quiet", "topic")
    with pytest.raises(Error, match="changed on both sides"):
        team.approve("bob")
    assert team.proposal("bob", "main~..HEAD", MAIN).branch.ref == MAIN
