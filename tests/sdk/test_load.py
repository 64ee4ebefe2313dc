"""An environment as a mapping."""

import os
import subprocess
from pathlib import Path

import pytest

import gitseal
from gitseal.identities import discover
from gitseal.recipients import x25519
from tests.sdk.world import PASSWORD, TYPED, World, start
from tests.world import keyring_of


def test_names_are_those_of_the_environment_sections_included(world: World) -> None:
    world.set(TOKEN="t", api__TOKEN="u", api__deep__KEY="k")

    secrets = gitseal.load("production")

    assert set(secrets) == {"TOKEN", "api/TOKEN", "api/deep/KEY"}
    assert len(secrets) == 3
    assert "api/TOKEN" in secrets
    assert "api" not in secrets
    assert object() not in secrets
    assert secrets["api/TOKEN"].reveal() == "u"
    assert secrets["api/TOKEN"].name == "api/TOKEN"
    assert secrets.environment == "production"


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("TEXT", str, "grüße\n"),
        ("TEXT", bytes, b"gr\xc3\xbc\xc3\x9fe\n"),
        ("TEXT", object, "grüße\n"),
        ("INTEGER", int, 8080),
        ("INTEGER", float, 8080.0),
        ("INTEGER", str, "8080"),
        ("INTEGER", object, 8080),
        ("FLOAT", float, 1.5),
        ("FLOAT", str, "1.50"),
        ("FLOAT", object, 1.5),
        ("BOOLEAN", bool, True),
        ("BOOLEAN", str, "true"),
        ("BOOLEAN", object, True),
        ("NULL", object, None),
        ("BYTES", bytes, b"\xff\x00\xfe"),
        ("BYTES", object, b"\xff\x00\xfe"),
        ("JSON", dict, {"hosts": ["a", "b"], "depth": 1}),
        ("JSON", object, {"hosts": ["a", "b"], "depth": 1}),
        ("JSON", str, '{"hosts": ["a", "b"], "depth": 1}'),
        ("LIST", list, [1, 2]),
    ],
)
def test_a_value_is_read_as_the_type_that_is_asked_for(world: World, name: str, wanted: type, expected: object) -> None:
    world.set(**{name: TYPED[name]})

    revealed = gitseal.load("production")[name].reveal(wanted)

    assert revealed == expected
    assert type(revealed) is type(expected)


@pytest.mark.parametrize(
    ("stored", "wanted", "expected"),
    [
        ("8080", int, 8080),
        ("-7", int, -7),
        ("0.5", float, 0.5),
        ("1e3", float, 1000.0),
        ("-.inf", float, float("-inf")),
        ("Yes", bool, True),
        ("off", bool, False),
        ("0", bool, False),
        ('{"a": 1}', dict, {"a": 1}),
        ("[]", list, []),
    ],
)
def test_text_serves_as_what_it_spells(world: World, stored: str, wanted: type, expected: object) -> None:
    world.set(NAME=stored)

    assert gitseal.load("production")["NAME"].reveal(wanted) == expected


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ("", int),
        (" 1", int),
        ("1_000", int),
        ("\u0661", int),
        ("1.0", int),
        ("9" * 5000, int),
        ("nan", float),
        ("maybe", bool),
        ("2", bool),
        ("[1]", dict),
        ("{}", list),
        ('{"a": 1, "a": 2}', dict),
        ("{", dict),
    ],
)
def test_text_that_spells_something_else_is_refused_without_being_shown(
    world: World, stored: str, wanted: type
) -> None:
    world.set(NAME=stored)

    with pytest.raises(gitseal.Error, match=f'^"NAME" cannot be read as {wanted.__name__}') as raised:
        gitseal.load("production")["NAME"].reveal(wanted)

    assert raised.value.hint


def test_bytes_are_no_text(world: World) -> None:
    world.set(BYTES=TYPED["BYTES"])

    with pytest.raises(gitseal.Error, match="as str"):
        gitseal.load("production")["BYTES"].reveal()


def test_null_is_no_text(world: World) -> None:
    world.set(NULL=TYPED["NULL"])

    with pytest.raises(gitseal.Error, match="is null"):
        gitseal.load("production")["NULL"].reveal()


