"""Who signed, and by which policy that is judged: attacks on `verify` are found, honest histories pass."""

import shutil
from pathlib import Path

import pytest

from gitseal.audit.verify.verify import verify
from gitseal.errors import Error, Malformed
from gitseal.git.repository import Repository
from gitseal.report.findings import WARNING
from tests.attacks.verify.world import POLICY, PRODUCTION, Team


def test_signed_by_who_may(team: Team) -> None:
    team.change("alice")
    team.change("alice", POLICY)
    team.change("bob", ".secrets/staging.yaml")
    team.change("bob", ".secrets/manifest.yaml")
    team.change("mallory", "code.py", sign=False)
    team.change("mallory", ".secrets/free.yaml", sign=False)
    found = team.verify()
    assert found.findings == ()
    assert found[:5] == (6, 5, 4, 0, 1)


def test_unsigned(team: Team) -> None:
    commit = team.change("alice", sign=False)
    (found,) = team.verify().findings
    assert (found.rule, found.path, found.commit, found.severity) == ("unsigned", PRODUCTION, commit, "error")
    assert "it takes the signature of alice" in found.message
    assert "alice@example.com" in found.message


def test_signed_by_a_stranger(team: Team) -> None:
    team.change("mallory")
    (found,) = team.verify().findings
    assert found.rule == "wrong-signer"
    assert "SHA256:" in found.message
    assert "it takes the signature of alice" in found.message


def test_signed_by_somebody_who_may_not(team: Team) -> None:
    team.change("bob")
    (found,) = team.verify().findings
    assert (found.rule, found.message.partition(",")[0]) == ("not-allowed", "signed by bob")


@pytest.mark.parametrize("path", [POLICY, ".secrets/allow.yaml", ".secrets/notes.txt", ".secrets/new.yaml"])
def test_what_is_the_policys(one: Team, path: str) -> None:
    one.change("bob", path)
    assert one.rules() == ["not-allowed"]
    one.git("reset", "--quiet", "--hard", one.base)
    one.change("alice", path)
    assert one.rules() == []


def test_a_removed_environment(one: Team) -> None:
    (one.top / PRODUCTION).unlink()
    one.commit("bob")
    assert one.rules() == ["not-allowed"]


def test_every_commit_counts_and_not_the_end(team: Team) -> None:
    team.change("mallory", sign=False)
    team.as_("mallory", "revert", "--no-edit", "HEAD", sign=False)
    assert team.rules() == ["unsigned", "unsigned"]


def test_one_finding_for_all_paths_of_a_commit(one: Team) -> None:
    for at in range(6):
        one.write(f".secrets/x{at}.yaml", "x\n")
    one.write(PRODUCTION, "x\n")
    one.commit("bob", sign=False)
    (found,) = one.verify().findings
    assert "and 3 more" in found.message


def test_paths_that_nobody_may_change_together(one: Team) -> None:
    one.write(POLICY, one.policy().replace("policy: {change: [admins]}", "policy: {change: [bob]}"))
    base = one.commit("alice")
    one.write(POLICY, one.policy() + "# x\n")
    one.change("alice")
    (found,) = one.verify(base).findings
    assert (found.rule, found.path) == ("not-allowed", POLICY)
    one.git("reset", "--quiet", "--hard", base)
    one.write(POLICY, one.policy() + "# x\n")
    one.change("alice", sign=False)
    assert "nobody may change all of it in one commit" in one.verify(base).findings[0].message


def test_the_signer_is_the_committer(team: Team) -> None:
    """Bob signs what looks like Alice's: `git log` shows her, `%G?` says good."""
    team.change("alice", ".secrets/staging.yaml", key="bob")
    (found,) = team.verify().findings
    assert found.rule == "signer-not-committer"
    assert 'signed by bob, and committed as "alice@example.com"' in found.message


def test_the_author_is_not_asked(team: Team) -> None:
    """Cherry-picks and rebases keep the author, and are committed by who does them."""
    team.change("alice", GIT_AUTHOR_NAME="mallory", GIT_AUTHOR_EMAIL="mallory@example.com")
    assert team.rules() == []


def test_a_signer_without_email(one: Team) -> None:
    one.write(POLICY, one.policy().replace("    email: alice@example.com\n", ""))
    base = one.commit("alice")
    one.change("alice")
    (found,) = one.verify(base).findings
    assert found.rule == "signer-not-committer"
    assert "the policy does not say" in found.message


def test_a_forge_is_a_class_of_its_own(team: Team) -> None:
    team.change("hub")
    (found,) = team.verify().findings
    assert found.rule == "forge-signed"
    assert "hub" in found.message
    team.git("reset", "--quiet", "--hard", team.base)
    team.write(POLICY, team.policy().replace("extends: base, change: [admins]", "extends: base, change: [admins, hub]"))
    base = team.commit("alice")
    team.change("hub")
    found_then = team.verify(base)
    assert (found_then.findings, found_then.signed, found_then.by_forge) == ((), 0, 1)
    # Not what it extends, and nothing in the forge's name.
    team.change("hub", ".secrets/base.yaml")
    team.change("alice", key="hub")
    assert team.rules(base) == ["forge-signed", "signer-not-committer"]


def test_a_range_that_grants_itself(team: Team) -> None:
    """The second commit is good by the policy of the first, which is what a branch says about itself."""
    team.write(POLICY, team.policy(bob=team.keys["mallory"].public).replace("admins: [alice]", "admins: [alice, bob]"))
    team.commit("mallory")
    team.change("bob", key="mallory")
    assert team.rules() == ["wrong-signer", "wrong-signer"]


