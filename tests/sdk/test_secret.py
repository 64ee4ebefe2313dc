"""One value, declared first and looked up later."""

import os
from pathlib import Path

import pytest

import gitseal
from gitseal.recipients import x25519
from tests.sdk.world import PASSWORD, TYPED, World


@pytest.fixture
def production(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("GITSEAL_ENV", "production")
    return world


def test_nothing_is_looked_up_before_it_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    declared = gitseal.secret("TOKEN")
    world.set(TOKEN="t")
    monkeypatch.setenv("GITSEAL_ENV", "production")
    monkeypatch.chdir(world.top)

    assert declared.reveal() == "t"
    assert declared() == "t"
    assert declared.name == "TOKEN"


def test_what_was_looked_up_is_kept(production: World) -> None:
    production.set(TOKEN="before")
    declared = gitseal.secret("TOKEN")
    assert declared() == "before"

    production.set(TOKEN="after")

    assert declared() == "before"


def test_all_secrets_of_a_process_come_from_one_reading(production: World) -> None:
    production.set(USER="u1", PASSWORD="p1")
    assert gitseal.secret("USER")() == "u1"

    production.set(USER="u2", PASSWORD="p2")

    assert gitseal.secret("PASSWORD")() == "p1"


def test_values_have_the_type_that_was_declared(production: World) -> None:
    production.set(
        PORT="8080", DEBUG="off", RATE="0.5", HOSTS='["a"]', api__KEY="k", RAW=TYPED["BYTES"], N=TYPED["INTEGER"]
    )
    port: gitseal.Secret[int] = gitseal.secret("PORT", type=int)
    hosts = gitseal.secret("HOSTS", type=list)

    assert port() == 8080
    assert gitseal.secret("DEBUG", type=bool)() is False
    assert gitseal.secret("RATE", type=float)() == 0.5
    assert gitseal.secret("RAW", type=bytes)() == b"\xff\x00\xfe"
    assert gitseal.secret("N", type=object)() == 8080
    assert gitseal.secret("api/KEY")() == "k"
    assert hosts() == ["a"]
    hosts().append("b")
    assert hosts() == ["a"], "what one caller changes, another does not get"


def test_a_type_that_is_none_is_said_where_it_is_declared() -> None:
    with pytest.raises(TypeError, match="a value is read as one of"):
        gitseal.secret("PORT", type=complex)


def test_a_default_stands_in_for_what_is_not_there_and_for_null(production: World) -> None:
    production.set(NULL=TYPED["NULL"])

    assert gitseal.secret("ABSENT", default=None)() is None
    assert gitseal.secret("ABSENT", type=int, default=5432)() == 5432
    assert gitseal.secret("NULL", default="d")() == "d"
    with pytest.raises(gitseal.Missing, match='production has no "ABSENT"'):
        gitseal.secret("ABSENT")()
    with pytest.raises(gitseal.Missing, match="is null"):
        gitseal.secret("NULL")()


def test_a_default_hides_no_trouble(production: World, monkeypatch: pytest.MonkeyPatch) -> None:
    production.set(TOKEN=PASSWORD, PORT="http")

    with pytest.raises(gitseal.Error, match="as int"):
        gitseal.secret("PORT", type=int, default=80)()
    monkeypatch.setenv("GITSEAL_IDENTITY", x25519.generate().text.reveal().decode())
    with pytest.raises(gitseal.Error, match="no environment"):
        gitseal.secret("TOKEN", environment="nowhere", default="d")()
    (production.top / "elsewhere").mkdir()
    monkeypatch.chdir(production.top / "elsewhere")
    with pytest.raises(gitseal.Error, match="no identity at hand"):
        gitseal.secret("TOKEN", default="d")()


def test_what_was_wrong_may_be_mended(production: World, monkeypatch: pytest.MonkeyPatch) -> None:
    production.set(TOKEN="t")
    identity = os.environ["GITSEAL_IDENTITY"]
    monkeypatch.delenv("GITSEAL_IDENTITY")
    declared = gitseal.secret("TOKEN")
    with pytest.raises(gitseal.Error, match="no identity at hand"):
        declared()

    monkeypatch.setenv("GITSEAL_IDENTITY", identity)

    assert declared() == "t"


def test_a_variable_wins_as_under_run(production: World, monkeypatch: pytest.MonkeyPatch) -> None:
    production.set(PORT="1", TOKEN="sealed")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.setenv("TOKEN", "")
    monkeypatch.setenv("ONLY", "set")

    assert gitseal.secret("PORT", type=int)() == 2
    assert gitseal.secret("TOKEN")() == ""
    assert gitseal.secret("ONLY")() == "set"
    monkeypatch.setitem(os.environb, b"RAW", b"\xff")
    assert gitseal.secret("RAW", type=bytes)() == b"\xff"
    with pytest.raises(gitseal.Error, match="as str"):
        gitseal.secret("RAW")()


def test_a_variable_does_not_stand_in_for_an_environment_that_is_named(
    production: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    production.set("staging", TOKEN="of staging")
    monkeypatch.setenv("TOKEN", "of this process")

    assert gitseal.secret("TOKEN", environment="staging")() == "of staging"


def test_with_variables_alone_no_folder_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", "t")

    assert gitseal.secret("TOKEN")() == "t"
    assert gitseal.secret("OPTIONAL", default="d")() == "d"
    with pytest.raises(gitseal.Missing, match=r"is no environment variable, and there is no \.secrets"):
        gitseal.secret("REQUIRED")()
    monkeypatch.setenv("GITSEAL_ENV", "production")
    with pytest.raises(gitseal.Error, match=r"there is no \.secrets"):
        gitseal.secret("OPTIONAL", default="d")()


def test_which_environment_is_asked_where_it_is_not_clear(world: World) -> None:
    with pytest.raises(gitseal.Error, match="which environment"):
        gitseal.secret("TOKEN", default="d")()
