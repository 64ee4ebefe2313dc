"""Google Cloud and Azure by whole commands, with stand-ins for both: keys, and publishing. Not tried on the real clouds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from gitseal.cli.main import main
from tests import programs
from tests.attacks.world import person, start
from tests.servers import azure_cloud, google_cloud
from tests.servers.json_server import JsonServer

_PRIVATE = generate_private_key(65537, 2048)
_GOOGLE_KEY = "projects/my-project/locations/europe-west1/keyRings/shop/cryptoKeys/deploy"
_VERSION = "1" * 32


class Cloud(NamedTuple):
    """A stand-in with one key and an empty store: how each is named, and what somebody does in its console."""

    server: JsonServer
    environ: dict[str, str]
    key: str
    version: str
    place: str
    put: Callable[[str, str], object]
    values: Callable[[], dict[str, str]]
    refused: tuple[str, str]


@contextmanager
def google() -> Iterator[Cloud]:
    with google_cloud.running() as server:
        version = f"{_GOOGLE_KEY}/cryptoKeyVersions/1"
        server.keys[version] = google_cloud.Key(_PRIVATE)

        def values() -> dict[str, str]:
            return {name: secret.versions[-1].payload.decode() for (_, name), secret in server.secrets.items()}

        yield Cloud(
            server,
            server.environ,
            f"gcp:{_GOOGLE_KEY}",
            f"gcp:{version}",
            "gcp-secretmanager:my-project/{environment}-",
            lambda name, value: server.put(name, value.encode()),
            values,
            ("EMPTY=", "EMPTY: it is empty"),
        )


@contextmanager
def azure() -> Iterator[Cloud]:
    with azure_cloud.running() as server:
        server.keys["deploy", _VERSION] = azure_cloud.Key(_PRIVATE)
        yield Cloud(
            server,
            server.environ,
            "azure:my-vault/keys/deploy",
            f"azure:my-vault/keys/deploy/{_VERSION}",
            "azure-keyvault:my-vault/{environment}-",
            lambda name, value: setattr(server.secrets[name.lower()].versions[-1], "value", value),
            lambda: {secret.name: secret.versions[-1].value for secret in server.secrets.values()},
            ("Mode=1 MODE=2", "a vault does not tell it from"),
        )


@pytest.fixture(params=[google, azure], ids=["google", "azure"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with request.param() as made:
        yield made


def run(top: Path, *words: str, **environ: str) -> str:
    done = programs.run(programs.GITSEAL, *words, cwd=top, environ=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_value_sealed_offline_is_opened_by_the_clouds_credentials_alone(
    cloud: Cloud, repo: Path, tmp_path: Path
) -> None:
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "deploy.pem").write_bytes(_PRIVATE.public_key().public_bytes(*form))
    run(repo, "init", "-e", "production", "--as", "alice")
    run(repo, "set", "-e", "production", "A=hush")
    public = ("--kms", cloud.version, "--public", str(tmp_path / "deploy.pem"))
    run(repo, "recipient", "add", "deploy", *public, "--machine", "--open", "production", "--yes")
    run(repo, "rekey", "--yes")
    assert cloud.server.asked == []
    programs.git(repo, "add", "-A")
    programs.git(repo, "commit", "-qm", "sealed")
    nobody = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": ""}
    assert run(repo, "render", "-e", "production", **nobody, **cloud.environ) == "A='hush'\n"
    assert len([asked for asked in cloud.server.asked if "ecrypt" in asked]) == 1
    cloud.server.left = 0
    denied = programs.run(programs.GITSEAL, "render", "-e", "production", cwd=repo, environ=nobody | cloud.environ)
    assert (denied.returncode, denied.stdout) == (1, "")
    assert "hush" not in denied.stderr


@pytest.mark.slow
def test_the_public_half_is_fetched_with_the_newest_version(cloud: Cloud, repo: Path) -> None:
    run(repo, "init", "-e", "production", "--as", "alice")
    add = ("recipient", "add", "deploy", "--kms", cloud.key, "--machine", "--open", "production", "--yes")
    run(repo, *add, **cloud.environ)
    assert f"gitseal-kms:{cloud.version}:MII" in (repo / ".secrets/policy.yaml").read_text()


def test_publishing_creates_then_writes_nothing_and_finds_what_was_changed_by_hand(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alice = person("alice")
    clone = start(tmp_path / "shop", alice)
    clone.policy(
        "environments:", f'publish:\n  shop: {{environments: [production], to: "{cloud.place}"}}\n\nenvironments:'
    )
    clone.set("production", "DATABASE_URL", "hush-one")
    clone.set("production", "TOKEN", "hush-two")
    clone.commit("start")
    clone.git("config", "gitseal.trust", "main")
    monkeypatch.chdir(clone.top)
    for name, text in {"GITSEAL_IDENTITY": alice.identity, **cloud.environ}.items():
        monkeypatch.setenv(name, text)

    def publish(*options: str) -> tuple[int, str]:
        cloud.server.asked.clear()
        status = main(["publish", *options])
        said = "".join(capsys.readouterr())
        assert "hush" not in said
        return status, said.splitlines()[-1]

    assert publish("--yes", "--accept-target", "shop") == (0, "2 created, 0 changed, 0 removed, 0 left, 0 unchanged")
    assert sorted(cloud.values().values()) == ["hush-one", "hush-two"]
    assert publish("--yes") == (0, "0 created, 0 changed, 0 removed, 0 left, 2 unchanged")
    assert all(asked.startswith("GET ") for asked in cloud.server.asked)
    assert publish("--check")[0] == 0
    cloud.put("production-TOKEN", "by hand")
    assert publish("--check")[0] == 1
    assert publish("--yes")[1].startswith("0 created, 1 changed")
    assert main(["unset", "-e", "production", "TOKEN"]) == 0
    clone.commit("without TOKEN")
    assert publish("--yes", "--prune")[1].startswith("0 created, 0 changed, 1 removed")
    # What the store cannot carry is refused before anything is asked of it.
    given, reason = cloud.refused
    for word in given.split():
        clone.set("production", *word.split("="))
    clone.commit("more")
    assert main(["publish", "--yes"]) == 1
    assert reason in capsys.readouterr().err
