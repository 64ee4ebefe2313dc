"""Data keys of past commits: found wherever they were, and unwrapped only if they are not at hand."""

from pathlib import Path

import pytest

from gitseal.crypto.composed_key import ComposedKey
from gitseal.delivery.publishing import source, values
from gitseal.delivery.publishing.planning import Desired
from gitseal.delivery.publishing.source import Source
from gitseal.identities import NO_IDENTITIES
from gitseal.policy.target import PublishTarget
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases import rekey
from tests import programs
from tests.world import World, keyring_of, start

TARGET = 'publish:\n  shop: {environments: [production], to: "vault:a/b"}\n'


@pytest.fixture
def world(repo: Path) -> World:
    world = start(repo, "base", "production")
    policy = repo / ".secrets" / "policy.yaml"
    extending = policy.read_text().replace("  production:\n", "  production:\n    extends: base\n")
    policy.write_text(extending + TARGET)
    world.set("base", INHERITED="hush-base")
    world.set("production", OWN="hush-own")
    commit(world, "start")
    programs.git(repo, "config", "gitseal.trust", programs.git(repo, "symbolic-ref", "HEAD").strip())
    return world


def commit(world: World, message: str) -> str:
    programs.git(world.top, "add", "-A")
    programs.git(world.top, "commit", "-qm", message)
    return programs.git(world.top, "rev-parse", "HEAD").strip()


def at_tip(world: World) -> Source:
    return source.at_tip(world.project, PublishTarget("shop", ("production",), "vault:a/b"))


def test_a_key_that_the_values_have_is_not_unwrapped_again(world: World) -> None:
    tip = at_tip(world)
    wanted = values.wanted(tip, "production", world.keyring).values
    keys = values.KeysAt(tip, "production", NO_IDENTITIES, wanted)
    for desired in wanted.values():
        assert desired.key is not None
        assert keys(tip.commit, desired.key.key_id) is desired.key
    assert keys("0" * 40, next(iter(wanted.values())).key.key_id) is None  # type: ignore[union-attr]


def test_a_key_of_what_an_environment_extended_once_is_found(world: World) -> None:
    tip = at_tip(world)
    inherited = values.wanted(tip, "production", world.keyring).values["INHERITED"].key
    assert inherited is not None
    policy = world.top / ".secrets" / "policy.yaml"
    policy.write_text(policy.read_text().replace("    extends: base\n", ""))
    commit(world, "alone")
    now = at_tip(world)
    wanted = values.wanted(now, "production", world.keyring).values
    assert list(wanted) == ["OWN"]
    keys = values.KeysAt(now, "production", world.keyring, wanted)
    found = keys(tip.commit, inherited.key_id)
    assert found is not None
    assert found.key_id == inherited.key_id
    assert keys(tip.commit, "k" + "0" * 32) is None
    assert values.KeysAt(now, "production", NO_IDENTITIES, wanted)(tip.commit, inherited.key_id) is None


COMPOSED = """version: 1

services:
  api:
    env: {URL: "postgres://${secret:DB_USER}:${secret:DB_PASSWORD}@db/app"}
"""


def test_the_key_of_a_composed_text_of_the_past_is_found_after_a_rekey(repo: Path) -> None:
    world, bob = start(repo, "production"), x25519.generate()
    policy = repo / ".secrets" / "policy.yaml"
    text = (
        policy.read_text()
        .replace("\ngroups:", f'  bob:\n    keys: ["{bob.recipient}"]\n\ngroups:')
        .replace("[alice]", "[alice, bob]")
    )
    serving = TARGET.replace('b"}', 'b", service: api}')
    policy.write_text(f"{text}\nrules:\n  - names: [DB_PASSWORD]\n    open: [alice]\n    access: secretive\n{serving}")
    world.set(DB_USER="app", DB_PASSWORD="hush")
    (repo / ".secrets" / "manifest.yaml").write_text(COMPOSED)
    first = commit(world, "start")
    programs.git(repo, "config", "gitseal.trust", programs.git(repo, "symbolic-ref", "HEAD").strip())
    target = PublishTarget("shop", ("production",), "vault:a/b", "api")

    def wanted() -> tuple[Source, dict[str, Desired]]:
        tip = source.at_tip(world.project, target)
        return tip, values.wanted(tip, "production", world.keyring).values

    old = wanted()[1]["URL"].key
    assert isinstance(old, ComposedKey)
    workspace = Workspace(world.project, world.keyring)
    rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",), rotate=True))
    commit(world, "new data keys")
    tip, now = wanted()
    assert now["URL"].key is not None
    assert now["URL"].key.key_id != old.key_id
    found = values.KeysAt(tip, "production", world.keyring, now)(first, old.key_id)
    assert found is not None
    assert found.published_mac("x") == old.published_mac("x")
    # It is of that commit alone, and nobody has it who opens one of the two groups.
    assert values.KeysAt(tip, "production", world.keyring, now)(tip.commit, old.key_id) is None
    for keyring in (NO_IDENTITIES, keyring_of(bob.text.reveal().decode())):
        lacking = values.KeysAt(tip, "production", keyring, now)
        assert lacking(first, old.key_id) is None