def test_other_types_are_a_mistake_of_the_program(world: World) -> None:
    world.set(NAME="1")

    with pytest.raises(TypeError, match="one of str, bytes, int"):
        gitseal.load("production")["NAME"].reveal(complex)


def test_a_name_that_is_not_there_is_a_key_error_that_names_the_nearest(world: World) -> None:
    world.set(DATABASE_URL="postgres://")
    secrets = gitseal.load("production")

    with pytest.raises(gitseal.Missing) as raised:
        secrets["DATABASE_URI"]

    assert issubclass(gitseal.Missing, KeyError)
    assert issubclass(gitseal.Missing, gitseal.Error)
    assert str(raised.value) == 'production has no "DATABASE_URI"'
    assert "DATABASE_URL" in raised.value.hint
    assert secrets.get("DATABASE_URI") is None


def test_values_open_one_by_one(world: World) -> None:
    world.set(GOOD="good", BAD=PASSWORD)
    path = world.top / ".secrets/production.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = lines.index("BAD:\n") + 1
    lines[at] = lines[at].replace(",", ",", 1)[:-8] + "AAAA]\n"
    path.write_text("".join(lines), encoding="utf-8")

    secrets = gitseal.load("production")

    assert len(dict(secrets)) == 2
    assert secrets["GOOD"].reveal() == "good"
    with pytest.raises(gitseal.Error, match="BAD"):
        secrets["BAD"].reveal()


def test_names_need_no_identity_and_a_value_says_what_was_tried(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(TOKEN=PASSWORD)
    monkeypatch.setenv("GITSEAL_IDENTITY", x25519.generate().text.reveal().decode())

    secrets = gitseal.load("production")

    assert list(secrets) == ["TOKEN"]
    with pytest.raises(gitseal.Error, match="no identity at hand opens") as raised:
        secrets["TOKEN"].reveal()
    assert "GITSEAL_IDENTITY: " in raised.value.hint
    assert raised.value.__notes__ == [raised.value.hint]


def test_an_identity_can_be_named(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(TOKEN="t")
    file = tmp_path / "identity.txt"
    file.write_text(os.environ["GITSEAL_IDENTITY"], encoding="utf-8")
    monkeypatch.delenv("GITSEAL_IDENTITY")

    assert gitseal.load("production", identity=file)["TOKEN"].reveal() == "t"
    assert gitseal.load("production", identity=str(file))["TOKEN"].reveal() == "t"


def test_a_passphrase_is_asked_for_only_by_the_function_that_is_given(repo: Path, tmp_path: Path) -> None:
    key = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key], check=True)
    keyring = discover({}, tmp_path, lambda _words: b"open sesame", key)
    start(repo, keyring, key.with_suffix(".pub").read_text(encoding="utf-8").strip()).set(TOKEN="t")
    asked: list[str] = []

    def ask(words: str) -> str:
        asked.append(words)
        return "open sesame"

    secrets = gitseal.load("production", identity=key, ask=ask)
    assert asked == []
    assert secrets["TOKEN"].reveal() == "t"
    assert secrets["TOKEN"].reveal() == "t"
    assert len(asked) == 1
    assert str(key) in asked[0]

    with pytest.raises(gitseal.Error, match="passphrase"):
        gitseal.load("production", identity=key)["TOKEN"].reveal()
    with pytest.raises(gitseal.Error, match="passphrase"):
        gitseal.load("production", identity=key, ask=lambda _words: None)["TOKEN"].reveal()


