"""Who may change which file."""

import pytest

from gitseal.policy import parser
from gitseal.policy.who_may_change import changers, is_forge

PEOPLE = """\
version: 1
recipients:
  alice: {keys: [a]}
  bob: {keys: [b]}
  carol: {keys: [c]}
  hub: {kind: forge}
groups:
  admins: [alice, bob]
  backend: [bob, carol]
  empty: []
"""
NOBODY: set[str] = set()


def who(text: str, file: str) -> set[str] | None:
    found = changers(parser.parse((PEOPLE + text).encode()), file)
    return None if found is None else set(found)


def test_its_own_list() -> None:
    text = "environments: {a: {open: [alice], change: [admins, carol]}}\npolicy: {change: [alice]}\n"
    assert who(text, "a") == {"alice", "bob", "carol"}
    assert who(text, "policy") == {"alice"}


@pytest.mark.parametrize("file", ["policy", "allow", "unknown", "a.local", "README"])
def test_what_is_no_environment_and_no_manifest_is_the_policys(file: str) -> None:
    assert who("policy: {change: [alice]}\nmanifest: {change: [bob]}\n", file) == {"alice"}


EXTENDS = """\
environments:
  base: {open: [alice, bob, carol]%s}
  middle: {open: [alice], extends: base}
  production: {open: [alice], extends: middle, change: [admins]%s}
  staging: {open: [bob], extends: base, change: [backend]}
"""


@pytest.mark.parametrize(
    ("base", "more", "expected"),
    [
        ("", "", {"alice": {"middle", "production"}, "bob": {"base", "middle", "production", "staging"}}),
        (", change: [carol]", "", {"bob": {"middle", "production", "staging"}}),
        (", change: [bob, carol]", "", {"bob": {"base"}}),
        (", protected: true", "", {"bob": {"middle", "production", "staging"}}),
    ],
)
def test_what_is_extended_takes_everyones_consent(base: str, more: str, expected: dict[str, set[str]]) -> None:
    text = EXTENDS % (base, more)
    for name, environments in expected.items():
        found = {each for each in ("base", "middle", "production", "staging") if name in (who(text, each) or ())}
        assert environments <= found
    if "bob" in expected and "base" not in expected["bob"]:
        assert who(text, "base") == NOBODY


def test_nobody_is_asked_for_where_nothing_is_owned() -> None:
    text = "environments: {a: {open: [alice]}}\n"
    assert [who(text, file) for file in ("a", "policy", "manifest", "allow")] == [None] * 4


def test_a_policy_without_a_list_takes_somebody_who_is_in_all() -> None:
    """Else whoever likes takes the list out, and changes the environment then."""
    text = "environments: {a: {open: [alice], change: [admins]}, b: {open: [alice]}}\n"
    assert who(text, "policy") == {"alice", "bob"}
    assert who(text, "manifest") is None
    assert who(text, "b") is None
    assert who(text + "manifest: {change: [backend]}\n", "policy") == {"bob"}
    assert who(text + "manifest: {change: [carol]}\n", "policy") == NOBODY


def test_a_protected_environment_needs_lists() -> None:
    """The first list may be brought by anyone: where there is none, nobody could bring it."""
    text = "environments: {a: {open: [alice], protected: true}}\n"
    assert [who(text, file) for file in ("a", "policy", "manifest")] == [NOBODY, None, NOBODY]
    text = "environments: {a: {open: [alice], protected: true, change: [alice]}}\n"
    assert [who(text, file) for file in ("a", "policy", "manifest")] == [{"alice"}] * 3


def test_an_empty_group_is_nobody() -> None:
    assert who("environments: {a: {open: [alice], change: [empty]}}\n", "a") == NOBODY


def test_a_forge_may_stand_in_change() -> None:
    policy = parser.parse((PEOPLE + "policy: {change: [alice, hub]}\n").encode())
    assert changers(policy, "policy") == frozenset({"alice", "hub"})
    assert is_forge(policy, ("hub",))
    assert not is_forge(policy, ("alice", "unknown"))
