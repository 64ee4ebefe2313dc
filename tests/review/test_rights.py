"""Rights before and after: the effect of a policy change, whatever lists say it."""

from gitseal.policy import parser
from gitseal.policy.policy import Policy
from gitseal.review.policy.rights import rights_changes
from gitseal.review.rights_model import Rights

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
BASE = f"""version: 1
recipients:
  alice: {{keys: [{KEY}]}}
  bob: {{keys: [{KEY}]}}
groups:
  team: [alice]
policy: {{change: [alice]}}
environments:
  production: {{open: [team], change: [alice]}}
  staging: {{open: [team, bob]}}
"""


def policy(*edits: tuple[str, str]) -> Policy:
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return parser.parse(text.encode())


def test_only_those_with_other_rights_are_told() -> None:
    (change,) = rights_changes(policy(), policy(("team: [alice]", "team: [alice, bob]")), ".secrets")

    assert (change.who, change.state, change.joined, change.left) == ("bob", "changed", ("team",), ())
    assert [(right.file, right.before, right.after) for right in change.rights] == [
        ("production", Rights(), Rights(("default",)))
    ]


def test_a_group_that_is_written_otherwise_changes_no_rights() -> None:
    assert rights_changes(policy(), policy(("open: [team, bob]", "open: [bob, alice]")), ".secrets") == ()


def test_rights_to_change_are_told_for_policy_and_environments() -> None:
    (change,) = rights_changes(policy(), policy(("policy: {change: [alice]}", "policy: {change: [alice, bob]}")), "")

    assert [(right.file, right.after) for right in change.rights] == [("policy", Rights((), changes=True))]


def test_if_one_side_asks_for_nobody_no_single_person_gained_anything() -> None:
    changed = rights_changes(policy(), policy((", change: [alice]}", "}")), "")

    assert [right.file for change in changed for right in change.rights if right.file == "production"] == []


def test_access_groups_are_told_by_their_names() -> None:
    rules = "rules:\n  - {names: [PAY_*], access: payments, open: [bob], environments: [production]}\n"
    (change,) = rights_changes(policy(), parser.parse(f"{BASE}{rules}".encode()), "")

    assert [(right.file, right.after.opens) for right in change.rights] == [("production", ("payments",))]


def test_somebody_who_is_new_has_their_keys_told() -> None:
    line = f"  bob: {{keys: [{KEY}]}}"
    (change,) = rights_changes(policy(), policy((line, f"{line}\n  carol: {{keys: [{KEY}]}}")), "")

    assert (change.who, change.state, change.keys, change.rights) == ("carol", "added", (KEY,), ())
