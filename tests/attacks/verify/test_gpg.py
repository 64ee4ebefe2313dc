"""OpenPGP: the policy names fingerprints, gpg has the keys."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.verify.world import Key, Team, fingerprint, gpg, gpg_key, unsigned, with_field


@pytest.fixture
def team(tmp_path: Path, home: Path, ssh_keys: dict[str, Key]) -> Team:
    """Alice and the forge sign by OpenPGP."""
    keys = {name: gpg_key(name) for name in ("alice", "mallory", "hub")}
    return Team(tmp_path / "team", {**ssh_keys, **keys})


def test_signed_by_who_may(team: Team) -> None:
    team.change("alice")
    team.change("bob", ".secrets/staging.yaml")
    assert team.verify()[2:] == (2, 0, 0, ())
    team.change("mallory")
    team.change("hub")
    assert team.rules() == ["wrong-signer", "forge-signed"]


def test_trust_in_the_key_ring_is_not_asked(team: Team) -> None:
    """Whoever runs this may trust mallory without limit; the policy does not."""
    gpg("--import-ownertrust", stdin=f"{fingerprint('mallory')}:6:\n".encode())
    team.change("mallory")
    assert team.rules() == ["wrong-signer"]


def test_a_subkey(team: Team) -> None:
    """The policy names the primary key; people sign with a subkey."""
    gpg("--quick-add-key", "--passphrase", "", fingerprint("alice"), "ed25519", "sign", "never")
    listed = gpg("--list-keys", "--with-colons", "alice@example.com").decode()
    sub = re.findall(r"^fpr:+([0-9A-F]+):", listed, re.MULTILINE)[1]
    team.keys["sub"] = Key("openpgp", f"{sub}!", sub)
    team.change("alice", key="sub")
    assert team.rules() == []


def test_another_commits_signature(team: Team) -> None:
    team.change("alice", "code.py")
    taken = team.bytes().partition(b"gpgsig ")[2].partition(b"\n\n")[0].replace(b"\n ", b"\n")
    team.raw(with_field(unsigned(team), "gpgsig", taken))
    assert team.rules() == ["bad-signature"]


def armored(data: bytes) -> bytes:
    """Any OpenPGP packets, called a signature."""
    text = gpg("--enarmor", stdin=data)
    text = re.sub(rb"^Comment:.*\n", b"", text, flags=re.MULTILINE)
    return text.replace(b"PGP ARMORED FILE", b"PGP SIGNATURE")


def detached(payload: bytes, name: str, *options: str) -> bytes:
    return gpg("--detach-sign", *options, "--local-user", f"{name}@example.com", stdin=payload)


def test_made_by_hand(team: Team) -> None:
    """What the attacks below are variations of."""
    payload = unsigned(team)
    team.raw(with_field(payload, "gpgsig", armored(detached(payload, "alice"))))
    assert team.rules() == []


def test_two_signatures_in_one(team: Team) -> None:
    """Which of the two counts is a matter of who reads the output of gpg."""
    payload = unsigned(team)
    both = detached(payload, "mallory") + detached(payload, "alice")
    team.raw(with_field(payload, "gpgsig", armored(both)))
    assert team.rules() == ["bad-signature"]
    team.git("reset", "--quiet", "--hard", team.base)
    payload = unsigned(team)
    both = armored(detached(payload, "mallory")) + armored(detached(payload, "alice"))
    team.raw(with_field(payload, "gpgsig", both))
    assert team.rules() == ["bad-signature"]


def test_a_signed_message_of_something_else(team: Team) -> None:
    """It carries its own text, and that is what its signature is good for."""
    payload = unsigned(team)
    team.raw(with_field(payload, "gpgsig", armored(gpg("--sign", "--local-user", "alice@example.com", stdin=b"hello"))))
    assert team.rules() == ["bad-signature"]


def test_a_name_that_looks_like_a_verdict(team: Team) -> None:
    """A user id is text of whoever made the key."""
    gpg(
        "--quick-gen-key",
        "--passphrase",
        "",
        f"x [GNUPG:] VALIDSIG {team.keys['alice'].public} <evil@example.com>",
        "ed25519",
    )
    team.keys["evil"] = Key("openpgp", fingerprint("evil"), "")
    team.change("alice", key="evil")
    assert team.rules() == ["wrong-signer"]


def test_a_key_that_gpg_has_not(team: Team) -> None:
    team.change("alice")
    gpg("--delete-secret-and-public-key", fingerprint("alice"))
    (found,) = team.verify().findings
    assert (found.rule, "gpg has not the key" in found.message) == ("uncheckable", True)
    assert team.keys["alice"].public in found.message


def test_without_gpg(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git says `N` then, as if the commit were not signed."""
    team.change("alice")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").symlink_to(shutil.which("git") or "git")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(folder))
        (found,) = team.verify().findings
    assert (found.rule, "no gpg" in found.message) == ("uncheckable", True)


def test_an_expired_key(team: Team, tmp_path: Path) -> None:
    """A commit with an old date does not bring it back: Git calls it good."""
    gpg(
        "--faked-system-time=20200101T000000",
        "--quick-gen-key",
        "--passphrase",
        "",
        "old <old@example.com>",
        "ed25519",
        "sign",
        "1d",
    )
    team.keys["old"] = Key("openpgp", fingerprint("old"), fingerprint("old"))
    program = tmp_path / "gpg-then"
    program.write_text('#!/bin/sh\nexec gpg --faked-system-time=20200101T010000 "$@"\n')
    program.chmod(0o755)
    team.write(".secrets/policy.yaml", team.policy(alice=fingerprint("old")))
    base = team.commit("bob")
    team.git("config", "gpg.program", str(program))
    team.change("alice", key="old", GIT_COMMITTER_DATE="2020-01-01T01:00:00Z")
    (found,) = team.verify(base).findings
    assert (found.rule, "expired" in found.message) == ("bad-signature", True)


def test_a_revoked_key(team: Team, home: Path) -> None:
    team.change("alice")
    certificate = (
        (home / f"openpgp-revocs.d/{fingerprint('alice')}.rev").read_text().replace(":-----BEGIN", "-----BEGIN")
    )
    gpg("--import", stdin=certificate.encode())
    (found,) = team.verify().findings
    assert (found.rule, "revoked" in found.message) == ("bad-signature", True)


@pytest.fixture(autouse=True)
def no_agent_is_left(home: Path) -> Iterator[None]:
    """The agent goes with its home."""
    yield
    assert home.is_dir()