def test_the_folder_is_looked_for_upward_from_a_path(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(TOKEN="t")
    below = world.top / "src/app"
    below.mkdir(parents=True)
    monkeypatch.chdir("/")

    assert gitseal.load("production", path=below)["TOKEN"].reveal() == "t"
    assert gitseal.load("production", path=str(below))["TOKEN"].reveal() == "t"
    with pytest.raises(gitseal.Error, match=r"no \.secrets"):
        gitseal.load("production")
    with pytest.raises(gitseal.Error, match="not a folder"):
        gitseal.load("production", path=below / "nowhere")


def test_the_environment_is_named_or_that_of_the_variable(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set("staging", TOKEN="staged")

    with pytest.raises(gitseal.Error, match="which environment"):
        gitseal.load()
    monkeypatch.setenv("GITSEAL_ENV", "staging")
    assert gitseal.load()["TOKEN"].reveal() == "staged"
    assert "TOKEN" not in gitseal.load("production")
    monkeypatch.setenv("GITSEAL_ENV", "staging,production")
    with pytest.raises(gitseal.Error, match="names 2 environments"):
        gitseal.load()
    with pytest.raises(gitseal.Error, match='no environment ""'):
        gitseal.load("")
    with pytest.raises(gitseal.Error, match='no environment "prodution"'):
        gitseal.load("prodution")


def test_the_only_environment_needs_no_name(world: World) -> None:
    (world.top / ".secrets/staging.yaml").unlink()
    world.set(TOKEN="t")

    assert gitseal.load()["TOKEN"].reveal() == "t"


def test_aliases_and_what_is_extended_are_followed(world: World) -> None:
    world.set("staging", URL="from staging", TOKEN="from staging")
    world.set(TOKEN="from production")
    path = world.top / ".secrets/policy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("  production:\n", "  production:\n    aliases: [prod]\n    extends: staging\n"), "utf-8"
    )
    assert "aliases" in path.read_text(encoding="utf-8")

    secrets = gitseal.load("prod")

    assert {name: value.reveal() for name, value in secrets.items()} == {
        "URL": "from staging",
        "TOKEN": "from production",
    }


def test_references_in_plain_values_are_resolved_and_in_sealed_ones_are_text(world: World) -> None:
    world.policy("rules:", "  - {names: [HOST, URL, BAD], plain: true}")
    path = world.top / ".secrets/production.yaml"
    plain = 'HOST: db.example.com\n\nURL: "https://${secret:HOST}/"\n\nBAD: "${secret:TOKEN}"\n\n'
    path.write_text(path.read_text(encoding="utf-8").replace("gitseal:\n", f"{plain}gitseal:\n", 1), encoding="utf-8")
    world.set(TOKEN="${secret:HOST}")

    secrets = gitseal.load("production")

    assert secrets["URL"].reveal() == "https://db.example.com/"
    assert secrets["TOKEN"].reveal() == "${secret:HOST}"
    with pytest.raises(gitseal.Error, match="BAD"):
        secrets["BAD"].reveal()


def test_overrides_of_this_machine_come_first(world: World) -> None:
    world.policy("rules:", "  - {names: [LOG_LEVEL], plain: true}")
    header = f"gitseal:\n  version: 1\n  id: f{'0' * 32}\n  environment: staging.local\n"
    (world.top / ".secrets/staging.local.yaml").write_text(f"LOG_LEVEL: debug\n\n{header}", encoding="utf-8")
    world.set("staging", TOKEN="t")

    secrets = gitseal.load("staging")

    assert {name: value.reveal() for name, value in secrets.items()} == {"LOG_LEVEL": "debug", "TOKEN": "t"}


def test_a_write_only_value_that_nobody_took_over_is_not_revealed(world: World) -> None:
    path = world.top / ".secrets/policy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  production:\n", "  production:\n    write_only: pending\n"), encoding="utf-8")
    stranger = World(world.top, keyring_of(x25519.generate().text.reveal().decode()))
    stranger.set(TOKEN="brought in")

    secrets = gitseal.load("production")

    assert "TOKEN" in secrets
    with pytest.raises(gitseal.Error, match="no member has taken it over"):
        secrets["TOKEN"].reveal()


def test_the_files_are_read_once(world: World) -> None:
    world.set(TOKEN="before")
    secrets = gitseal.load("production")
    world.set(TOKEN="after")

    assert secrets["TOKEN"].reveal() == "before"
    assert gitseal.load("production")["TOKEN"].reveal() == "after"


def test_a_mapping_cannot_be_changed(world: World) -> None:
    secrets = gitseal.load("production")

    with pytest.raises(TypeError):
        secrets["TOKEN"] = "t"  # type: ignore[index]
    assert secrets == secrets  # noqa: PLR0124 - an environment is equal to itself alone
    assert secrets != gitseal.load("production")
