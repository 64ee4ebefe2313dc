"""Who we are to Azure: azure-identity itself, with a stand-in that gives a managed identity's tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.remote.azure import addressed, connect, credentials
from gitseal.remote.failure import RemoteError, RemoteFailure
from tests.servers import azure_cloud, scripted
from tests.servers.azure_cloud import VAULT, Azure


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    with azure_cloud.running() as server:
        for name, text in server.environ.items():
            monkeypatch.setenv(name, text)
        yield server


def test_a_managed_identity_serves(azure: Azure) -> None:
    server = connect(VAULT, azure.environ, lambda _: None)
    assert server.ask("GET", "/secrets?api-version=7.4").status == 200


def test_no_credentials_are_told_without_the_librarys_words(
    azure: Azure, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "hush: another")
    with pytest.raises(RemoteError, match="Azure") as failure:
        connect(VAULT, azure.environ, lambda _: None)
    assert failure.value.kind is RemoteFailure.UNKNOWN_TO_IT
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(RemoteError, match="there are no credentials for Azure here") as failure:
        connect(VAULT, azure.environ, lambda _: None)
    assert failure.value.hint == "run: az login"
    assert capfd.readouterr() == ("", "")


def test_a_vault_is_below_a_suffix_of_azures_own() -> None:
    assert addressed(VAULT, {}) == "https://my-vault.vault.azure.net"
    for host, suffix in (("login.chinacloudapi.cn", "azure.cn"), ("login.microsoftonline.us", "usgovcloudapi.net")):
        place = addressed(VAULT, {"AZURE_AUTHORITY_HOST": f"https://{host}/"})
        assert place == f"https://my-vault.vault.{suffix}"
    assert addressed(VAULT, {"GITSEAL_AZURE_VAULTS": "https://vaults.example/"}) == "https://vaults.example/my-vault"
    with pytest.raises(Error, match="plain HTTP"):
        addressed(VAULT, {"GITSEAL_AZURE_VAULTS": "http://vaults.example"})
    with pytest.raises(Error, match="AZURE_AUTHORITY_HOST is no cloud of Azure"):
        connect(VAULT, {"AZURE_AUTHORITY_HOST": "https://evil.example"}, lambda _: None)


def test_where_the_credentials_are_is_said_without_a_call(tmp_path: Path) -> None:
    nothing = {"HOME": str(tmp_path)}
    assert credentials(nothing) == ""
    assert credentials(nothing | {"AZURE_FEDERATED_TOKEN_FILE": "/x"}) == "AZURE_FEDERATED_TOKEN_FILE"
    assert credentials(nothing | {"IDENTITY_ENDPOINT": "/x"}) == "this machine's managed identity"
    (tmp_path / ".azure").mkdir()
    (tmp_path / ".azure" / "azureProfile.json").write_text("{}")
    assert credentials(nothing) == "az's login"


def test_no_proxy_reads_along_on_the_way_to_a_managed_identitys_token(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted.server(scripted.send(b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        connect(VAULT, azure.environ, lambda _: None)
        assert proxy.requests == []


def test_a_machine_that_gives_no_token_has_a_total_limit(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitseal.remote.azure.TOGETHER", 0.0)
    with pytest.raises(RemoteError, match="did not come within") as failure:
        connect(VAULT, azure.environ, lambda _: None)
    assert failure.value.kind is RemoteFailure.NO_NETWORK
