"""Each finding of `check`, once, for exactly one thing that is wrong; and none where nothing is."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.check.check import check
from gitseal.document.value import text
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases import rekey
from gitseal.usecases.recipient import add_recipient, remove_recipient
from gitseal.usecases.set_ import set_values
from tests.world import World, keyring_of, start

KEY = x25519.generate().recipient


@pytest.fixture
def world(repo: Path) -> World:
    world = start(repo)
    world.set("development,production", A="hush1", B="hush2")
    return world


def path_of(world: World, stem: str = "production") -> Path:
    return world.top / ".secrets" / f"{stem}.yaml"


def edit(world: World, stem: str, old: str, new: str) -> None:
    path = path_of(world, stem)
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


def policy(old: str, new: str) -> Callable[[World], None]:
    return lambda world: edit(world, "policy", old, new)


def rules(lines: str) -> Callable[[World], None]:
    def add(world: World) -> None:
        with path_of(world, "policy").open("a") as file:
            file.write(f"rules:\n{lines}\n")

    return add


def plain_by_hand(world: World) -> None:
    with path_of(world).open("r+") as file:
        content = file.read()
        file.seek(0)
        file.write(content.replace("\nA:\n", "\nPLAIN: info\n\nA:\n", 1))


def replaced_key(world: World) -> None:
    """A value from before a rekey, as a bad merge brings it back."""
    old = re.findall(r"ENC\[.*\]", path_of(world).read_text())[0]
    add_recipient(Workspace(world.project, world.keyring), "bob", [KEY], groups=["team"])
    rekeyed(world)
    remove_recipient(world.project, "bob")
    rekeyed(world)
    edit(world, "production", re.findall(r"ENC\[.*\]", path_of(world).read_text())[0], old)


def rekeyed(world: World) -> None:
    both = ("development", "production")
    rekey.apply(
        Workspace(world.project, world.keyring), both, rekey.plan(Workspace(world.project, world.keyring), both)
    )


def moved_group(world: World) -> None:
    rules("  - names: [B]\n    environments: [production]\n    open: [alice]\n    access: payments")(world)


def not_canonical(world: World) -> None:
    token = re.findall(r"ENC\[.*\]", path_of(world).read_text())[0]
    edit(world, "production", token, token[:-3] + ("B" if token[-3] != "B" else "C") + "=]")


def too_short(world: World) -> None:
    token = re.findall(r"ENC\[.*\]", path_of(world).read_text())[0]
    edit(world, "production", token, f"{token.rpartition(',')[0]},AA==]")


def other_stanza(world: World) -> None:
    stanzas = [re.findall(r"STANZA\[v1,[^,]*,(.*)\]", path_of(world, stem).read_text())[0] for stem in ("production",)]
    edit(world, "production", stanzas[0], "YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==")


def attribute(world: World) -> None:
    with (world.top / ".gitattributes").open("a") as file:
        file.write(".secrets/production.yaml -diff\n")


def local_tracked(world: World) -> None:
    path_of(world, "me.local").write_text("A: 1\n")
    subprocess.run(["git", "add", "-f", ".secrets/me.local.yaml"], cwd=world.top, check=True)


def publishes(place: str, more: str = "") -> Callable[[World], None]:
    def add(world: World) -> None:
        with path_of(world, "policy").open("a") as file:
            file.write(f"publish:\n  shop: {{environments: [production], to: '{place}'{more}}}\n")

    return add


CASES: dict[str, tuple[Callable[[World], None], set[str]]] = {
    "nothing": (lambda _: None, set()),
    "no file": (lambda world: path_of(world).unlink(), {"no-file"}),
    "not in the policy": (policy("  production:\n    open: [team]\n", ""), {"no-policy"}),
    "broken policy": (policy("team: [alice]", "team: [alise]"), {"policy"}),
    "a key that is none": (policy("keys: [", 'keys: ["age1nope", '), {"policy"}),
    "malformed": (lambda world: edit(world, "production", "\nA:\n", "\nA: &anchor\n"), {"malformed"}),
    "plain by hand": (plain_by_hand, {"plain-value"}),
    "sealed though a rule says plain": (rules("  - names: [A]\n    plain: true"), {"sealed-though-plain"}),
    "another access group": (moved_group, {"wrong-group"}),
    "under a replaced key": (replaced_key, {"stale"}),
    "not canonical": (not_canonical, {"malformed"}),
    "too short for any value": (too_short, {"malformed"}),
    "someone who may not": (policy("alice:\n", f"bob:\n    keys: [{KEY}]\n  alice:\n"), set()),
    "someone who cannot yet": (
        lambda world: (
            policy("alice:\n", f"bob:\n    keys: [{KEY}]\n  alice:\n")(world),
            policy("team: [alice]", "team: [alice, bob]")(world),
        )[0],
        {"no-stanza"},
    ),
    "a recipient too many": (
        lambda world: edit(world, "production", "        alice:\n", "        mallory:\n"),
        {"unknown-recipient", "no-stanza"},
    ),
    "a stanza that is none": (other_stanza, {"malformed"}),
    "an attribute": (attribute, {"attribute"}),
    "a tracked local file": (local_tracked, {"local-tracked"}),
    "protected and unowned": (policy("  production:\n", "  production:\n    protected: true\n"), {"unowned"}),
    "a signing key that is none": (policy("alice:\n", "alice:\n    signing: [ssh-ed25519 AAAA]\n"), {"policy"}),
    "published to what is there": (publishes("vault:secret/shop"), {"unowned-target"}),
    "published to a kind of store that there is not": (publishes("ftp:x"), {"target", "unowned-target"}),
    "published to a place that means nothing": (publishes("vault:https://a/b"), {"target", "unowned-target"}),
    "published for a service that there is not": (publishes("vault:secret/shop", ", service: api"), {"target", "unowned-target"}),
    "blind to its base": (
        lambda world: (
            policy("alice:\n", f"bob:\n    keys: [{KEY}]\n  alice:\n")(world),
            policy("  production:\n    open: [team]", "  production:\n    extends: development\n    open: [team, bob]")(world),
        )[0],
        {"blind-base", "no-stanza"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_finding(world: World, name: str) -> None:
    breaking, rules_found = CASES[name]
    breaking(world)
    findings = check(world.project)
    assert {finding.rule for finding in findings} == rules_found
    for finding in findings:
        assert finding.message
        assert finding.hint, finding.rule
        assert "hush" not in finding.as_text() + finding.hint
        assert finding.path.startswith(".secrets/")


def test_lines_are_those_of_the_file(world: World) -> None:
    plain_by_hand(world)
    (finding,) = check(world.project)
    assert path_of(world).read_text().splitlines()[finding.line - 1] == "PLAIN: info"
    assert finding.as_text().startswith(f".secrets/production.yaml:{finding.line}")


def test_only_the_environments_asked_for(world: World) -> None:
    plain_by_hand(world)
    assert check(world.project, ("development",)) == []
    assert len(check(world.project, ("production",))) == 1


def test_set_brings_a_stale_value_back_in_order(world: World) -> None:
    replaced_key(world)
    set_values(Workspace(world.project, world.keyring), ("production",), {("A",): text("new")})
    assert check(world.project) == []


def swapped(world: World) -> None:
    """Two tokens change places: structure and key ids are as they should be."""
    content = path_of(world).read_text()
    one, other = re.findall(r"ENC\[.*\]", content)[:2]
    path_of(world).write_text(content.replace(one, "&").replace(other, one).replace("&", other))


def test_an_identity_shows_what_was_moved(world: World) -> None:
    swapped(world)

    assert check(world.project) == []
    first, second = check(world.project, keyring=world.keyring)
    assert (first.rule, first.path, first.line) == ("damaged", ".secrets/production.yaml", 3)
    assert 'holds what was sealed as "B"' in first.message
    assert 'holds what was sealed as "A"' in second.message


def test_values_are_held_against_their_types_where_they_open(world: World) -> None:
    path_of(world, "manifest").write_text("version: 1\nsecrets:\n  A: {type: integer}\n  B: {pattern: ^hush2$}\n")

    assert check(world.project) == []
    found = [(each.rule, each.path, each.message) for each in check(world.project, keyring=world.keyring)]
    assert found == [
        ("type", ".secrets/development.yaml", '"A" is not an integer'),
        ("type", ".secrets/production.yaml", '"A" is not an integer'),
    ]
    assert check(world.project, keyring=keyring_of("none")) == []


def test_what_is_inherited_is_told_once_and_of_bases_alone_nothing(world: World) -> None:
    policy("  production:\n", "  production:\n    extends: development\n")(world)
    rules("  - names: [URL, HOST]\n    plain: true")(world)
    for stem, line in (("development", "URL: x/${secret:HOST}"), ("production", "HOST: h")):
        edit(world, stem, "\nA:\n", f"\n{line}\n\nA:\n")
    assert check(world.project) == []

    edit(world, "production", "HOST: h\n\n", "")
    (finding,) = check(world.project)
    assert (finding.rule, finding.path, finding.line) == ("reference", ".secrets/development.yaml", 3)
    assert finding.message == '"URL" refers to "HOST", which has no value'
