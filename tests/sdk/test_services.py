"""The manifest for programs: what a service gets, overrides left out, and what is missing told at once."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

import gitseal
from gitseal.document.value import text
from gitseal.project.names import parse_name
from gitseal.project.workspace import Workspace
from gitseal.sdk.pydantic_source import GitsealSettingsSource
from gitseal.sealing.local import overrides
from gitseal.usecases.set_ import set_values
from tests.sdk.test_pydantic import Sealed
from tests.sdk.world import PASSWORD, World

MANIFEST = """\
version: 1
secrets:
  DB_PASSWORD: {required: true}
  PORT: {type: port}
services:
  worker: {include: ["DB_*"]}
  api:
    import: [worker]
    env:
      URL: postgres://shop:${secret:DB_PASSWORD|urlencode}@db/${env:REGION}
      WORKERS: 4
"""


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("REGION", "eu")
    (world.top / ".secrets/manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    world.set(DB_PASSWORD=PASSWORD + "@", OTHER="o", PORT="8080", api__TOKEN="t", worker__QUEUE="q")
    return world


def test_a_service_gets_what_the_manifest_gives_it(shop: World) -> None:
    secrets = gitseal.load("production", service="api")

    assert set(secrets) == {"URL", "WORKERS", "TOKEN", "DB_PASSWORD", "QUEUE"}
    assert secrets["TOKEN"].reveal() == "t"
    assert secrets["WORKERS"].reveal(int) == 4
    assert secrets["URL"].reveal() == f"postgres://shop:{PASSWORD}%40@db/eu"
    assert repr(secrets) == "Secrets(.secrets/production.yaml, 5 names of service api)"
    assert PASSWORD not in repr(secrets["URL"])
    assert "OTHER" not in secrets
    with pytest.raises(gitseal.Missing, match=r'^service api has no "OTHER"'):
        secrets["OTHER"]


def test_a_service_that_is_not_declared_is_said_at_once(shop: World) -> None:
    with pytest.raises(gitseal.Error, match='declares no service "apo"'):
        gitseal.load("production", service="apo")


def test_a_reference_that_leads_nowhere_stops_its_own_value_alone(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGION")

    secrets = gitseal.load("production", service="api")

    assert secrets["TOKEN"].reveal() == "t"
    with pytest.raises(gitseal.Error, match='"REGION", which is not set') as told:
        secrets["URL"].reveal()
    assert PASSWORD not in str(told.value)


def test_no_identity_variable_is_taken_into_a_value(shop: World) -> None:
    path = shop.top / ".secrets/manifest.yaml"
    path.write_text(MANIFEST.replace("REGION", "GITSEAL_IDENTITY"), encoding="utf-8")

    with pytest.raises(gitseal.Error, match="leads to an identity"):
        gitseal.load("production", service="api")["URL"].reveal()


def test_check_tells_everything_at_once_and_no_value(shop: World) -> None:
    gitseal.load("production").check()
    gitseal.load("production", service="api").check()
    shop.set("staging", PORT=PASSWORD, OTHER="${MISSING}")

    with pytest.raises(gitseal.Error) as told:
        gitseal.load("staging").check()

    assert all(words in str(told.value) for words in ('"DB_PASSWORD" is required', '"PORT" is not a port'))
    assert PASSWORD not in str(told.value) + repr(told.value)


def test_overrides_of_this_machine_can_be_left_out(shop: World) -> None:
    subprocess.run(["git", "add", ".gitignore"], cwd=shop.top, check=True)
    project = gitseal.load("staging")._project
    shop.set("staging", OTHER="shared")
    own = overrides(Workspace(project, shop.keyring), "staging", make=True)
    set_values(Workspace(own, shop.keyring), (own.name,), {parse_name("OTHER"): text("mine")})

    assert gitseal.load("staging")["OTHER"].reveal() == "mine"
    assert gitseal.load("staging", local=False)["OTHER"].reveal() == "shared"


def test_the_manifest_of_a_revision_counts_for_it(shop: World) -> None:
    shop.commit("v1")
    (shop.top / ".secrets/manifest.yaml").write_text("version: 1\n", encoding="utf-8")

    assert gitseal.load("production", service="api", rev="v1")["TOKEN"].reveal() == "t"
    with pytest.raises(gitseal.Error, match="declares no service"):
        gitseal.load("production", service="api")


def test_settings_are_those_of_a_service(shop: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Settings(Sealed):
        token: str
        workers: int

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_others: Any, **_named: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (GitsealSettingsSource(settings_cls, "production", service="api", path=shop.top, local=False),)

    monkeypatch.chdir(tmp_path)
    settings = Settings()  # type: ignore[call-arg]

    assert (settings.token, settings.workers) == ("t", 4)
