"""Plain `git merge` of states that do not belong together: a conflict, or an error of `check`; never a quiet mixture."""

from collections.abc import Callable

import pytest

from gitseal.audit.check.check import check
from gitseal.errors import Error, Stale
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, holds


def _merge(team: Team) -> bool:
    """Alice merges what bob pushed to a branch; whether Git did that without a conflict."""
    team.alice.git("fetch", "--quiet", "origin", "bob")
    team.alice.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", ok=(0, 1))
    return not team.alice.git("ls-files", "--unmerged")


def _rules(place: Clone) -> set[str]:
    return {finding.rule for finding in check(place.project)}


def _both(team: Team, alice: Callable[[], object], bob: Callable[[], object]) -> bool:
    alice()
    team.alice.commit()
    bob()
    team.bob.commit()
    team.bob.push("bob")
    return _merge(team)


def _add(place: Clone, team: Team, name: str) -> None:
    place.add(team.people[name], "team")
    place.rekey()


def _lose(place: Clone, name: str) -> None:
    policy = place.project.policy_path
    policy.write_text(policy.read_text().replace(f", {name}]", "]"))
    place.rekey()


def _start_with_dave(team: Team) -> None:
    """Dave is a member whom one side takes out."""
    _add(team.alice, team, "dave")
    team.alice.commit()
    team.alice.push()
    team.bob.pull()


def test_rekey_with_a_grant(team: Team) -> None:
    _start_with_dave(team)
    clean = _both(team, lambda: _lose(team.alice, "dave"), lambda: _add(team.bob, team, "mallory"))
    if clean:
        assert _rules(team.alice) & {"stale-stanza", "unknown-recipient", "no-stanza"}
    else:
        assert _rules(team.alice) & {"malformed", "policy"}
        with pytest.raises(Error):
            team.alice.set("production", "NEW", NEEDLE)
    assert not holds(team.alice)


def test_rekey_with_rekey(team: Team) -> None:
    _start_with_dave(team)
    clean = _both(team, lambda: _lose(team.alice, "dave"), lambda: _lose(team.bob, "dave"))
    assert not clean
    assert "malformed" in _rules(team.alice)
    with pytest.raises(Error):
        team.alice.get("production", "DB_URL")


def test_rekey_with_a_value_that_was_set_under_the_old_key(team: Team) -> None:
    _start_with_dave(team)
    clean = _both(team, lambda: _lose(team.alice, "dave"), lambda: team.bob.set("production", "AAA_NEW", "bob's"))
    assert clean
    assert "stale" in _rules(team.alice)
    with pytest.raises(Stale, match="AAA_NEW"):
        team.alice.get("production", "AAA_NEW")


def test_rekey_with_a_stale_write_only_value(team: Team) -> None:
    """Carol holds no key of the group; what she brings in is under the public key of before."""
    _start_with_dave(team)
    team.carol.pull()
    team.carol.set("production", "AAA_NEW", "carol's")
    team.carol.commit()
    team.carol.push("bob")
    _lose(team.alice, "dave")
    team.alice.commit()
    assert _merge(team)
    assert "stale" in _rules(team.alice)
    with pytest.raises(Stale, match="AAA_NEW"):
        team.alice.get("production", "AAA_NEW")


def test_a_removal_from_the_header_alone_is_a_loss_that_rekey_still_sees(team: Team) -> None:
    """Someone takes dave out of policy and header by hand, and a colleague adds a value: the merge is clean.

    Dave has the data key all the same. Everyone with a stanza anywhere in history counts.
    """
    _start_with_dave(team)

    def by_hand() -> None:
        team.alice.policy(", dave]", "]")
        for environment in ("development", "production"):
            path = team.alice.path(environment)
            lines = path.read_text().split("\n")
            at = next(number for number, line in enumerate(lines) if line.strip() == "dave:")
            path.write_text("\n".join(lines[:at] + lines[at + 4 :]))

    _both(team, by_hand, lambda: team.bob.set("production", "AAA_NEW", "bob's"))
    plan = team.alice.plan()
    assert all(group.new_key and ("dave", group.lost[0][1]) in group.lost for group in plan.groups)
    assert {group.environment for group in plan.groups} == {"development", "production"}
    before = team.alice.read("production").header.access["default"].key_id
    team.alice.rekey()
    assert team.alice.read("production").header.access["default"].key_id != before
    assert team.alice.plan().is_empty


def test_two_tokens_under_one_name(team: Team) -> None:
    """Each side adds the name at another place of an unsorted file: Git sees no conflict."""
    path = team.alice.path("production")
    clean = _both(
        team,
        lambda: team.alice.set("production", "ZZZ", "alice's"),
        lambda: team.bob.set("production", "ZZZ", "bob's"),
    )
    if clean:
        assert team.alice.path("production").read_text().count("\nZZZ:") > 1
    rules = _rules(team.alice)
    assert "malformed" in rules, path.read_text()
    with pytest.raises(Error):
        team.alice.get("production", "ZZZ")


def test_two_tokens_under_one_name_without_a_conflict(team: Team) -> None:
    """The same, made certain: the line merge is done by hand."""
    team.alice.set("production", "ZZZ", "one")
    path = team.alice.path("production")
    text = path.read_text()
    at = text.index("\nZZZ:")
    block = text[at : text.index("\n\n", at) + 1]
    path.write_text(text.replace("\nDB_URL:", f"{block}\nDB_URL:", 1))
    assert "malformed" in _rules(team.alice)
    with pytest.raises(Error, match="stands twice"):
        team.alice.get("production", "ZZZ")
    with pytest.raises(Error, match="stands twice"):
        team.alice.set("production", "ZZZ", NEEDLE)
    assert not holds(team.alice)
