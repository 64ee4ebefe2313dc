"""The keys that prove marks: those that the name had on the branch itself, unwrapped only if they are not at hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.cli.main import main
from gitseal.crypto.composed_key import ComposedKey
from gitseal.delivery.publishing import source, values
from gitseal.delivery.publishing.mark import Mark
from gitseal.delivery.publishing.mark_keys import KeysAt
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


def marked(world: World, commit: str, key: str) -> Mark:
    """A mark of production; whoever can write to a store, or to its record, can name any commit and key in one."""
    return Mark(world.project.read("production").header.id, "shop", commit, key, "A" * 43)


def key_id(world: World, environment: str, group: str = "default") -> str:
    return world.project.read(environment).header.access[group].key_id


def test_a_key_that_the_values_have_is_not_unwrapped_again(world: World) -> None:
    tip = at_tip(world)
    wanted = values.wanted(tip, "production", world.keyring).values
    keys = KeysAt(tip, "production", NO_IDENTITIES, wanted)
    for name, desired in wanted.items():
        assert desired.key is not None
        assert keys(marked(world, tip.commit, desired.key.key_id), name) is desired.key
        elsewhere = marked(world, "0" * 40, desired.key.key_id)
        assert keys(elsewhere, name) is None
        assert "is not in this clone" in keys.why_none(elsewhere, name)
        assert not keys.former([elsewhere._replace(publisher="f" * 33)], elsewhere.publisher)


def test_the_key_of_another_name_proves_nothing(world: World) -> None:
    tip = at_tip(world)
    wanted = values.wanted(tip, "production", world.keyring).values
    keys = KeysAt(tip, "production", world.keyring, wanted)
    base, own = (key_id(world, name) for name in ("base", "production"))
    assert keys(marked(world, tip.commit, own), "OWN") is not None
    # Whoever opens what the environment extends says nothing about what is its own, or what is nowhere.
    assert keys(marked(world, tip.commit, base), "OWN") is None
    assert keys(marked(world, tip.commit, base), "THEIRS") is None
    assert keys(marked(world, tip.commit, own), "THEIRS") is None
    assert keys(marked(world, tip.commit, own), "INHERITED") is None


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
    keys = KeysAt(now, "production", world.keyring, wanted)
    then = marked(world, tip.commit, inherited.key_id)
    found = keys(then, "INHERITED")
    assert found is not None
    assert found.key_id == inherited.key_id
    assert keys(then._replace(key="k" + "0" * 32), "INHERITED") is None
    assert KeysAt(now, "production", NO_IDENTITIES, wanted)(then, "INHERITED") is None


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
    then = marked(world, first, old.key_id)
    found = KeysAt(tip, "production", world.keyring, now)(then, "URL")
    assert found is not None
    assert found.published_mac("x") == old.published_mac("x")
    # It is of that commit alone, and nobody has it who opens one of the two groups.
    assert KeysAt(tip, "production", world.keyring, now)(then._replace(commit=tip.commit), "URL") is None
    for keyring in (NO_IDENTITIES, keyring_of(bob.text.reveal().decode())):
        lacking = KeysAt(tip, "production", keyring, now)
        assert lacking(then, "URL") is None


def branch_off(world: World, change: Callable[[], None]) -> tuple[str, str]:
    """A change on a side branch, and its data key of production there; the side takes all back before it is merged."""
    main = programs.git(world.top, "symbolic-ref", "--short", "HEAD").strip()
    programs.git(world.top, "checkout", "-q", "-b", "side")
    change()
    made, key = commit(world, "X"), key_id(world, "production")
    programs.git(world.top, "revert", "--no-edit", "HEAD")
    programs.git(world.top, "checkout", "-q", main)
    programs.git(world.top, "merge", "-q", "--no-ff", "-m", "merged", "side")
    return made, key


def rotate(world: World, environment: str) -> None:
    workspace = Workspace(world.project, world.keyring)
    rekey.apply(workspace, (environment,), rekey.plan(workspace, (environment,), rotate=True))


def test_a_side_that_took_all_back_brings_no_key(world: World) -> None:
    side, key = branch_off(world, lambda: rotate(world, "production"))
    tip = at_tip(world)
    wanted = values.wanted(tip, "production", world.keyring).values
    keys = KeysAt(tip, "production", world.keyring, wanted)
    own = key_id(world, "production")
    assert key != own
    assert keys(marked(world, side, key), "OWN") is None
    # What was published from there before it was merged, under the key that stayed, is proven.
    assert keys(marked(world, side, own), "OWN") is not None
    assert keys(marked(world, tip.commit, own), "OWN") is not None


def test_only_a_file_that_the_branch_published_there_was_its_own_once(world: World) -> None:
    first = programs.git(world.top, "rev-parse", "HEAD").strip()
    production, base = (marked(world, first, key_id(world, name)) for name in ("production", "base"))
    base = base._replace(publisher=world.project.read("base").header.id)
    assert main(["env", "add", "live"]) == 0
    for name in ("base", "production"):
        (world.top / ".secrets" / f"{name}.yaml").unlink()
    commit(world, "live in place of production")
    tip = at_tip(world)
    live = world.project.read("live").header.id
    marks = [production, base, production._replace(target="other"), production._replace(publisher=live)]
    for number, one in enumerate(marks):
        former = KeysAt(tip, "live", world.keyring, {}).former([one], live)
        assert former == (frozenset({production.publisher}) if number == 0 else frozenset())
    assert KeysAt(tip, "live", world.keyring, {})(production, "OWN") is not None
