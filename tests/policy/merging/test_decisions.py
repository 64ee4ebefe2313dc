"""How single entries are decided, also of fields that a policy may get."""

import pytest

from gitseal.policy.merging.decisions import changed, decide
from gitseal.policy.merging.values import CONTESTED, Value, flow, of
from gitseal.yamltext import reader


def value(text: str) -> Value:
    return of(reader.parse(text.encode(), policy=True).root)


def decided(base: str, ours: str, theirs: str) -> tuple[str, list[str]]:
    found = decide(value(base), value(ours), value(theirs))
    return flow(found.value), ["/".join(path) for path in found.conflicts]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "result"),
    [
        ("{by: [a]}", "{by: [a, b]}", "{by: [a], approvals: 1}", "{by: [a, b], approvals: 1}"),
        ("{by: [a, b], approvals: 1}", "{by: [b], approvals: 1}", "{by: [a, b, c], approvals: 1}", "{by: [b, c], approvals: 1}"),
        ("{by: [a], approvals: 1}", "{by: [a], approvals: 2}", "{by: [a, b], approvals: 1}", "{by: [a, b], approvals: 2}"),
        ("[a]", "[a]", "{by: [a], approvals: 1}", "{by: [a], approvals: 1}"),
    ],
)  # fmt: skip
def test_who_changes_with_approvals(base: str, ours: str, theirs: str, result: str) -> None:
    sides = [f"policy: {{change: {side}}}\n" for side in (base, ours, theirs)]
    assert decided(*sides) == (f"{{policy: {{change: {result}}}}}", [])


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("[a]", "[a, b]", "{by: [a], approvals: 1}"),
        ("{by: [a], approvals: 1}", "{by: [a], approvals: 2}", "{by: [a], approvals: 0}"),
        ("[a, b]", "[a]", "[b]"),
    ],
)
def test_what_both_sides_changed_otherwise_is_a_conflict(base: str, ours: str, theirs: str) -> None:
    _result, conflicts = decided(*(f"policy:\n  change: {side}\n" for side in (base, ours, theirs)))
    assert [path.rpartition("change")[0] for path in conflicts] == ["policy/"]


def test_a_list_that_is_missing_is_no_empty_one() -> None:
    base = "environments:\n  e:\n    open: [a]\n"
    ours, theirs = f"{base}    change: [a]\n", f"{base}    change: [b]\n"
    assert decided(base, ours, theirs)[1] == ["environments/e/change"]
    ours, theirs = f"{base}    aliases: [x]\n", f"{base}    aliases: [z]\n"
    assert decided(base, ours, theirs) == ("{environments: {e: {open: [a], aliases: [x, z]}}}", [])


def test_numbers_differ_by_their_spelling() -> None:
    assert decided("a: 1.5\n", "a: 1.5\n", "a: 1.50\n")[0] == "{a: 1.50}"
    assert decided("a: 1\n", 'a: "1"\n', "a: 2\n")[1] == ["a"]


def test_what_is_asked_to_be_left_open_is() -> None:
    sides = value("a: {b: [x]}\nc: 1\n"), value("a: {b: [x]}\nc: 2\n"), value("a: {b: [x, z]}\nc: 1\n")
    found = decide(*sides, [("a", "b")])
    assert found.conflicts == (("a", "b"),)
    assert isinstance(found.value, dict)
    inner = found.value["a"]
    assert isinstance(inner, dict)
    assert inner["b"] is CONTESTED
    assert [*changed(*sides)] == [("a", "b"), ("c",)]
