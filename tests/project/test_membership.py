"""What somebody is to a project: a stranger, somebody who waits for a rekey, a member; and who can let them in."""

from pathlib import Path

from gitseal.identities import NO_IDENTITIES
from gitseal.policy import parser
from gitseal.project.membership import group_to_join, membership
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases.recipient import add_recipient
from tests.world import keyring_of, start


def test_a_member(repo: Path) -> None:
    world = start(repo)
    me = membership(world.project, world.keyring)
    assert (me.name, me.opens, me.waits, me.admits) == ("alice", ("development", "production"), (), ())


def test_nobody(repo: Path) -> None:
    world = start(repo)
    me = membership(world.project, NO_IDENTITIES)
    assert (me.recipient, me.is_known, me.name, me.opens, me.admits) == ("", False, "", (), ("alice",))


def test_a_stranger_and_then_somebody_who_waits(repo: Path) -> None:
    world = start(repo)
    bob = x25519.generate()
    keyring = keyring_of(bob.text.reveal().decode())
    stranger = membership(world.project, keyring)
    assert (stranger.recipient, stranger.name, stranger.opens, stranger.waits) == (bob.recipient, "", (), ())
    assert group_to_join(world.project.policy) == "team"

    add_recipient(
        Workspace(world.project, world.keyring), "bob", [bob.recipient], groups=["team"], email="bob@example.com"
    )
    waiting = membership(world.project, keyring)
    assert (waiting.name, waiting.opens, waiting.waits) == ("bob", (), ("development", "production"))
    assert waiting.admits == ("alice",)
    assert membership(world.project, NO_IDENTITIES).admits == ("alice", "bob <bob@example.com>")


def test_whoever_may_change_the_policy_lets_in(repo: Path) -> None:
    world = start(repo)
    path = repo / ".secrets/policy.yaml"
    before = path.read_text()
    key = x25519.generate().recipient
    text = (
        before.replace("recipients:\n", f'recipients:\n  rita:\n    keys: ["{key}"]\n') + "policy: {change: [rita]}\n"
    )
    path.write_text(text)
    assert membership(world.project, NO_IDENTITIES).admits == ("rita",)


def test_no_group_is_named_if_there_are_several() -> None:
    key = x25519.generate().recipient
    policy = parser.parse(
        f"version: 1\nrecipients:\n  a: {{keys: [{key}]}}\ngroups: {{one: [a], two: [a]}}\n"
        "environments:\n  p: {open: [one]}\n  d: {open: [two]}\n".encode()
    )
    assert group_to_join(policy) == ""
