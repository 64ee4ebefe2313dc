"""The two warnings about cloud keys: of one that opens two environments, and of an access group that only machines open."""

import json
from pathlib import Path

from gitseal.audit.check.check import check
from tests.world import World, start

VECTORS = json.loads((Path(__file__).parents[2] / "recipients/kms-vectors.json").read_text())
KEY, OTHER, *_ = (vector["recipient"] for vector in VECTORS)
RULES = {"shared-cloud-key", "machines-only"}


def warned(world: World, policy: str) -> dict[str, str]:
    path = world.top / ".secrets/policy.yaml"
    before = path.read_text()
    alice = before.partition("recipients:\n")[2].partition("environments:")[0]
    path.write_text(before.partition("recipients:\n")[0] + "recipients:\n" + alice.partition("groups:")[0] + policy)
    found = {one.rule: str(one.message) for one in check(world.project) if one.rule in RULES}
    assert all(one.severity == "warning" for one in check(world.project) if one.rule in RULES)
    path.write_text(before)
    return found


def machine(name: str, *keys: str) -> str:
    return f"  {name}:\n    kind: machine\n    keys: [{', '.join(keys)}]\n"


def test_one_cloud_key_in_two_environments(repo: Path) -> None:
    world = start(repo)
    environments = "environments:\n  development: {open: [alice, a]}\n  production: {open: [alice, b]}\n"
    assert warned(world, machine("a", KEY) + machine("b", OTHER) + environments) == {}
    # The same key under another locator, as one machine's or as two machines'.
    other = KEY.replace("@1", "@2")
    message = warned(world, machine("a", KEY) + machine("b", other) + environments)["shared-cloud-key"]
    assert "development and production" in message
    assert "vault:" in message
    one = environments.replace("[alice, b]", "[alice, a]")
    assert "a opens development and production" in warned(world, machine("a", KEY) + one)["shared-cloud-key"]
    # By a rule, too.
    rule = "rules:\n  - {names: [X_*], environments: [production], access: other, open: [alice, a]}\n"
    by_rule = environments.replace("[alice, b]", "[alice]") + rule
    assert "shared-cloud-key" in warned(world, machine("a", KEY) + by_rule)
    # Whoever opens an environment has to open what it extends.
    extends = (
        "environments:\n  development: {open: [alice, a]}\n  production: {open: [alice, a], extends: development}\n"
    )
    assert warned(world, machine("a", KEY) + extends) == {}


def test_an_access_group_of_machines_alone(repo: Path) -> None:
    world = start(repo)
    environments = "environments:\n  development: {open: [alice]}\n  production: {open: [a]}\n"
    message = warned(world, machine("a", KEY) + environments)["machines-only"]
    assert 'only machines (a) may open access group "default" in production' in message
    assert warned(world, machine("a", KEY) + environments.replace("[a]", "[a, alice]")) == {}
