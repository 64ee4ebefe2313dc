"""Which stores have what a leak or a leaving concerns: by the policy alone, and no store is asked."""

from pathlib import Path

import pytest

from gitseal.audit.exposure.leaving import leaving
from gitseal.audit.exposure.leaving_page import as_object, page_of
from gitseal.audit.exposure.stores import PublishedNames
from gitseal.audit.impact import impact_page
from gitseal.stores import table
from gitseal.usecases import impact
from tests import programs
from tests.world import World, start

TARGETS = """\
publish:
  all: {environments: [production], to: "vault:secret/all"}
  api: {environments: [production, development], to: "vault:secret/api/{environment}", service: api}
"""
MANIFEST = """\
version: 1
services:
  api:
    include: [SHARED]
    env: {DATABASE_URL: "postgres://${secret:PASSWORD}@db"}
"""


@pytest.fixture
def world(repo: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    def refuse(*_: object) -> None:
        raise AssertionError("a store is asked")

    monkeypatch.setattr(table, "open_store", refuse)
    world = start(repo)
    policy = repo / ".secrets" / "policy.yaml"
    text = policy.read_text().replace("  production:\n", "  production:\n    extends: development\n")
    policy.write_text(text + TARGETS)
    (repo / ".secrets" / "manifest.yaml").write_text(MANIFEST)
    world.set("development", SHARED="hush-shared", OLD="hush-old")
    world.set("production", PASSWORD="hush-password", worker__TOKEN="hush-token")
    programs.git(repo, "add", "-A")
    programs.git(repo, "commit", "-qm", "start")
    return world


def places(world: World, environment: str, name: str) -> list[str]:
    names = [("development", "SHARED"), ("production", "PASSWORD"), ("production", "worker/TOKEN")]
    return [store.place for store in PublishedNames(world.project, names).stores((environment, name))]


def test_a_name_goes_where_its_environment_and_those_that_extend_it_go(world: World) -> None:
    everywhere = ["vault:secret/all", "vault:secret/api/production", "vault:secret/api/development"]
    assert places(world, "development", "SHARED") == everywhere
    assert places(world, "production", "PASSWORD") == ["vault:secret/all", "vault:secret/api/production"]
    assert places(world, "production", "worker/TOKEN") == []
    assert places(world, "development", "GONE") == ["vault:secret/all"]


def test_a_manifest_that_does_not_say_leaves_no_store_out(world: World) -> None:
    (world.top / ".secrets" / "manifest.yaml").write_text("version: 1\n")
    assert "vault:secret/api/production" in places(world, "production", "PASSWORD")


def test_who_leaves_knows_what_these_stores_have(world: World) -> None:
    told = leaving(world.project, "alice")
    stores = as_object(told)["stores"]
    assert stores == [
        {"target": "all", "environment": "production", "place": "vault:secret/all", "names": ["OLD", "SHARED", "PASSWORD"]},
        {"target": "api", "environment": "production", "place": "vault:secret/api/production", "names": ["SHARED", "PASSWORD"]},
        {"target": "api", "environment": "development", "place": "vault:secret/api/development", "names": ["SHARED"]},
    ]  # fmt: skip
    (table_of_stores,) = (part for part in page_of(told).tables if "Stores that have these" in str(part.title))
    assert len(table_of_stores.rows) == 3


def test_a_leak_concerns_these_stores(world: World) -> None:
    told = impact.of_value(world.project, world.keyring, b"hush-password")
    (value,) = told.values
    assert [store.target for store in value.stores] == ["all", "api"]
    assert impact_page.as_object(told)["values"][0]["stores"][0]["place"] == "vault:secret/all"  # type: ignore[index]
