"""Google Cloud KMS by a stand-in of ours: what it decrypts, and each way in which it says no. Not tried on the real cloud."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from gitseal.errors import Damaged, Error
from gitseal.hidden import SecretBytes
from gitseal.recipients import kms
from gitseal.recipients.clouds import locators
from gitseal.recipients.clouds.asking import Asker
from gitseal.remote.failure import RemoteError, RemoteFailure
from tests.servers import google_cloud
from tests.servers.google_cloud import Google, Key
from tests.servers.json_server import Answer

FILE_KEY = b"sixteen bytes ok"
KEY = "projects/my-project/locations/europe-west1/keyRings/shop/cryptoKeys/deploy"
ONE = f"{KEY}/cryptoKeyVersions/1"
_PRIVATE = generate_private_key(65537, 2048)


@pytest.fixture
def google() -> Iterator[Google]:
    with google_cloud.running() as server:
        server.keys[ONE] = Key(_PRIVATE)
        yield server


def sealed(private: RSAPrivateKey = _PRIVATE) -> bytes:
    return private.public_key().encrypt(FILE_KEY, OAEP(MGF1(SHA256()), SHA256(), None))


def asker(google: Google, waited: list[float] | None = None) -> Asker:
    return Asker(google.environ, ([] if waited is None else waited).append)


def refusal(act: Callable[..., object], *arguments: object) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act(*arguments)
    assert "hush" not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


@pytest.mark.parametrize(
    "size", [2048, pytest.param(3072, marks=pytest.mark.slow), pytest.param(4096, marks=pytest.mark.slow)]
)
def test_what_was_sealed_offline_is_decrypted(google: Google, size: int) -> None:
    private = _PRIVATE if size == 2048 else generate_private_key(65537, size)
    google.keys[ONE] = Key(private, f"RSA_DECRYPT_OAEP_{size}_SHA256")
    fetched = asker(google).public_key("gcp", ONE)
    assert fetched.locator == ONE
    assert kms.compose("gcp", ONE, kms.public_key_in(fetched.public)).place == f"gcp:{ONE}"
    assert asker(google).unwrap("gcp", ONE, sealed(private)) == SecretBytes(FILE_KEY)


def test_the_newest_version_that_is_enabled_is_fetched(google: Google) -> None:
    for number, state in ((2, "ENABLED"), (10, "ENABLED"), (11, "DISABLED"), (12, "DESTROYED")):
        google.keys[f"{KEY}/cryptoKeyVersions/{number}"] = Key(_PRIVATE, state=state)
    google.page = 2
    assert asker(google).public_key("gcp", KEY).locator == f"{KEY}/cryptoKeyVersions/10"
    google.keys = {ONE: Key(_PRIVATE, state="DISABLED")}
    assert refusal(asker(google).public_key, "gcp", KEY).kind is RemoteFailure.DISABLED
    google.keys = {}
    assert refusal(asker(google).public_key, "gcp", KEY).kind is RemoteFailure.GONE


@pytest.mark.parametrize(
    "algorithm", ["RSA_DECRYPT_OAEP_2048_SHA1", "RSA_DECRYPT_OAEP_4096_SHA512", "RSA_SIGN_PSS_2048_SHA256"]
)
def test_a_key_of_another_algorithm_is_refused(google: Google, algorithm: str) -> None:
    google.keys[ONE] = Key(_PRIVATE, algorithm)
    assert "OAEP with SHA-256" in refusal(asker(google).public_key, "gcp", ONE).message


@pytest.mark.parametrize(
    ("state", "kind", "told"),
    [
        ("DISABLED", RemoteFailure.DISABLED, "disabled"),
        ("DESTROY_SCHEDULED", RemoteFailure.GONE, "destroyed"),
        ("DESTROYED", RemoteFailure.GONE, "destroyed"),
    ],
)
def test_a_version_that_is_not_enabled_is_told(google: Google, state: str, kind: RemoteFailure, told: str) -> None:
    google.keys[ONE] = Key(_PRIVATE, state=state)
    failure = refusal(asker(google).unwrap, "gcp", ONE, sealed())
    assert (failure.kind, told in failure.message, ONE in failure.message) == (kind, True, True)


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        (
            google_cloud.error(401, "UNAUTHENTICATED"),
            RemoteFailure.UNKNOWN_TO_IT,
            "gcloud auth application-default login",
        ),
        (google_cloud.error(403, "PERMISSION_DENIED"), RemoteFailure.DENIED, "roles/cloudkms.cryptoKeyDecrypter"),
        (
            google_cloud.error(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED"),
            RemoteFailure.DISABLED,
            "gcloud services enable cloudkms.googleapis.com",
        ),
        (google_cloud.error(404, "NOT_FOUND"), RemoteFailure.GONE, "deleted"),
        (google_cloud.error(429, "RESOURCE_EXHAUSTED"), RemoteFailure.THROTTLED, "run the same again"),
        (google_cloud.error(503, "UNAVAILABLE"), RemoteFailure.NOT_READY, "run the same again"),
        (Answer(200, {"plaintext": "", "plaintextCrc32c": "0"}), RemoteFailure.NOT_READY, "run the same again"),
    ],
)
def test_refusals_are_told_in_our_own_words(google: Google, answer: Answer, kind: RemoteFailure, hint: str) -> None:
    google.next_answers = [answer] * 4
    failure = refusal(asker(google).unwrap, "gcp", ONE, sealed())
    assert failure.kind is kind
    assert hint in failure.hint
    assert f"gcp:{ONE}" in failure.message


def test_what_arrives_otherwise_is_asked_for_again(google: Google) -> None:
    waited: list[float] = []
    wrong = base64.b64encode(b"another file key").decode()
    google.next_answers = [Answer(200, {"plaintext": wrong, "plaintextCrc32c": "1", "verifiedCiphertextCrc32c": True})]
    assert asker(google, waited).unwrap("gcp", ONE, sealed()) == SecretBytes(FILE_KEY)
    assert waited == [0.5]
    google.next_answers = [
        Answer(200, {"pem": "-----BEGIN", "pemCrc32c": "1", "algorithm": "RSA_DECRYPT_OAEP_2048_SHA256"})
    ]
    assert asker(google).public_key("gcp", ONE).locator == ONE
    google.instead = {"/publicKey": Answer(200, {"name": ONE, "algorithm": "RSA_DECRYPT_OAEP_2048_SHA256"})}
    assert refusal(asker(google).public_key, "gcp", ONE).kind is RemoteFailure.NOT_READY


def test_what_the_key_does_not_decrypt_is_damaged(google: Google) -> None:
    ciphertext = sealed()
    for wrong in (ciphertext[:-1] + bytes([ciphertext[-1] ^ 1]), ciphertext[:100], b""):
        with pytest.raises(Damaged):
            asker(google).unwrap("gcp", ONE, wrong)


@pytest.mark.parametrize(
    "locator",
    [
        "projects/p/locations/l/keyRings/r/cryptoKeys/k",
        f"{KEY}/cryptoKeyVersions/0",
        f"{KEY}/cryptoKeyVersions/1/..",
        f"{KEY}/../../x/cryptoKeyVersions/1",
        f"//evil.example/{ONE}",
        f"{KEY}?x=1/cryptoKeyVersions/1",
    ],
)
def test_a_locator_names_a_key_and_nothing_else(locator: str) -> None:
    with pytest.raises(Error, match="this is not how a key of Google Cloud KMS is named"):
        locators.check_locator("gcp", locator)
    assert locators.given(f"gcp:{KEY}")[1] == KEY


def test_what_is_at_hand_is_said_without_a_call(google: Google, tmp_path: Path) -> None:
    assert asker(google).credentials("gcp") == "CLOUDSDK_AUTH_ACCESS_TOKEN"
    assert Asker({"HOME": str(tmp_path)}, print).credentials("gcp") == ""
    assert google.asked == []
