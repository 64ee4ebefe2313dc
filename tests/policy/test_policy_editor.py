"""Edits of policy.yaml: the value is there afterwards, and every other line is as it was."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.yamltext.tree import NamePath, Plain

BLOCK = b"""\
# who may open what
version: 1

recipients:
  # the founder
  alice:
    keys:
      - age1a          # laptop
      - age1b
  bob: {keys: [age1c]} # since May

groups:
  team: [alice, bob]   # all
  ops:
    - alice            # always

environments:
  production: {open: [team], change: [ops]}
"""
KEYS = "recipients", "alice", "keys"


def edited(data: bytes, path: NamePath, value: Plain) -> bytes:
    text = PolicyEditor(data)
    text.put(path, value)
    assert text.get(path) == value
    return text.serialise()


def changes(before: bytes, after: bytes) -> list[str]:
    lines = difflib.unified_diff(before.decode().split("\n"), after.decode().split("\n"), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


CASES: dict[str, tuple[NamePath, Plain, list[str]]] = {
    "an item more in brackets": (
        ("groups", "team"),
        ["alice", "bob", "x"],
        ["-  team: [alice, bob]   # all", "+  team: [alice, bob, x]   # all"],
    ),
    "an item more in a block": (KEYS, ["age1a", "age1b", "age1d"], ["+      - age1d"]),
    "an item less in a block": (KEYS, ["age1b"], ["-      - age1a          # laptop"]),
    "a new person": (("recipients", "carol", "keys"), ["age1d"], ["+  carol:", "+    keys: [age1d]"]),
    "a key within brackets": (
        ("recipients", "bob", "keys"),
        ["age1c", "age1d"],
        ["-  bob: {keys: [age1c]} # since May", "+  bob: {keys: [age1c, age1d]} # since May"],
    ),
    "a new field within brackets": (
        ("recipients", "bob", "email"),
        "b@example.com",
        ["-  bob: {keys: [age1c]} # since May", "+  bob: {keys: [age1c], email: b@example.com} # since May"],
    ),
    "a new section": (("allow_names",), ["PATH"], ["+allow_names: [PATH]"]),
}


@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
@pytest.mark.parametrize(("path", "value", "expected"), CASES.values(), ids=CASES)
def test_put(path: NamePath, value: Plain, expected: list[str], eol: bytes) -> None:
    before = BLOCK.replace(b"\n", eol)
    try:
        after = edited(before, path, value)
    except Malformed as refusal:  # the test's policy names nobody who is not there
        assert "there is no" in refusal.message  # noqa: PT017
        text = PolicyEditor(before)
        text.put(path, value)
        after = text._tree.serialise()

    found = [line.removesuffix("\r") for line in changes(before, after) if line.strip("+\r")]
    assert found == expected
    assert after.count(b"\r") == (after.count(b"\n") if eol == b"\r\n" else 0)


@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_at_the_end_of_the_file(eol: bytes, end: bytes) -> None:
    before = b"version: 1\nrecipients:\n  alice:\n    keys: [age1a]" + end

    after = edited(before.replace(b"\n", eol), ("recipients", "bob", "keys"), ["age1b"])

    expected = b"version: 1\nrecipients:\n  alice:\n    keys: [age1a]\n  bob:\n    keys: [age1b]" + end
    assert after == expected.replace(b"\n", eol)


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_removed_at_the_end_of_a_file_with_crlf(end: bytes) -> None:
    text = PolicyEditor(b"version: 1\r\nrecipients:\r\n  alice:\r\n    keys: [age1a]\r\n  bob: {}" + end)
    text.remove(("recipients", "bob"))

    assert text.serialise() == b"version: 1\r\nrecipients:\r\n  alice:\r\n    keys: [age1a]" + end


def test_removed_people_leave_every_list() -> None:
    text = PolicyEditor(BLOCK)
    for path in text.lists_with("bob"):
        items = text.get(path)
        assert isinstance(items, list)
        text.put(path, [item for item in items if item != "bob"])
    text.remove(("recipients", "bob"))

    assert changes(BLOCK, text.serialise()) == [
        "-  bob: {keys: [age1c]} # since May",
        "-  team: [alice, bob]   # all",
        "+  team: [alice]   # all",
    ]


def test_renamed() -> None:
    text = PolicyEditor(BLOCK)
    text.rename(("environments", "production"), "prod")

    assert changes(BLOCK, text.serialise()) == [
        "-  production: {open: [team], change: [ops]}",
        "+  prod: {open: [team], change: [ops]}",
    ]


@pytest.mark.fuzz
@given(items=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=3))
@pytest.mark.parametrize("path", [("allow_names",), KEYS, ("groups", "team"), ("recipients", "bob", "keys")])
def test_law_any_texts_come_back(path: NamePath, items: list[Plain]) -> None:
    text = PolicyEditor(BLOCK)
    text.put(path, items)

    assert (text.get(path) or []) == items


SPELLINGS = {
    "missing": b"version: 1\n",
    "nothing": b"version: 1\nrecipients:\nrules: []\n",
    "nothing, with a comment": b"version: 1\nrecipients:   # none yet\nrules: []\n",
    "empty": b"version: 1\nrecipients: {}  # none yet\n",
    "empty below": b"version: 1\nrecipients:\n  {}\n",
    "brackets": b"version: 1\nrecipients: {alice: {keys: [age1a]}} # few\n",
    "brackets below": b"version: 1\nrecipients:\n  {alice: {keys: [age1a]}} # few\n",
    "brackets within": b"version: 1\nrecipients:\n    alice: {keys: [age1a]}\n",
    "block": b"version: 1\nrecipients:\n      alice:\n         keys: [age1a]\n\n# groups\ngroups: {}\n",
    "list at the name's column": b"version: 1\nrecipients:\n  alice:\n    keys:\n    - age1a\nrules: []\n",
    "quoted": b'version: 1\n"recipients":\n  "alice":\n    keys: ["age1a"]\n',
}


@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
@pytest.mark.parametrize("before", SPELLINGS.values(), ids=SPELLINGS)
def test_people_and_keys_in_every_spelling(before: bytes, eol: bytes) -> None:
    before = before.replace(b"\n", eol)
    there = PolicyEditor(before).get(("recipients", "alice", "keys"))

    added = edited(before, ("recipients", "bob", "keys"), ["age1b"])
    more = edited(added, ("recipients", "alice", "keys"), ["age1a", "age1c"])
    mail = edited(more, ("recipients", "bob", "email"), "bob@example.com")
    text = PolicyEditor(mail)
    text.remove(("recipients", "bob"))
    less = edited(text.serialise(), ("recipients", "alice", "keys"), ["age1a"])

    after = PolicyEditor(less)
    assert after.get(("recipients",)) == {"alice": {"keys": ["age1a"]}}
    assert PolicyEditor(mail).get(("recipients", "bob")) == {"keys": ["age1b"], "email": "bob@example.com"}
    assert there in (None, ["age1a"])
    comments = [line[line.index(b"#") :] for line in before.splitlines() if b"#" in line]
    assert all(comment in less for comment in comments), less.decode()


RULES = b"""\
version: 1
recipients:
  alice:
    keys: [age1a]