def test_an_honest_grant_counts_from_the_next_range_on(team: Team) -> None:
    team.write(POLICY, team.policy().replace("admins: [alice]", "admins: [alice, bob]"))
    granted = team.commit("alice")
    team.change("bob")
    assert team.rules() == ["not-allowed"]
    assert team.rules(granted) == []


def test_the_working_tree_is_not_read(one: Team) -> None:
    one.change("mallory")
    one.write(POLICY, one.policy(alice=one.keys["mallory"].public))
    assert one.rules() == ["wrong-signer"]


def test_settings_of_the_clone_are_not_read(one: Team, tmp_path: Path) -> None:
    """A repository that came with its configuration, or a relative file in what is checked out."""
    yes = tmp_path / "yes"
    yes.write_text("#!/bin/sh\necho 'Good \"git\" signature'\necho '[GNUPG:] GOODSIG'\n")
    yes.chmod(0o755)
    one.write("allowed", f"* {one.keys['mallory'].public}\n")
    one.change("mallory")
    for name in ("gpg.program", "gpg.ssh.program", "gpg.openpgp.program", "gpg.x509.program"):
        one.git("config", name, str(yes))
    one.git("config", "gpg.ssh.allowedSignersFile", "allowed")
    one.git("config", "gpg.minTrustLevel", "undefined")
    assert one.rules() == ["wrong-signer"]
    (one.top / PRODUCTION).write_text("x\n")
    one.commit("mallory", sign=False)
    assert one.rules() == ["wrong-signer", "unsigned"]


def test_a_program_in_the_repository_is_not_started(one: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    one.change("bob", ".secrets/base.yaml")
    one.write("ssh-keygen", "#!/bin/sh\ntouch ran\nexit 0\n")
    (one.top / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", f".:{shutil.which('git', path='/usr/bin:/usr/local/bin') and '/usr/bin:/usr/local/bin'}")
    monkeypatch.chdir(one.top)
    assert one.rules() == ["not-allowed"]
    assert not (one.top / "ran").exists()


def test_a_replace_ref(team: Team) -> None:
    """It shows a signed commit under the id of an unsigned one."""
    team.change("alice")
    good = team.git("rev-parse", "HEAD")
    team.git("reset", "--quiet", "--hard", team.base)
    bad = team.change("mallory", sign=False)
    team.git("replace", bad, good)
    assert team.git("log", "-1", "--format=%ce", bad) == "alice@example.com"
    assert team.rules(head=bad) == ["unsigned"]


def test_a_graft(team: Team) -> None:
    """It would take an unsigned commit out of the range."""
    team.change("mallory", sign=False)
    head = team.change("alice")
    (team.top / ".git/info").mkdir(exist_ok=True)
    (team.top / ".git/info/grafts").write_text(f"{head} {team.base}\n")
    assert team.git("rev-list", "--count", f"{team.base}..{head}") == "1"
    assert team.rules() == ["unsigned"]


def test_a_head_beside_base(team: Team) -> None:
    """An older state, with nothing unsigned in it: put in BASE's place it would bring back what BASE replaced."""
    new = team.change("alice")
    team.git("reset", "--quiet", "--hard", team.base)
    head = team.change("bob", ".secrets/staging.yaml")
    (found,) = team.verify(new).findings
    assert (found.rule, found.commit) == ("not-descendant", head)
    assert team.rules(base=new, head=team.base) == ["not-descendant"]


def test_a_shallow_clone_says_so(team: Team, tmp_path: Path) -> None:
    for _ in range(3):
        team.change("alice")
    team.git("clone", "--quiet", "--depth=2", f"file://{team.top}", str(tmp_path / "shallow"))
    with pytest.raises(Error, match="no commit") as refused:
        verify(Repository(tmp_path / "shallow"), team.base, "HEAD")
    assert "--unshallow" in refused.value.hint
    team.git("-C", str(tmp_path / "shallow"), "fetch", "--quiet", "--depth=1", "origin", team.base)
    with pytest.raises(Error, match="cut off"):
        verify(Repository(tmp_path / "shallow"), team.base, "HEAD")


def test_a_broken_policy_judges_nothing(one: Team) -> None:
    one.write(POLICY, "version: 1\nnonsense: 1\n")
    base = one.commit("alice")
    one.change("alice")
    with pytest.raises(Malformed, match="nonsense"):
        one.verify(base)


def test_the_first_policy_is_told(one: Team) -> None:
    one.git("checkout", "--quiet", "--orphan", "new")
    one.git("rm", "-rq", "--cached", ".")
    shutil.rmtree(one.top / ".secrets")
    base = one.commit("mallory", sign=False)
    one.write(POLICY, one.policy())
    one.commit("mallory", sign=False)
    one.change("mallory", sign=False)
    (found,) = one.verify(base).findings
    assert (found.rule, found.severity) == ("no-policy", WARNING)
    one.write(".gitattributes", "* text\n")
    assert one.rules("HEAD") == []


def test_a_key_that_two_people_share(one: Team) -> None:
    """Whoever holds it may say to be either, and no third."""
    one.write(POLICY, one.policy(bob=one.keys["alice"].public))
    base = one.commit("alice")
    one.change("bob", ".secrets/staging.yaml", key="alice")
    one.change("alice")
    assert one.rules(base) == []
    one.change("mallory", key="alice")
    assert one.rules(base) == ["signer-not-committer"]
