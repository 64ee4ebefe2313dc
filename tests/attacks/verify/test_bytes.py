"""The bytes of a commit: signatures of something else, headers with two readings."""

import pytest

from tests.attacks.verify.world import PRODUCTION, Team, branch, own_field, signature, unsigned, with_field


def test_a_signature_that_is_made_by_hand(team: Team) -> None:
    """What the attacks below are variations of."""
    payload = unsigned(team)
    team.raw(with_field(payload, own_field(team), signature(team, payload)))
    assert team.rules() == []
    assert team.git("-c", "gpg.ssh.allowedSignersFile=/dev/null", "log", "-1", "--format=%G?") == "U"


def test_a_signature_of_another_commit(team: Team) -> None:
    team.change("alice", "code.py")
    head, _, _ = team.bytes().partition(b"\n\n")
    taken = head[head.index(b"gpgsig") :]
    payload = unsigned(team)
    team.raw(payload.replace(b"\n\n", b"\n" + taken + b"\n\n", 1))
    assert team.rules() == ["bad-signature"]


def test_a_signature_for_something_else(team: Team) -> None:
    """Alice signed these bytes, as a file."""
    payload = unsigned(team)
    team.raw(with_field(payload, own_field(team), signature(team, payload, namespace="file")))
    assert team.rules() == ["bad-signature"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\ncommitter ", b"\ncommitter Mallory <mallory@example.com> 1 +0000\ncommitter "),
        (b"\nauthor ", b"\nauthor Mallory <mallory@example.com> 1 +0000\nauthor "),
        (b"\n\n", b"\ncommitter Mallory <mallory@example.com> 1 +0000\n\n"),
        (b"\n\n", b"\nencoding a\nencoding b\n\n"),
        (b"\n\n", b"\ngpgsigx unsigned words\n\n"),
        (b"\ncommitter ", b"\nx y\ncommitter "),
        (b"<alice@example.com>", b"<alice@example.com> <mallory@example.com>"),
        (b"\n\n", b"\nx a\0b\n\n"),
    ],
)
def test_a_header_that_can_be_read_in_two_ways(team: Team, old: bytes, new: bytes) -> None:
    """Signed or not, two programs may see two committers, or words that nobody signed."""
    payload = unsigned(team).replace(old, new, 1)
    data = with_field(payload, own_field(team), signature(team, payload))
    team.raw(data)
    (found,) = team.verify().findings
    assert found.rule == "bad-signature"


def test_two_signatures(team: Team) -> None:
    payload = unsigned(team)
    data = with_field(payload, own_field(team), signature(team, payload, "mallory"))
    team.raw(with_field(data, own_field(team), signature(team, payload)))
    assert team.rules() == ["bad-signature"]
    double = signature(team, payload, "mallory") + signature(team, payload)
    team.git("reset", "--quiet", "--hard", team.base)
    team.raw(with_field(payload, own_field(team), double))
    assert team.rules() == ["bad-signature"]


def test_a_signature_over_another_form_of_the_commit(team: Team) -> None:
    payload = unsigned(team)
    other = {"gpgsig": "gpgsig-sha256", "gpgsig-sha256": "gpgsig"}[own_field(team)]
    team.raw(with_field(payload, other, signature(team, payload)))
    assert team.rules() == ["uncheckable"]


@pytest.mark.parametrize(("text", "word"), [(b"-----BEGIN SIGNED MESSAGE-----\nx\n", "X.509"), (b"x\n", "such")])
def test_a_signature_that_we_do_not_know(team: Team, text: bytes, word: str) -> None:
    team.raw(with_field(unsigned(team), own_field(team), text))
    (found,) = team.verify().findings
    assert (found.rule, word in found.message) == ("uncheckable", True)


@pytest.mark.parametrize("garbage", [b"U1NIU0lH", b"", b"AAAA", b"!!!!", b"U1NIU0lHAAAAAf////8="])
def test_garbage_for_a_signature(one: Team, garbage: bytes) -> None:
    text = b"-----BEGIN SSH SIGNATURE-----\n" + garbage + b"\n-----END SSH SIGNATURE-----\n"
    one.raw(with_field(unsigned(one), "gpgsig", text))
    assert one.rules() == ["bad-signature"]


def test_a_signed_tag_in_a_merge_is_not_the_commits_signature(team: Team) -> None:
    """The header of a merge holds the whole tag (`mergetag`), with the signature of whoever made that."""
    branch(team, "side")
    team.change("alice", "code.py", sign=False)
    team.as_(
        "alice", "-c", f"user.signingKey={team.keys['alice'].key}", "-c", "gpg.format=ssh", "tag", "-s", "-m", "x", "v1"
    )
    team.git("checkout", "--quiet", "main")
    team.git("merge", "--quiet", "--no-ff", "--no-commit", "v1")
    team.write(PRODUCTION, "evil\n")
    team.commit("alice", sign=False)
    assert b"\nmergetag " in team.bytes()
    assert b"SSH SIGNATURE" in team.bytes()
    assert team.rules() == ["unsigned"]
    team.commit("alice", "--amend")
    assert team.rules() == []


def test_dates_are_claims(team: Team) -> None:
    """No key is good by the date of a commit: that is what its committer says. So an old date wins nothing, and loses nothing."""
    team.change("alice", GIT_COMMITTER_DATE="100000000 +0000", GIT_AUTHOR_DATE="100000000 +0000")
    assert team.rules() == []
    team.change("mallory", GIT_COMMITTER_DATE="100000000 +0000")
    assert team.rules() == ["wrong-signer"]
