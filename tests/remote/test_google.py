"""Who we are to Google Cloud: google-auth itself, the files that pipelines and people have, a stand-in that gives tokens."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.google import SECRETS, addressed, connect, crc32c, credentials
from tests.servers import google_cloud, scripted
from tests.servers.google_cloud import PROJECT, Google

_PRIVATE = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Google]:
    for name in (
        "CLOUDSDK_AUTH_ACCESS_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CLOUD_PROJECT",
        "GCE_METADATA_HOST",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with google_cloud.running() as server:
        yield server


def asked(google: Google) -> int:
    """The status of a request with the credentials of the environment."""
    environ = {name: text for name, text in google.environ.items() if not name.endswith("TOKEN")}
    return connect(SECRETS, environ, lambda _: None).ask("GET", f"/v1/projects/{PROJECT}/secrets?pageSize=1").status


def service_account(google: Google, path: Path) -> None:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    content = {
        "type": "service_account",
        "client_email": "deploy@my-project.iam.gserviceaccount.com",
        "private_key": _PRIVATE.private_bytes(*form).decode(),
        "private_key_id": "1",
        "token_uri": f"{google.address}/token",
    }
    path.write_text(json.dumps(content))
    google.assertion_key = _PRIVATE.public_key()


def test_the_file_of_a_service_account_serves(google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service_account(google, tmp_path / "key.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    assert asked(google) == 200


def test_a_pipelines_oidc_token_serves_and_no_secret_is_needed(
    google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("the-pipelines-oidc-token")
    federated = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/github",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{google.address}/token",
        "credential_source": {"file": str(tmp_path / "token")},
    }
    (tmp_path / "federated.json").write_text(json.dumps(federated))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "federated.json"))
    assert asked(google) == 200
    (tmp_path / "token").write_text("hush: one that is not taken")
    with pytest.raises(RemoteError, match="no longer valid") as failure:
        asked(google)
    assert failure.value.kind is RemoteFailure.UNKNOWN_TO_IT
    assert "hush" not in f"{failure.value} {failure.value.hint}"


def test_a_wrong_clock_is_told(google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service_account(google, tmp_path / "key.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    google.clock = time.time() + 86_400
    with pytest.raises(RemoteError, match="this machine's clock is wrong") as failure:
        asked(google)
    assert failure.value.kind is RemoteFailure.CLOCK


def test_no_credentials_and_broken_ones_are_told(
    google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RemoteError, match="no credentials for Google Cloud here") as failure:
        asked(google)
    assert failure.value.kind is RemoteFailure.UNKNOWN_TO_IT
    (tmp_path / "broken.json").write_text('{"type": "hush"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "broken.json"))
    with pytest.raises(RemoteError, match="credentials for Google Cloud") as failure:
        asked(google)
    service_account(google, tmp_path / "key.json")
    key = (tmp_path / "key.json").read_text().replace(google.address, "http://127.0.0.1:9")
    (tmp_path / "broken.json").write_text(key)
    with pytest.raises(RemoteError, match="cannot be reached") as failure:
        asked(google)
    assert failure.value.kind is RemoteFailure.NO_NETWORK
    assert capfd.readouterr() == ("", "")


def test_a_service_is_googles_own_unless_the_environment_names_another() -> None:
    assert addressed(SECRETS, {}) == "https://secretmanager.googleapis.com"
    assert addressed(SECRETS, {SECRETS.override: "https://secrets.example/"}) == "https://secrets.example"
    with pytest.raises(Error, match="plain HTTP"):
        addressed(SECRETS, {SECRETS.override: "http://secrets.example"})


def test_where_the_credentials_are_is_said_without_a_call(tmp_path: Path) -> None:
    nothing = {"CLOUDSDK_CONFIG": str(tmp_path), "HOME": str(tmp_path)}
    assert credentials(nothing) == ""
    assert credentials(nothing | {"GOOGLE_APPLICATION_CREDENTIALS": "/x"}) == "GOOGLE_APPLICATION_CREDENTIALS"
    assert credentials(nothing | {"K_SERVICE": "shop"}) == "this machine's service account"
    (tmp_path / "application_default_credentials.json").write_text("{}")
    assert credentials(nothing) == "gcloud's login"


def test_the_checksum_is_the_documented_one() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, appendix B.4


@given(st.binary(max_size=300))
def test_the_checksum_is_that_of_the_polynomial(content: bytes) -> None:
    assert crc32c(content) == google_cloud.checksum(content)


def test_no_proxy_reads_along_on_the_way_to_a_token_and_the_token_is_not_waited_for_for_ever(
    google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service_account(google, tmp_path / "key.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    with scripted.server(scripted.send(b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert asked(google) == 200
        assert proxy.requests == []


def test_a_server_of_tokens_that_drips_has_a_total_limit(
    google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ended = Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not ended.wait(0.02):
            request.wfile.write(b"X-Drip: 1\r\n")

    service_account(google, tmp_path / "key.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    monkeypatch.setattr("gitseal.remote.google.TOGETHER", 0.3)
    with scripted.server(scripted.closing(drip)) as tokens:
        content = json.loads((tmp_path / "key.json").read_text())
        (tmp_path / "key.json").write_text(json.dumps(content | {"token_uri": f"{tokens.url}/token"}))
        with pytest.raises(RemoteError, match="did not come within") as failure:
            asked(google)
        ended.set()
    assert failure.value.kind is RemoteFailure.NO_NETWORK
