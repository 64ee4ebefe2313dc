"""`gitseal publish` to AWS: what a first run does there, a second one, a change by hand, --prune, and a refusal."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gitseal.cli.main import main
from tests.attacks.world import Clone, person, start
from tests.servers import faulty
from tests.servers.aws import AwsServer
from tests.servers.faulty import Faulty
from tests.stores.test_faults import READS

VALUES = {"DATABASE_URL": "postgres://hush@db/shop", "TOKEN": "hush-$HOME-token"}


class Shop(NamedTuple):
    """A clone with one target, and the place at AWS that it goes to."""

    clone: Clone
    server: AwsServer
    proxy: Faulty
    place: str
    capture: pytest.CaptureFixture[str]

    def publish(self, *options: str) -> tuple[int, str]:
        """The status, and what was said. No value is in it."""
        self.proxy.begin(None)
        status = main(["publish", *options])
        said = "".join(self.capture.readouterr())
        assert "hush" not in said
        return status, said

    def counts(self, *options: str) -> str:
        status, said = self.publish("--yes", "--accept-target", "shop", *options)
        assert status == 0, said
        return said.splitlines()[-1]

    def writes(self) -> list[str]:
        return [asked for asked in self.proxy.requests if not asked.startswith(READS)]

    def values(self) -> dict[str, str]:
        """What a reader gets, by AWS's own client."""
        if self.place.startswith("/"):
            found = self.server.client("ssm").get_parameters_by_path(Path=self.place, WithDecryption=True)["Parameters"]
            return {one["Name"].removeprefix(self.place): one["Value"] for one in found}
        client = self.server.client("secretsmanager")
        if self.place.endswith("/"):
            names = [one["Name"] for one in client.list_secrets()["SecretList"] if one["Name"].startswith(self.place)]
            return {
                name.removeprefix(self.place): client.get_secret_value(SecretId=name)["SecretString"] for name in names
            }
        fields: dict[str, str] = json.loads(client.get_secret_value(SecretId=self.place)["SecretString"])
        fields.pop("gitseal")
        return fields

    def put(self, name: str, value: str) -> None:
        """Writes as somebody does who knows nothing of us."""
        if self.place.startswith("/"):
            self.server.client("ssm").put_parameter(
                Name=self.place + name, Value=value, Type="SecureString", Overwrite=True
            )
            return
        client = self.server.client("secretsmanager")
        secret, text = self.place + name, value
        if not self.place.endswith("/"):
            fields = json.loads(client.get_secret_value(SecretId=self.place)["SecretString"])
            secret, text = self.place, json.dumps(fields | {name: value})
        client.put_secret_value(SecretId=secret, SecretString=text)


# What the stores do is tests/stores/test_aws.py's: here one kind of place is enough to see the command do it.
_OTHERS = ("aws-secretsmanager:{}/", "aws-secretsmanager:{}")


@pytest.fixture(params=["aws-ssm:/{}/", *(pytest.param(place, marks=pytest.mark.slow) for place in _OTHERS)])
def shop(
    request: pytest.FixtureRequest,
    ministack: AwsServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Shop]:
    name = request.node.name.partition("[")[0][5:45]
    place = request.param.format(f"{name}/{{environment}}")
    alice = person("alice")
    clone = start(tmp_path / "shop", alice)
    clone.policy("environments:", f'publish:\n  shop: {{environments: [production], to: "{place}"}}\n\nenvironments:')
    for secret, value in VALUES.items():
        clone.set("production", secret, value)
    clone.commit("start")
    clone.git("config", "gitseal.trust", "main")
    monkeypatch.chdir(clone.top)
    monkeypatch.setenv("GITSEAL_IDENTITY", alice.identity)
    with faulty.in_front_of(ministack.address) as proxy:
        for variable, text in (ministack.environ | {"AWS_ENDPOINT_URL": proxy.address}).items():
            monkeypatch.setenv(variable, text)
        there = place.partition(":")[2].replace("{environment}", "production")
        yield Shop(clone, ministack, proxy, there, capsys)


def test_a_first_run_creates_a_second_writes_nothing_and_a_change_by_hand_is_found(shop: Shop) -> None:
    assert shop.counts() == "2 created, 0 changed, 0 removed, 0 left, 0 unchanged"
    assert shop.values() == VALUES
    assert shop.counts() == "0 created, 0 changed, 0 removed, 0 left, 2 unchanged"
    assert not shop.writes()
    assert shop.publish("--check")[0] == 0
    shop.put("TOKEN", "by-hand")
    status, said = shop.publish("--check")
    assert (status, shop.writes()) == (1, [])
    assert "  change  TOKEN: changed there by hand\n" in said
    assert shop.counts() == "0 created, 1 changed, 0 removed, 0 left, 1 unchanged"
    assert shop.values() == VALUES


@pytest.mark.slow
def test_prune_removes_what_is_ours(shop: Shop) -> None:
    shop.counts()
    assert main(["unset", "-e", "production", "TOKEN"]) == 0
    shop.clone.commit("without TOKEN")
    # No value that stays is another one, so its mark is written again: it tells that this commit is live.
    assert shop.counts() == "0 created, 0 changed, 0 removed, 1 left, 1 unchanged, 1 of these marked again"
    assert shop.values() == VALUES
    assert shop.counts() == "0 created, 0 changed, 0 removed, 1 left, 1 unchanged"
    assert not shop.writes()
    assert shop.counts("--prune") == "0 created, 0 changed, 1 removed, 0 left, 1 unchanged"
    assert sorted(shop.values()) == ["DATABASE_URL"]


def test_what_cannot_go_there_stops_it_before_the_store_is_asked(shop: Shop) -> None:
    shop.clone.set("production", "BIG", "x" * 65_537)
    shop.clone.commit("too big")
    status, said = shop.publish("--yes", "--accept-target", "shop")
    assert (status, shop.proxy.requests) == (1, ["POST GetCallerIdentity"])
    assert "more than" in said


def test_another_region_is_another_place_that_this_clone_has_not_accepted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.counts()
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    status, said = shop.publish("--yes")
    assert (status, shop.proxy.requests) == (1, ["POST GetCallerIdentity"])
    assert re.search(r"on AWS account \d{12} in us-east-1", said)


def test_another_account_is_another_place_that_this_clone_has_not_accepted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111111111111")
    shop.counts()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    status, said = shop.publish("--yes")
    assert (status, shop.proxy.requests) == (1, ["POST GetCallerIdentity"])
    assert "on AWS account 222222222222 in" in said
    assert re.search(r"; before: all names of production to aws-[^ ]*, on AWS account 111111111111 in ", said)
