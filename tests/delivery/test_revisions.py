"""Revisions: another number if the value is another, the same number otherwise, and nothing to learn from."""

from pathlib import Path

import pytest

from gitseal.delivery.outgoing import outgoing
from gitseal.delivery.request import Request
from gitseal.delivery.revisions import revisions
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.usecases import rekey
from tests.world import World, start

MANIFEST = """\
version: 1
services:
  shop:
    include: [PORT]
    env:
      URL: postgres://shop:${secret:PASSWORD}@db
      REGION: ${env:REGION}
"""


@pytest.fixture
def world(repo: Path) -> World:
    world = start(repo, "production", "staging")
    world.set(PASSWORD="hush", api__TOKEN="t0ken", PORT=TypedValue(ValueType.INTEGER, b"8080"))
    return world


def of(world: World, service: str = "", environment: str = "production", **variables: str) -> dict[str, int]:
    opened = OpenedEnvironment(world.project, environment, world.keyring)
    request = Request(service=service, variables=variables, excepted=() if variables else ("REGION",))
    going = outgoing(opened, request, with_sections=True)
    return {"/".join(path): number for path, number in revisions(opened, service, going).items()}


def test_a_revision_changes_exactly_if_the_value_does(world: World) -> None:
    before = of(world)
    assert of(world) == before
    world.set(PASSWORD="other")
    after = of(world)
    assert {name for name in before if before[name] != after[name]} == {"PASSWORD"}
    world.set(PASSWORD="hush")
    assert of(world) == before
    # Of another type it goes out as another value to some readers.
    world.set(PORT="8080")
    assert of(world)["PORT"] != before["PORT"]


def test_equal_values_have_different_revisions_and_json_holds_all(world: World) -> None:
    world.set("production,staging", **{f"N{number}": "equal" for number in range(50)})
    numbers = {**of(world), **{f"staging {name}": number for name, number in of(world, environment="staging").items()}}
    assert len(set(numbers.values())) == len(numbers) == 103
    assert all(0 <= number < 2**48 and int(float(number)) == number for number in numbers.values())


def test_a_new_data_key_gives_new_revisions(world: World) -> None:
    """Otherwise they would follow from less than the data key, and whoever left could go on trying guesses."""
    before = of(world)
    workspace = Workspace(world.project, world.keyring)
    rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",), rotate=True))
    assert not set(before.values()) & set(of(world).values())


def test_a_composed_value_follows_each_of_its_parts(world: World) -> None:
    manifest = world.top / ".secrets/manifest.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    before = of(world, "shop")
    assert before.keys() == {"URL", "PORT"}
    world.set(PASSWORD="other")
    after = of(world, "shop")
    assert after["URL"] != before["URL"]
    assert after["PORT"] == before["PORT"]
    manifest.write_text(MANIFEST.replace("@db", "@db2"), encoding="utf-8")
    assert of(world, "shop")["URL"] != after["URL"]


def test_a_secret_of_this_machine_alone_has_none(world: World) -> None:
    """Without a key a revision of it would be a digest by which anybody could try guesses."""
    (world.top / ".secrets/manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    with pytest.raises(Error, match='"REGION" has no revision'):
        of(world, "shop", REGION="eu")


def test_a_plain_value_has_a_revision_too(world: World) -> None:
    policy = world.top / ".secrets/policy.yaml"
    policy.write_text(policy.read_text() + "rules:\n  - names: [LEVEL]\n    plain: true\n", encoding="utf-8")
    file = world.top / ".secrets/production.yaml"
    sealed = file.read_text()
    file.write_text(f"LEVEL: info\n\n{sealed}")
    number = of(world)["LEVEL"]
    assert of(world)["LEVEL"] == number
    file.write_text(f"LEVEL: debug\n\n{sealed}")
    assert of(world)["LEVEL"] != number
