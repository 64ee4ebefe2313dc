"""The stand-in for Azure, asked by Azure's own clients: what they take for Key Vault is what we ask, too."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.servers import azure_cloud
from tests.servers.azure_cloud import TOKEN, Azure, Key

pytest.importorskip("azure.keyvault.secrets", reason="azure-keyvault-secrets is not installed")
pytest.importorskip("azure.keyvault.keys", reason="azure-keyvault-keys is not installed")

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import EncryptionAlgorithm
from azure.keyvault.secrets import SecretClient


class Credential:
    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        assert scopes == ("https://vault.azure.net/.default",)
        return AccessToken(TOKEN, 4_102_444_800)


class Clients(NamedTuple):
    azure: Azure
    secrets: SecretClient
    keys: KeyClient


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    folder = tmp_path_factory.mktemp("tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    with azure_cloud.running(context) as azure:
        more = {"verify_challenge_resource": False, "connection_verify": str(folder / "server.pem")}
        secrets = SecretClient(azure.address, Credential(), **more)
        with secrets, KeyClient(azure.address, Credential(), **more) as keys:
            yield Clients(azure, secrets, keys)


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate for localhost that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    signed = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_secrets_are_set_listed_read_deleted_and_recovered(clients: Clients) -> None:
    azure, secrets, _keys = clients
    for number in range(30):
        azure.put(f"more-{number}", "1")
    made = secrets.set_secret("shop-A", "one", tags={"gitseal": "a mark"}, content_type="text/plain")
    assert (made.value, made.properties.tags, made.properties.content_type) == (
        "one",
        {"gitseal": "a mark"},
        "text/plain",
    )
    assert secrets.get_secret("SHOP-a").properties.version == made.properties.version
    listed = {one.name: one.tags for one in secrets.list_properties_of_secrets()}
    assert len(listed) == 31
    assert listed["shop-A"] == {"gitseal": "a mark"}
    poller = secrets.begin_delete_secret("shop-A", _polling_interval=0)
    poller.wait()
    with pytest.raises(HttpResponseError) as failure:
        secrets.set_secret("shop-A", "two")
    assert failure.value.status_code == 409
    assert failure.value.error is not None
    assert failure.value.error.innererror is not None
    assert failure.value.error.innererror["code"] == "ObjectIsDeletedButRecoverable"
    assert secrets.get_deleted_secret("shop-A").properties.tags == {"gitseal": "a mark"}
    secrets.begin_recover_deleted_secret("shop-A", _polling_interval=0).wait()
    assert secrets.get_secret("shop-A").value == "one"


def test_a_disabled_secret_is_not_given(clients: Clients) -> None:
    clients.azure.put("off", "1").enabled = False
    with pytest.raises(HttpResponseError) as failure:
        clients.secrets.get_secret("off")
    assert failure.value.status_code == 403


def test_a_key_decrypts_what_was_encrypted_to_its_public_half(clients: Clients) -> None:
    azure, _secrets, keys = clients
    azure.keys["deploy", "1" * 32] = Key(rsa.generate_private_key(65537, 2048))
    key = keys.get_key("deploy")
    assert key.properties.version == "1" * 32
    client = keys.get_cryptography_client("deploy", key_version="1" * 32)
    sealed = client.encrypt(EncryptionAlgorithm.rsa_oaep_256, b"sixteen bytes...").ciphertext
    assert client.decrypt(EncryptionAlgorithm.rsa_oaep_256, sealed).plaintext == b"sixteen bytes..."
    assert "POST /keys/deploy/11111111111111111111111111111111/decrypt" in azure.asked
