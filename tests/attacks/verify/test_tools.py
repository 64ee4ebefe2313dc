"""Tools that are missing or lie, keys that are revoked, repositories without a working tree."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gitseal.audit.verify.verify import verify
from gitseal.errors import Error
from gitseal.git.repository import Repository
from tests.attacks.verify.world import POLICY, Key, Team, own_field, ssh_key, unsigned, with_field
from tests.crypto.signing import key_of, token_key, token_sign
from tests.slow import slow_but


@pytest.fixture
def no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with nothing but git."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").symlink_to(shutil.which("git") or "git")
    monkeypatch.setenv("PATH", str(folder))
    return iter(())


@pytest.mark.parametrize("kind", slow_but({"ed25519", "ecdsa"}, ["ed25519", "ecdsa", "rsa"]))
def test_no_program_is_needed_for_the_usual_keys(
    team: Team, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Git calls what it cannot check `bad`; and unsigned is still unsigned."""
    team.keys = team.keys | {"alice": ssh_key(tmp_path, "other", kind)}
    team.write(POLICY, team.policy())
    base = team.commit("alice", sign=False)
    team.change("alice")
    team.change("mallory")
    team.change("alice", sign=False)
    request.getfixturevalue("no_tools")
    assert team.rules(base) == ["wrong-signer", "unsigned"]


@pytest.fixture
def token(team: Team) -> Team:
    """Alice signs with a key on a token, which `ssh-keygen` checks; her change is the last commit, and `base` the one before."""
    private = Ed25519PrivateKey.generate()
    team.write(POLICY, team.policy(alice=key_of(token_key(private)).line))
    team.base = team.commit("alice", sign=False)
    payload = unsigned(team)
    team.raw(with_field(payload, own_field(team), token_sign(private, payload)))
    return team


def test_a_key_on_a_token(token: Team, request: pytest.FixtureRequest) -> None:
    assert token.rules() == []
    forged = token.bytes().replace(b"\n\nchange", b"\n\nchanged")
    token.git("reset", "--quiet", "--hard", token.base)
    token.raw(forged)
    assert token.rules() == ["bad-signature"]
    request.getfixturevalue("no_tools")
    (found,) = token.verify().findings
    assert (found.rule, "no ssh-keygen" in found.message) == ("uncheckable", True)


def test_an_old_ssh_keygen(token: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "ssh-keygen").write_text(
        "#!/bin/sh\necho 'unknown option -- Y' >&2\necho 'usage: ssh-keygen [-q]' >&2\nexit 1\n"
    )
    (old / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}:/usr/bin:/usr/local/bin:/bin")
    assert token.rules() == ["uncheckable"]


def test_a_key_that_is_too_short(one: Team, tmp_path: Path) -> None:
    """It is told, whether or not ssh-keygen, which takes it, has to be asked."""
    place = tmp_path / "short"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(place)], check=True)
    one.keys = one.keys | {"alice": Key("ssh", str(place), place.with_suffix(".pub").read_text().strip())}
    one.write(POLICY, one.policy())
    base = one.commit("alice", sign=False)
    one.change("alice")
    for _ in range(2):
        (found,) = one.verify(base).findings
        assert (found.rule, "too weak" in found.message) == ("bad-signature", True)
        (tmp_path / "revoked").write_text("")
        one.git("config", "gpg.ssh.revocationFile", str(tmp_path / "revoked"))


def test_a_revocation_file(team: Team, tmp_path: Path) -> None:
    team.change("alice")
    place = tmp_path / "revoked"
    team.git("config", "gpg.ssh.revocationFile", str(place))
    team.change("alice", "code.py")
    assert team.rules("HEAD~1") == []
    with pytest.raises(Error, match="cannot be read"):
        team.verify()
    place.write_text("")
    assert team.rules() == []
    place.write_text(team.keys["alice"].public + "\n")
    (found,) = team.verify().findings
    assert (found.rule, "revocation" in found.message) == ("bad-signature", True)


def test_a_revocation_file_in_the_tree_is_that_of_base(team: Team) -> None:
    """Checked out is the branch, which has emptied it."""
    team.git("config", "gpg.ssh.revocationFile", "revoked")
    team.change("alice")
    with pytest.raises(Error, match="cannot be read in"):
        team.verify()
    team.write("revoked", team.keys["alice"].public + "\n")
    base = team.commit("alice")
    team.write("revoked", "")
    team.change("alice")
    assert team.rules(base) == ["bad-signature"]


def test_a_bare_repository(team: Team, tmp_path: Path) -> None:
    team.change("alice")
    team.change("mallory", sign=False)
    team.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    found = verify(Repository(tmp_path / "bare.git"), team.base, "main").findings
    assert [each.rule for each in found] == ["unsigned"]
