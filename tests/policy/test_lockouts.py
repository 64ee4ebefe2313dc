"""Who cannot leave: the last who opens an access group, changes a file, or makes up the number of approvals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.policy.lockouts import UnapprovedFile, UnchangedFile, UnopenedGroup, lockouts, without
from gitseal.policy.parser import parse
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.recipients import x25519
from gitseal.sealing import principals

ALICE, BOB, CAROL = (x25519.generate().recipient for _ in range(3))
SIGNING = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
POLICY = f"""version: 1
recipients:
  alice:
    keys: [{ALICE}]
    signing: ["{SIGNING}Hk0mF7m3sZ8xN1n3Ug3cCwH7ySxKp9yT5Qw6aYbC1dE"]
  bob:
    keys: [{BOB}]
    signing: ["{SIGNING}Hk0mF7m3sZ8xN1n3Ug3cCwH7ySxKp9yT5Qw6aYbC1dF"]
  carol:
    keys: [{CAROL}]
  keyless: {{kind: person}}
groups:
  team: [alice, bob, carol]
  pay: [bob, keyless]
  boss: [bob]
policy: {{change: [boss]}}
manifest: {{change: {{by: [team], approvals: 1}}}}
environments:
  staging: {{open: [team]}}
  production:
    open: [alice, pay]
    change: {{by: [alice, boss], approvals: 0}}
rules:
  - names: [PAY_*]
    environments: [production]
    open: [pay]
    access: pay
"""


def test_what_only_one_can_do_is_told() -> None:
    policy = parse(POLICY.encode())
    assert list(lockouts(policy, without(policy, "carol"))) == []
    assert list(lockouts(policy, without(policy, "bob"))) == [
        UnopenedGroup("production", "pay", ("pay",)),
        UnchangedFile("policy", ("boss",)),
        UnapprovedFile("manifest", 2, 1),
    ]
    assert list(lockouts(policy, without(policy, "alice"))) == [UnapprovedFile("manifest", 2, 1)]


def test_a_list_that_becomes_empty_is_told_though_nobody_in_it_could_sign() -> None:
    policy = parse(POLICY.replace("change: [boss]", "change: [carol]").encode())
    assert UnchangedFile("policy", ("carol",)) in list(lockouts(policy, without(policy, "carol")))


@pytest.mark.parametrize(
    ("name", "edit", "message", "hint"),
    [
        ("bob", ("", ""), 'nobody else with a key opens access group "pay" in production', "add alice --group pay"),
        ("bob", ("open: [pay]", "open: [alice]"), "may change .secrets/policy.yaml", "add alice --group boss"),
        ("alice", ("", ""), "takes 2 people with signing keys, and 1 would be left", "asks for fewer approvals"),
        (
            "carol",
            ("open: [team]", "open: [carol]"),
            "nobody else with a key opens staging",
            "add alice --open staging",
        ),
        ("carol", ("open: [pay]", "open: [carol]"), 'opens access group "pay"', "names somebody else under open"),
        ("carol", ("change: [boss]", "change: [carol]"), "may change .secrets/policy.yaml", "under change there"),
    ],
)
def test_the_refusal_says_what_helps(name: str, edit: tuple[str, str], message: str, hint: str) -> None:
    with pytest.raises(Error) as refused:
        principals.removal(parse(POLICY.replace(*edit).encode()), name)
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.fuzz
@given(st.lists(st.sampled_from(["alice", "bob", "carol", "keyless"]), min_size=1, max_size=3, unique=True))
def test_the_edit_makes_the_policy_that_was_judged(leavers: list[str]) -> None:
    text = PolicyEditor(POLICY.encode())
    data = POLICY.encode()
    for name in leavers:
        policy = parse(data)
        try:
            change = principals.removal(policy, name)
        except Error:
            return
        change.edit(text)
        data = text.serialise()
        assert parse(data) == without(policy, name)
