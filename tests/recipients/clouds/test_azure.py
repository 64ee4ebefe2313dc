"""Azure Key Vault's keys by a stand-in of ours: what is decrypted, each way to be refused. Not tried on the real cloud."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from gitseal.errors import Damaged, Error
from gitseal.hidden import SecretBytes
from gitseal.recipients import kms
from gitseal.recipients.clouds import locators
from gitseal.recipients.clouds.asking import Asker
from gitseal.remote.failure import RemoteError, RemoteFailure
from tests.servers import azure_cloud
from tests.servers.azure_cloud import VAULT, Azure, Key
from tests.servers.json_server import Answer

FILE_KEY = b"sixteen bytes ok"
KEY = f"{VAULT}/keys/deploy"
OLD, NEW = "1" * 32, "2" * 32
_PRIVATE = generate_private_key(65537, 2048)


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    with azure_cloud.running() as server:
        for name, text in server.environ.items():
            monkeypatch.setenv(name, text)
        server.keys = {
            ("deploy", OLD): Key(_PRIVATE, "RSA-HSM"),
            ("deploy", NEW): Key(generate_private_key(65537, 2048)),
        }
        yield server


def sealed() -> bytes:
    return _PRIVATE.public_key().encrypt(FILE_KEY, OAEP(MGF1(SHA256()), SHA256(), None))


def asker(azure: Azure) -> Asker:
    return Asker(azure.environ, lambda _seconds: None)


def refusal(act: Callable[..., object], *arguments: object) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act(*arguments)
    assert "hush" not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


def test_what_was_sealed_offline_is_decrypted(azure: Azure) -> None:
    fetched = asker(azure).public_key("azure", f"{KEY}/{OLD}")
    recipient = kms.compose("azure", fetched.locator, kms.public_key_in(fetched.public))
    assert recipient.place == f"azure:{KEY}/{OLD}"
    assert recipient.modulus == _PRIVATE.public_key().public_numbers().n.to_bytes(256, "big")
    assert asker(azure).unwrap("azure", f"{KEY}/{OLD}", sealed()) == SecretBytes(FILE_KEY)


def test_the_newest_version_is_fetched(azure: Azure) -> None:
    assert asker(azure).public_key("azure", KEY).locator == f"{KEY}/{NEW}"
    azure.keys["deploy", NEW].enabled = False
    assert refusal(asker(azure).public_key, "azure", KEY).kind is RemoteFailure.DISABLED
    azure.keys["deploy", NEW].kind = "EC"
    assert "no RSA key" in refusal(asker(azure).public_key, "azure", KEY).message
    assert refusal(asker(azure).public_key, "azure", f"{VAULT}/keys/other").kind is RemoteFailure.GONE


def test_a_version_that_is_disabled_gone_or_for_something_else_is_told(azure: Azure) -> None:
    key = azure.keys["deploy", OLD]
    key.operations.remove("decrypt")
    assert "not for decryption" in refusal(asker(azure).unwrap, "azure", f"{KEY}/{OLD}", sealed()).message
    key.enabled = False
    disabled = refusal(asker(azure).unwrap, "azure", f"{KEY}/{OLD}", sealed())
    assert (disabled.kind, f"azure:{KEY}/{OLD}" in disabled.message) == (RemoteFailure.DISABLED, True)
    assert refusal(asker(azure).unwrap, "azure", f"{KEY}/{'3' * 32}", sealed()).kind is RemoteFailure.GONE


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        (azure_cloud.error(401, "Unauthorized"), RemoteFailure.UNKNOWN_TO_IT, "az login"),
        (azure_cloud.error(403, "Forbidden", inner="ForbiddenByRbac"), RemoteFailure.DENIED, "Key Vault Crypto User"),
        (azure_cloud.error(403, "Forbidden", inner="ForbiddenByFirewall"), RemoteFailure.DENIED, "firewall"),
        (azure_cloud.error(404, "KeyNotFound"), RemoteFailure.GONE, "deleted"),
        (azure_cloud.error(429, "Throttled"), RemoteFailure.THROTTLED, "run the same again"),
        (Answer(503), RemoteFailure.NOT_READY, "run the same again"),
        (Answer(200, {"value": "ü"}), RemoteFailure.OTHER, ""),
    ],
)
def test_refusals_are_told_in_our_own_words(azure: Azure, answer: Answer, kind: RemoteFailure, hint: str) -> None:
    azure.instead = {"/decrypt": answer}
    failure = refusal(asker(azure).unwrap, "azure", f"{KEY}/{OLD}", sealed())
    assert failure.kind is kind
    assert hint in failure.hint


@pytest.mark.parametrize("key", [{}, {"n": "AQAB", "e": "!"}, {"n": "Ag", "e": "AQAB"}, {"n": 5, "e": []}])
def test_a_public_half_that_is_none_is_refused(azure: Azure, key: dict[str, object]) -> None:
    told = {"key": {"kty": "RSA", "kid": f"https://x/keys/deploy/{OLD}", **key}, "attributes": {"enabled": True}}
    azure.instead = {OLD: Answer(200, told)}
    assert "no answer that can be read" in refusal(asker(azure).public_key, "azure", f"{KEY}/{OLD}").message


def test_what_the_key_does_not_decrypt_is_damaged(azure: Azure) -> None:
    ciphertext = sealed()
    for wrong in (ciphertext[:-1] + bytes([ciphertext[-1] ^ 1]), ciphertext[:100], b""):
        with pytest.raises(Damaged):
            asker(azure).unwrap("azure", f"{KEY}/{OLD}", wrong)


@pytest.mark.parametrize(
    "locator",
    [
        KEY,
        f"{KEY}/1",
        f"{KEY}/{OLD}/..",
        f"{VAULT}.evil.example/keys/deploy/{OLD}",
        f"my-vault/secrets/deploy/{OLD}",
        f"-a/keys/d/{OLD}",
    ],
)
def test_a_locator_names_a_key_and_nothing_else(locator: str) -> None:
    with pytest.raises(Error, match="this is not how a key of Azure Key Vault is named"):
        locators.check_locator("azure", locator)
    assert locators.given(f"azure:{KEY}")[1] == KEY


def test_what_is_at_hand_is_said_without_a_call(azure: Azure, tmp_path: Path) -> None:
    assert asker(azure).credentials("azure") == "this machine's managed identity"
    assert Asker({"HOME": str(tmp_path)}, print).credentials("azure") == ""
    assert azure.asked == []
