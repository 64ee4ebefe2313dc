"""How many approvals a change takes, and whether a policy has the people."""

import pytest

from gitseal.errors import Malformed
from gitseal.policy import parser
from gitseal.policy.approvals import asks_approvals, locked_out, needed_approvals, shared_keys
from gitseal.policy.merging.three_way import kind_of, three_way
from gitseal.policy.policy import Policy
from gitseal.policy.policy_editor import PolicyEditor

KEYS = {
    name: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{letter * 43}" for name, letter in zip("abcmh", "ABCDE", strict=True)
}
PEOPLE = f"""\
version: 1
recipients:
  alice: {{keys: [k], signing: ["{KEYS["a"]}"]}}
  bob: {{keys: [k], signing: ["{KEYS["b"]}"]}}
  carol: {{keys: [k], signing: ["{KEYS["c"]}"]}}
  unsigned: {{keys: [k], signing: [nonsense]}}
  robot: {{kind: machine, keys: [k], signing: ["{KEYS["m"]}"]}}
  hub: {{kind: forge, signing: ["{KEYS["h"]}"]}}
groups:
  two: [alice, bob]
  three: [alice, bob, carol]
"""


def parsed(text: str) -> Policy:
    return parser.parse((PEOPLE + text).encode())


def locked(text: str) -> list[tuple[str, int, int]]:
    return [(each.file, each.needed, each.there) for each in locked_out(parsed(text))]


def test_the_short_form_is_that_of_none() -> None:
    short = parsed("policy: {change: [two]}\nenvironments:\n  e: {open: [alice], change: [bob]}\n")
    long = parsed(
        "policy: {change: {by: [two], approvals: 0}}\nenvironments:\n  e: {open: [alice], change: {by: [bob]}}\n"
    )
    assert short == long
    assert not asks_approvals(short)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("{by: [two], approvals: -1}", "not a number from 0 to 99"),
        ("{by: [two], approvals: 100}", "not a number from 0 to 99"),
        ("{by: [two], approvals: true}", "not a number"),
        ('{by: [two], approvals: "1"}', "not a number"),
        ("{by: [two], approvals: 1.0}", "not a number"),
        ("{approvals: 1}", "nobody can give them"),
        ("{by: [], approvals: 1}", "nobody can give them"),
        ("{by: [nobody], approvals: 1}", 'no recipient or group "nobody"'),
        ("{by: [two], approval: 1}", 'no field "approval"'),
        ("two", "a list is missing"),
    ],
)
def test_what_is_no_list_of_who_may(change: str, words: str) -> None:
    for text in (f"policy: {{change: {change}}}\n", f"environments:\n  e: {{open: [alice], change: {change}}}\n"):
        with pytest.raises(Malformed, match=words):
            parsed(text)


CHAIN = """\
policy: {change: {by: [three], approvals: 1}}
manifest: {change: [three]}
environments:
  base: {open: [alice], change: [three]}
  middle: {open: [alice], extends: base, change: {by: [three], approvals: 1}}
  production: {open: [alice], extends: middle, change: {by: [three], approvals: 2}}
  other: {open: [alice], extends: base}
"""


@pytest.mark.parametrize(
    ("file", "needed"),
    [("base", 2), ("middle", 2), ("production", 2), ("other", 0), ("policy", 1), ("manifest", 0), ("", 1), ("x", 1)],
)
def test_the_strictest_of_what_extends_it(file: str, needed: int) -> None:
    assert needed_approvals(parsed(CHAIN), file) == needed


def test_without_a_list_of_its_own_the_strictest_of_all() -> None:
    policy = parsed(CHAIN.replace("policy: {change: {by: [three], approvals: 1}}\nmanifest: {change: [three]}\n", ""))
    assert [needed_approvals(policy, file) for file in ("policy", "manifest", "allow")] == [2, 0, 2]


def test_people_enough() -> None:
    assert locked("policy: {change: {by: [three], approvals: 2}}\n") == []
    assert locked("policy: {change: {by: [two], approvals: 2}}\n") == [("policy", 3, 2)]
    assert locked("policy: {change: {by: [alice, unsigned], approvals: 1}}\nmanifest: {change: [two]}\n") == [
        ("policy", 2, 1)
    ]
    # A machine may sign, and then people only approve; a forge's signature takes one approval more.
    assert locked("policy: {change: {by: [alice, robot], approvals: 1}}\nmanifest: {change: [two]}\n") == []
    assert locked("policy: {change: {by: [alice, hub], approvals: 1}}\nmanifest: {change: [two]}\n") == [
        ("policy", 2, 1)
    ]


def test_nobody_is_asked_about_what_asks_for_nothing() -> None:
    """A list whose people cannot sign is another matter."""
    assert locked("policy: {change: [unsigned]}\n") == []


def test_lists_that_have_too_few_in_common() -> None:
    text = """\
policy: {change: [three]}
manifest: {change: [three]}
environments:
  base: {open: [alice], change: [carol, alice]}
  production: {open: [alice], extends: base, change: {by: [two], approvals: 1}}
"""
    assert locked(text) == [("base", 2, 1)]


def test_a_key_under_two_names() -> None:
    text = PEOPLE.replace(KEYS["b"], KEYS["a"] + " comment")
    assert list(shared_keys(parser.parse(text.encode()))) == [("alice", "bob")]
    assert list(shared_keys(parsed(""))) == []


def test_a_name_is_taken_out_of_the_long_form_too() -> None:
    editor = PolicyEditor((PEOPLE + "policy: {change: {by: [alice, bob], approvals: 1}}\n").encode())
    assert ("policy", "change", "by") in editor.lists_with("bob")
    editor.put(("policy", "change", "by"), ["alice"])
    assert b"policy: {change: {by: [alice], approvals: 1}}\n" in editor.serialise()


def merged(*texts: str) -> tuple[str, ...] | str:
    """The conflicts of a merge by structure, or the merged text."""
    base, ours, theirs = ((PEOPLE + text).encode() for text in texts)
    kind = kind_of("policy.yaml")
    assert kind is not None
    done = three_way(kind, base, ours, theirs, lambda *_sides, with_base=False: None)
    return tuple(map(str, done.conflicts)) or done.data.decode().removeprefix(PEOPLE)


def test_merging_takes_what_one_side_changed() -> None:
    text = "policy: {change: {by: [%s], approvals: %s}}\n"
    assert merged(text % ("two", 1), text % ("two, carol", 1), text % ("two", 2)) == text % ("two, carol", 2)
    assert merged(text % ("two", 1), text % ("two", 0), text % ("two", 2)) == ("policy/change/approvals",)
    assert merged(text % ("two", 0), "policy: {change: [two]}\n", text % ("two", 2)) != text % ("two", 0)


def test_merging_never_asks_for_less_than_one_side_says() -> None:
    """One side asks approvals of what extends a base, the other lets it extend nothing."""
    text = "environments:\n  base: {open: [two], change: [two]}\n  e: {open: [two]%s, change: {by: [two], approvals: %s}}\n"
    assert merged(text % (", extends: base", 0), text % (", extends: base", 1), text % ("", 0)) != text % ("", 1)
    assert merged(text % (", extends: base", 1), text % (", extends: base", 1), text % ("", 1)) == text % ("", 1)
