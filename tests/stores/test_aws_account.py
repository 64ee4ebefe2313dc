"""Which AWS a target is on: its account and region, and every address that is not AWS's own."""

from collections.abc import Iterator

import pytest

from gitseal.errors import Error
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Outside
from tests.servers import faulty
from tests.servers.aws import AwsServer
from tests.servers.faulty import Fault, Faulty, Moment
from tests.stores.outside import outside


def whereabouts(place: str, out: Outside | None = None) -> str:
    found = table.whereabouts(place, out or outside({"AWS_REGION": "eu-central-1"}))
    assert found is not None
    assert found.told == found.identity
    return found.told


@pytest.fixture
def in_front(ministack: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    """An AWS whose STS alone is not AWS's own."""
    with faulty.in_front_of(ministack.address) as proxy:
        for name, value in ministack.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111111111111")
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", proxy.address)
        yield proxy


def test_account_and_region_are_part_of_what_is_accepted(in_front: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    told = f"AWS account 111111111111 in eu-central-1 at {in_front.address}"
    assert whereabouts("aws-ssm:/shop/") == whereabouts("aws-secretsmanager:shop") == told
    assert whereabouts("aws-ssm:/shop/?region=us-east-1") == told.replace("eu-central-1", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    assert whereabouts("aws-ssm:/shop/") == told.replace("111111111111", "222222222222")


def test_only_the_sdks_own_address_of_service_and_region_is_aws(
    in_front: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (
        "http://127.0.0.1:4566",
        "https://evil.execute-api.eu-central-1.amazonaws.com",
        "https://ssm.us-east-1.amazonaws.com",
        "https://secretsmanager.eu-central-1.amazonaws.com",
        "https://ssm.eu-central-1.amazonaws.com/evil",
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", address)
        assert f" at {address} at {in_front.address}" in whereabouts("aws-ssm:/shop/")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "https://ssm.eu-central-1.amazonaws.com")
    assert "ssm" not in whereabouts("aws-ssm:/shop/")


def test_the_account_is_asked_for_once_a_command(in_front: Faulty) -> None:
    once = outside({"AWS_REGION": "eu-central-1"})
    for place in ("aws-ssm:/shop/", "aws-ssm:/other/", "aws-secretsmanager:shop"):
        whereabouts(place, once)
    assert in_front.requests == ["POST GetCallerIdentity"]


def test_without_an_account_nothing_is_accepted(in_front: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    in_front.begin(Moment(Fault.PAGE, 0, for_good=True))
    with pytest.raises(RemoteError):
        whereabouts("aws-ssm:/shop/")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    with pytest.raises(
        RemoteError, match=r"did not tell which account this is: AWS cannot be reached: http://127\.0\.0\.1:9"
    ):
        whereabouts("aws-ssm:/shop/")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://192.0.2.1")
    with pytest.raises(Error, match="plain HTTP"):
        whereabouts("aws-ssm:/shop/")