environments:
  dev: {open: [alice]}
rules:
  - {names: [A], plain: true} # flags
  - names: [B]
    plain: true
  - names:
      - C              # the third
    plain: true
"""


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        (0, "-  - {names: [A], plain: true} # flags", "+  - {names: [A, X], plain: true} # flags"),
        (1, "-  - names: [B]", "+  - names: [B, X]"),
        (2, "", "+      - X"),
    ],
)
def test_a_field_within_an_item_of_a_list(number: int, before: str, after: str) -> None:
    path = "rules", f"[{number}]", "names"
    names = PolicyEditor(RULES).get(path)
    assert isinstance(names, list)
    assert changes(RULES, edited(RULES, path, [*names, "X"])) == [line for line in (before, after) if line]


def test_a_field_within_an_item_of_a_list_in_brackets() -> None:
    data = RULES[: RULES.index(b"rules")] + b"rules: [{names: [A], plain: true}, {names: [B], plain: true}] # two\n"
    after = edited(data, ("rules", "[1]", "names"), ["B", "X"])
    assert after.endswith(b"rules: [{names: [A], plain: true}, {names: [B, X], plain: true}] # two\n")


@pytest.mark.parametrize(
    "rules", [b"", b"rules: []\n", b"rules: [{names: [A], plain: true}]\n", b"rules:\n- names: [A]\n  plain: true\n"]
)
def test_a_mapping_more_in_a_list(rules: bytes) -> None:
    data = RULES[: RULES.index(b"rules")] + rules
    text = PolicyEditor(data)
    before = text.get(("rules",)) or []
    assert isinstance(before, list)
    item: dict[str, Plain] = {"names": ["X"], "plain": True}
    text.append(("rules",), item)
    assert text.get(("rules",)) == [*before, item]
    assert text.serialise().startswith(RULES[: RULES.index(b"rules")])
