"""`.sops.yaml`: the rules in their order, who is in them, and what is told because it cannot be said otherwise."""

import pytest

from gitseal.errors import Malformed
from gitseal.exchange.sops import creation_rules
from gitseal.exchange.sops.creation_rules import CreationRule

_ALICE, _BOB = "age1sxrms53khryca8x5jy5kw20lkzjwqk500kmfgkmrt7d6t7saxpjqwtyj4r", "age1bob"


def rules(text: str) -> creation_rules.CreationRules:
    return creation_rules.parse(text.encode())


def test_keys_of_each_shape_that_sops_takes() -> None:
    texts = [
        f"age: {_ALICE},{_BOB}",
        f"age: >-\n      {_ALICE},\n      {_BOB}",
        f"age: [{_ALICE}, {_BOB}]",
        f"key_groups: [{{age: [{_ALICE}, {_BOB}]}}]",
        f"key_groups: [{{age: [[{_ALICE}], {_BOB}]}}]",
    ]
    for text in texts:
        (rule,) = rules(f"creation_rules:\n  - {text}\n").rules
        assert rule.recipients == (_ALICE, _BOB), text
        assert not rule.is_shared


def test_names_come_from_anchors_and_comments() -> None:
    text = f"""
keys:
  - &alice {_ALICE}
creation_rules:
  - key_groups:
      - age:
          - *alice
          - {_BOB}  # bob@example.com
          - age1nobody
"""
    assert rules(text).names == {_ALICE: "alice", _BOB: "bob@example.com"}
    assert rules(text).others == ()


def test_what_has_no_counterpart_is_told() -> None:
    (rule,) = rules(
        "creation_rules: [{pgp: AB, hc_vault_transit_uri: u, encrypted_regex: ^x, age: a}]\nstores: {}"
    ).rules
    assert rule == CreationRule("", ("a",), ("PGP", "Vault"), selectors=("encrypted_regex",))
    assert rules("creation_rules: []\nstores: {}\ndestination_rules: []").others == ("stores", "destination_rules")
    (rule,) = rules("creation_rules: [{key_groups: [{age: [a]}, {age: [b]}]}]").rules
    assert rule.is_shared


@pytest.mark.parametrize(
    ("expression", "path"),
    [("", "any"), ("prod", "deploy/prod.yaml"), (r"\.yaml$", "a.yaml"), ("(?i)PROD", "prod"), (r"(?<name>a)", "a")],
)
def test_an_expression_is_looked_for_anywhere_in_the_path(expression: str, path: str) -> None:
    assert CreationRule(expression, ()).matches(path)
    assert not CreationRule(f"^nothing{expression}", ()).matches(path)


@pytest.mark.parametrize("expression", [r"\Qa.b\E", r"\pL", "[[:alpha:]]", "a(?i)b", "(", r"\z", "(?U)a+"])
def test_an_expression_that_python_reads_otherwise_is_not_tried(expression: str) -> None:
    assert not CreationRule(expression, ()).is_readable
    assert not CreationRule(expression, ()).matches("a")


@pytest.mark.parametrize(
    "text", ["[", "- a", "creation_rules: {a: 1}", "creation_rules: [a]", "a: *b", "creation_rules: [{age: 1}, 2]"]
)
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        rules(text)


def test_aliases_that_multiply_do_not() -> None:
    lists = "\n".join(f"  - &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))
    text = f"keys:\n  - &l0 [{', '.join([_ALICE] * 9)}]\n{lists}\ncreation_rules: [{{age: *l11}}]"
    with pytest.raises(Malformed):
        rules(text)
