"""`gitseal publish` to forges: what a first run does there, a second one, a change by hand, --prune, and a refusal."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from gitseal.cli.main import main
from tests.attacks.world import Clone, person, start
from tests.docs.console import Peer
from tests.servers.github import TOKEN, GitHub
from tests.servers.gitlab import GitLab
from tests.servers.json_server import JsonServer
from tests.servers.scripted import certified

ENVIRONMENT = ("repos", "acme", "shop", "production")
PROJECT = ("projects", "acme/shop")
VALUES = {"DATABASE_URL": "postgres://hush@db/shop", "TOKEN": "hush-$HOME-token"}


class There(Protocol):
    """What a test does in a forge by hand."""

    def values(self) -> dict[str, str]: ...

    def put(self, name: str, value: str) -> None: ...


class AtGitHub(NamedTuple):
    server: GitHub

    def values(self) -> dict[str, str]:
        return {name: secret.value.decode() for name, secret in self.server.secrets[ENVIRONMENT].items()}

    def put(self, name: str, value: str) -> None:
        self.server.put(ENVIRONMENT, name, value.encode())


class AtGitLab(NamedTuple):
    server: GitLab

    def values(self) -> dict[str, str]:
        return {variable["key"]: variable["value"] for variable in self.server.variables[PROJECT]}

    def put(self, name: str, value: str) -> None:
        self.server.put(PROJECT, name, value, environment_scope="production", masked=True, protected=True, raw=True)


class World(NamedTuple):
    """A clone with one target, and the forge that it goes to."""

    clone: Clone
    server: JsonServer
    there: There
    capture: pytest.CaptureFixture[str]

    def publish(self, *options: str) -> tuple[int, str]:
        """The status, and what was said. No value is in it."""
        self.server.asked.clear()
        status = main(["publish", *options])
        said = "".join(self.capture.readouterr())
        assert "hush" not in said
        return status, said

    def writes(self) -> list[str]:
        return [asked for asked in self.server.asked if not asked.startswith("GET ")]

    def counts(self, *options: str) -> str:
        status, said = self.publish("--yes", "--accept-target", "shop", *options)
        assert status == 0, said
        return said.splitlines()[-1]

    def unset(self, name: str) -> None:
        assert main(["unset", "-e", "production", name]) == 0
        self.clone.commit(f"without {name}")


def world(
    top: Path, server: JsonServer, place: str, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> World:
    alice = person("alice")
    clone = start(top, alice)
    target = f'publish:\n  shop: {{environments: [production], to: "{place}"}}\n\nenvironments:'
    clone.policy("environments:", target)
    for name, value in VALUES.items():
        clone.set("production", name, value)
    clone.commit("start")
    clone.git("config", "gitseal.trust", "main")
    monkeypatch.chdir(top)
    monkeypatch.setenv("GITSEAL_IDENTITY", alice.identity)
    return World(clone, server, AtGitHub(server) if isinstance(server, GitHub) else AtGitLab(server), capture)  # type: ignore[arg-type]


@pytest.fixture(params=["github", "gitlab"])
def shop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    server = GitHub(ENVIRONMENT) if request.param == "github" else GitLab(PROJECT)
    with server.running():
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        place = f"{request.param}:acme/shop/environments/{{environment}}"
        yield world(tmp_path / "shop", server, place, monkeypatch, capsys)


def test_a_first_run_creates_a_second_one_writes_nothing_and_a_change_by_hand_is_found(shop: World) -> None:
    assert shop.counts() == "2 created, 0 changed, 0 removed, 0 left, 0 unchanged"
    assert shop.there.values() == VALUES
    assert shop.counts() == "0 created, 0 changed, 0 removed, 0 left, 2 unchanged"
    assert not shop.writes()
    assert shop.publish("--check")[0] == 0
    shop.there.put("TOKEN", "by-hand")
    status, said = shop.publish("--check")
    assert (status, shop.writes()) == (1, [])
    assert "  change  TOKEN: changed there by hand\n" in said
    assert shop.counts() == "0 created, 1 changed, 0 removed, 0 left, 1 unchanged"
    assert shop.there.values() == VALUES


def test_prune_removes_what_is_ours_and_nothing_else(shop: World) -> None:
    shop.counts()
    shop.there.put("THEIRS", "their-own-value")
    shop.unset("TOKEN")
    assert shop.counts() == "0 created, 0 changed, 0 removed, 2 left, 1 unchanged, 1 of these marked again"
    assert all(asked.split("?")[0].endswith("/DATABASE_URL") for asked in shop.writes())
    assert shop.counts("--prune") == "0 created, 0 changed, 1 removed, 1 left, 1 unchanged"
    assert sorted(shop.there.values()) == ["DATABASE_URL", "THEIRS"]


def test_prune_leaves_what_somebody_changed(shop: World) -> None:
    shop.counts()
    shop.there.put("TOKEN", "by-hand")
    shop.unset("TOKEN")
    marked = "0 created, 0 changed, 0 removed, 1 left, 1 unchanged, 1 of these marked again"
    assert shop.counts("--prune") == marked
    assert shop.counts("--prune") == marked.removesuffix(", 1 of these marked again")
    assert shop.there.values()["TOKEN"] == "by-hand"


def test_what_is_there_already_is_not_overwritten_unasked(shop: World) -> None:
    shop.there.put("TOKEN", "their-own-value")
    status, said = shop.publish("--yes", "--accept-target", "shop")
    assert (status, shop.writes()) == (1, [])
    assert "TOKEN: it is there already, and gitseal did not put it there" in said
    assert shop.there.values() == {"TOKEN": "their-own-value"}
    assert shop.counts("--adopt") == "1 created, 1 changed, 0 removed, 0 left, 0 unchanged"
    assert shop.there.values() == VALUES


def test_what_cannot_go_there_stops_it_before_anything_is_asked(shop: World) -> None:
    shop.clone.set("production", "BIG", "x" * 48_001)
    shop.clone.commit("too big")
    status, said = shop.publish("--yes", "--accept-target", "shop")
    assert (status, shop.server.asked) == (1, [])
    assert "BIG: it has more than" in said


def test_a_secret_that_the_real_gh_sets_is_found_and_it_sees_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], peer: Peer
) -> None:
    gh, server = peer("gh"), GitHub(("repos", "acme", "shop"), prefix=("api", "v3"))
    context, authority = certified(tmp_path)
    with server.running(context) as address:
        environ = {
            "GH_HOST": address.removeprefix("https://"),
            "GH_ENTERPRISE_TOKEN": TOKEN,
            "SSL_CERT_FILE": str(authority),
        }
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        shop = world(tmp_path / "shop", server, "github:acme/shop", monkeypatch, capsys)
        assert shop.counts() == "2 created, 0 changed, 0 removed, 0 left, 0 unchanged"

        def run(*words: str, stdin: str = "") -> str:
            command = [gh, "secret", *words, "--repo", f"{environ['GH_HOST']}/acme/shop"]
            done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, env={**os.environ})
            assert done.returncode == 0, done.stderr
            return done.stdout

        assert [line.split()[0] for line in run("list").splitlines()] == sorted(VALUES)
        run("set", "TOKEN", stdin="of gh\n")
        # It drops the line break at the end; the API, and so gitseal, keeps it.
        assert server.secrets["repos", "acme", "shop"]["TOKEN"].value == b"of gh"
        status, said = shop.publish("--check")
        assert status == 1
        assert "  change  TOKEN: changed there by hand\n" in said
