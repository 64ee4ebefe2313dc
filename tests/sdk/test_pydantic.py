"""Settings from an environment, by the real pydantic-settings."""

import os
import traceback
from enum import Enum
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

import gitseal
from gitseal.recipients import x25519
from gitseal.sdk.pydantic_source import GitsealSettingsSource
from tests.sdk.world import PASSWORD, TYPED, World


class Api(BaseModel):
    token: SecretStr
    depth: int = 1


class Sealed(BaseSettings):
    """What the settings below have in common: variables first, then `production`."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, env_nested_delimiter="__")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, GitsealSettingsSource(settings_cls, "production")


class Settings(Sealed):
    database_url: SecretStr
    port: int = 80
    debug: bool = False
    hosts: list[str] = []
    api: Api | None = None


def make(settings: type[Sealed] = Settings, **given: Any) -> Any:
    return settings(**given)


def test_fields_get_the_values_of_their_names(world: World) -> None:
    world.set(DATABASE_URL=PASSWORD, PORT=TYPED["INTEGER"], DEBUG="yes", HOSTS='["a", "b"]', OTHER="x", api__TOKEN="t")

    settings = make()

    assert settings.database_url.get_secret_value() == PASSWORD
    assert settings.port == 8080
    assert settings.debug is True
    assert settings.hosts == ["a", "b"]
    assert settings.api.token.get_secret_value() == "t"
    assert PASSWORD not in repr(settings)


def test_null_and_what_is_not_there_leave_the_default(world: World) -> None:
    world.set(DATABASE_URL="d", PORT=TYPED["NULL"])

    assert make().port == 80
    assert make().api is None


def test_prefix_alias_and_case_are_pydantics_own(world: World) -> None:
    class Prefixed(Sealed):
        model_config = SettingsConfigDict(env_prefix="APP_", case_sensitive=True)
        PORT: int
        url: str = Field(validation_alias=AliasChoices("PRIMARY_URL", "URL"))
        token: str = Field(alias="api/TOKEN")

    world.set(APP_PORT="1", app_PORT="2", URL="u", api__TOKEN="t")

    settings = make(Prefixed)

    assert (settings.PORT, settings.url, settings.token) == (1, "u", "t")


def test_a_nested_model_can_be_one_json_value(world: World) -> None:
    class Nested(Sealed):
        api: Api

    world.set(API='{"token": "t", "depth": 3}')

    assert make(Nested).api.depth == 3


def test_what_a_nearer_source_gives_is_not_even_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(DATABASE_URL="sealed", api__TOKEN="sealed", api__DEPTH="5")
    monkeypatch.setenv("GITSEAL_IDENTITY", x25519.generate().text.reveal().decode())
    monkeypatch.setenv("DATABASE_URL", "from the variable")

    with pytest.raises(gitseal.Error, match="no identity at hand opens"):
        make()
    monkeypatch.setenv("API__TOKEN", "t")
    with pytest.raises(gitseal.Error, match='"api/DEPTH"'):
        make()
    monkeypatch.setenv("API__DEPTH", "6")
    settings = make()

    assert settings.database_url.get_secret_value() == "from the variable"
    assert settings.api.depth == 6
    assert make(database_url="given").database_url.get_secret_value() == "given"


def test_sources_are_laid_over_each_other_within_a_section(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(DATABASE_URL="d", api__TOKEN="sealed", api__DEPTH="5")
    monkeypatch.setenv("API__DEPTH", "6")

    settings = make()

    assert (settings.api.token.get_secret_value(), settings.api.depth) == ("sealed", 6)


def test_names_without_a_field_are_not_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(OTHER="sealed", api_other__TOKEN="sealed", portal="sealed")
    monkeypatch.setenv("GITSEAL_IDENTITY", x25519.generate().text.reveal().decode())
    monkeypatch.setenv("DATABASE_URL", "d")

    assert make().port == 80


class Anywhere(Sealed):
    database_url: SecretStr
    port: int = 80

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return named["env_settings"], GitsealSettingsSource(settings_cls)


def test_where_variables_give_all_no_folder_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValidationError, match="Field required"):
        make(Anywhere)
    monkeypatch.setenv("DATABASE_URL", "d")

    assert make(Anywhere).port == 80

    monkeypatch.setenv("GITSEAL_ENV", "production")
    with pytest.raises(gitseal.Error, match=r"there is no \.secrets"):
        make(Anywhere)


def test_the_environment_is_that_of_the_variable(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set("staging", DATABASE_URL="of staging")
    monkeypatch.setenv("GITSEAL_ENV", "staging")

    assert make(Anywhere).database_url.get_secret_value() == "of staging"


def test_any_revision_and_folder_and_identity_serve(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.set(DATABASE_URL="released")
    world.commit("v1")
    world.set(DATABASE_URL="newer")
    file = tmp_path / "identity.txt"
    file.write_text(os.environ["GITSEAL_IDENTITY"], encoding="utf-8")
    monkeypatch.delenv("GITSEAL_IDENTITY")
    monkeypatch.chdir("/")

    source = GitsealSettingsSource(Settings, "production", rev="v1", path=world.top, identity=file)

    assert source()["database_url"] == "released"


def test_a_class_whose_errors_would_show_values_is_refused(world: World) -> None:
    class Careless(Sealed):
        model_config = SettingsConfigDict(hide_input_in_errors=False)
        token: str

    with pytest.raises(gitseal.Error, match='errors of "Careless" would show values') as raised:
        make(Careless)

    assert "hide_input_in_errors=True" in raised.value.hint


def test_errors_of_pydantic_do_not_show_values(world: World) -> None:
    class Strict(Sealed):
        port: int
        api: Api
        absent: str

    world.set(PORT=PASSWORD, api__DEPTH=PASSWORD)

    with pytest.raises(ValidationError) as raised:
        make(Strict)

    assert raised.value.error_count() == 4
    assert PASSWORD not in str(raised.value)
    assert PASSWORD not in repr(raised.value)


def test_what_is_no_json_is_said_without_being_shown(world: World) -> None:
    class Lists(Sealed):
        hosts: list[str]

    world.set(HOSTS=PASSWORD)

    with pytest.raises(gitseal.Error, match='field "hosts"') as raised:
        make(Lists)

    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    assert PASSWORD not in "".join(shown.format())
    assert raised.value.__context__ is None


def test_a_union_falls_to_its_text(world: World) -> None:
    class Either(Sealed):
        hosts: list[str] | str

    world.set(HOSTS="one.example.com")

    assert make(Either).hosts == "one.example.com"


def test_the_source_shows_no_value_and_keeps_none(world: World) -> None:
    world.set(DATABASE_URL=PASSWORD)
    source = GitsealSettingsSource(Settings, "production")
    assert source()["database_url"] == PASSWORD

    assert repr(source) == f"{source}" == "GitsealSettingsSource(production)"
    assert PASSWORD not in repr(vars(source))


SETTINGS_OF_VARIABLES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"env_nested_delimiter": "__"}, {"API__TOKEN": "t", "API__DEPTH": "2"}),
    ({"env_nested_delimiter": "_", "env_nested_max_split": 1}, {"API_TOKEN": "t", "API_DEPTH": "2"}),
    ({"env_parse_none_str": "null"}, {"NOTE": "null"}),
    ({"env_parse_none_str": "null"}, {"NOTE": "none"}),
    ({"env_ignore_empty": True}, {"PORT": "", "NOTE": ""}),
    ({"env_ignore_empty": True, "env_nested_delimiter": "__"}, {"API__TOKEN": "t", "API__DEPTH": ""}),
    ({}, {"NOTE": ""}),
    ({"env_prefix": "APP_", "case_sensitive": True}, {"APP_note": "n", "app_note": "m"}),
    ({"env_parse_enums": True}, {"COLOUR": "RED"}),
]


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(("config", "variables"), SETTINGS_OF_VARIABLES)
def test_the_settings_for_variables_hold_for_names(
    world: World, monkeypatch: pytest.MonkeyPatch, config: dict[str, Any], variables: dict[str, str]
) -> None:
    class Variables(BaseSettings):
        model_config = cast("SettingsConfigDict", {"hide_input_in_errors": True, **config})
        port: int = 80
        note: str | None = "default"
        api: Api | None = None
        colour: Colour | None = None

    class Names(Variables):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            *_sources: PydanticBaseSettingsSource,
            **_named: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (GitsealSettingsSource(settings_cls, "production"),)

    world.set_flat(variables)
    for name, content in variables.items():
        monkeypatch.setenv(name, content)

    assert Names().model_dump() == Variables().model_dump()


def test_two_spellings_of_one_name_are_refused(world: World) -> None:
    world.set(DATABASE_URL="d", api__TOKEN="t")
    world.set_flat({"API__TOKEN": "other"})

    with pytest.raises(gitseal.Error, match='"API__TOKEN" and "api/TOKEN" are one name'):
        make()
