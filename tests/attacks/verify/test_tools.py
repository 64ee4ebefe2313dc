"""Tools that are missing or lie, keys that are revoked, repositories without a working tree."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.usecases.verify import verify
from tests.attacks.verify.world import Team


@pytest.fixture
def no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with nothing but git."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").symlink_to(shutil.which("git") or "git")
    monkeypatch.setenv("PATH", str(folder))
    return iter(())


def test_without_ssh_keygen(team: Team, request: pytest.FixtureRequest) -> None:
    """Git calls that `bad`; and unsigned is still unsigned."""
    team.change("alice")
    team.change("alice", sign=False)
    request.getfixturevalue("no_tools")
    found = team.verify().findings
    assert [each.rule for each in found] == ["uncheckable", "unsigned"]
    assert "no ssh-keygen" in found[0].message


def test_an_old_ssh_keygen(one: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one.change("alice")
    old = tmp_path / "old"
    old.mkdir()
    (old / "ssh-keygen").write_text(
        "#!/bin/sh\necho 'unknown option -- Y' >&2\necho 'usage: ssh-keygen [-q]' >&2\nexit 1\n"
    )
    (old / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}:/usr/bin:/usr/local/bin:/bin")
    assert one.rules() == ["uncheckable"]


def test_a_revocation_file(team: Team, tmp_path: Path) -> None:
    team.change("alice")
    place = tmp_path / "revoked"
    team.git("config", "gpg.ssh.revocationFile", str(place))
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
