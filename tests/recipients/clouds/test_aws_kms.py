"""AWS KMS by a server that stands in for it, and each way in which it says no, by AWS's own SDK."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gitseal.errors import Damaged, Error
from gitseal.hidden import SecretBytes
from gitseal.recipients import kms
from gitseal.recipients.clouds import aws, locators
from gitseal.recipients.clouds.asking import Asker
from gitseal.remote.failure import RemoteError, RemoteFailure
from tests.servers.aws import REGION, AwsServer

FILE_KEY = b"sixteen bytes ok"
OTHER = "us-east-1"


def sealed(public: bytes) -> bytes:
    key = load_der_public_key(public)
    assert isinstance(key, RSAPublicKey)
    return key.encrypt(FILE_KEY, OAEP(MGF1(SHA256()), SHA256(), None))


@pytest.fixture
def ask(ministack: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Asker:
    for name, value in ministack.environ.items():
        monkeypatch.setenv(name, value)
    # The region is the ARN's own.
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    return Asker(ministack.environ, lambda _seconds: None)


def made(ministack: AwsServer, size: int = 2048, **how: Any) -> str:
    what = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": f"RSA_{size}"} | how
    arn: str = ministack.client("kms").create_key(**what)["KeyMetadata"]["Arn"]
    return arn


def refusal(act: Any, *arguments: object) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act(*arguments)
    assert "An error occurred" not in caught.value.message
    return caught.value


@pytest.mark.parametrize("size", [2048, *(pytest.param(size, marks=pytest.mark.slow) for size in (3072, 4096))])
def test_what_was_sealed_offline_is_decrypted(ministack: AwsServer, ask: Asker, size: int) -> None:
    arn = made(ministack, size)
    fetched = ask.public_key("aws", arn)
    assert fetched.locator == arn
    recipient = kms.compose("aws", arn, fetched.public)
    assert kms.parse(recipient.canonical).place == f"aws:{arn}"
    assert ask.unwrap("aws", arn, sealed(fetched.public)) == SecretBytes(FILE_KEY)


def test_an_alias_is_resolved_to_its_key_once(ministack: AwsServer, ask: Asker) -> None:
    arn = made(ministack)
    ministack.client("kms").create_alias(AliasName="alias/deploy", TargetKeyId=arn)
    alias = f"{arn.rpartition(':')[0]}:alias/deploy"
    assert not locators.is_whole(*locators.given(f"aws:{alias}"))
    assert ask.public_key("aws", alias).locator == arn
    with pytest.raises(Error, match="is not how a key of AWS KMS is named"):
        locators.check_locator("aws", alias)


def test_a_key_for_something_else_is_refused(ministack: AwsServer, ask: Asker) -> None:
    signs = made(ministack, KeyUsage="SIGN_VERIFY")
    assert "RSA_4096" in refusal(ask.public_key, "aws", signs).hint
    curve = made(ministack, KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    assert "does not decrypt" in refusal(ask.public_key, "aws", curve).message


def test_a_disabled_key_one_that_is_to_be_deleted_and_one_that_is_not_there(ministack: AwsServer, ask: Asker) -> None:
    arn, client = made(ministack), ministack.client("kms")
    ciphertext = sealed(ask.public_key("aws", arn).public)
    client.disable_key(KeyId=arn)
    disabled = refusal(ask.unwrap, "aws", arn, ciphertext)
    assert disabled.kind is RemoteFailure.DISABLED
    assert arn in disabled.message
    client.enable_key(KeyId=arn)
    assert ask.unwrap("aws", arn, ciphertext) == SecretBytes(FILE_KEY)
    client.schedule_key_deletion(KeyId=arn)
    to_be_deleted = refusal(ask.unwrap, "aws", arn, ciphertext)
    assert (to_be_deleted.kind, "cancelled" in to_be_deleted.hint) == (RemoteFailure.GONE, True)
    assert refusal(ask.unwrap, "aws", arn[:-12] + "0" * 12, ciphertext).kind is RemoteFailure.GONE


def test_what_the_key_does_not_decrypt_is_damaged(ministack: AwsServer, ask: Asker) -> None:
    arn = made(ministack)
    ciphertext = sealed(ask.public_key("aws", arn).public)
    with pytest.raises(Damaged):
        ask.unwrap("aws", arn, ciphertext[:-1] + bytes([ciphertext[-1] ^ 1]))


def test_the_next_region_is_asked_if_one_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    failing = {REGION: RemoteFailure.NO_NETWORK, "eu-west-1": RemoteFailure.DENIED}

    class Regional:
        """A region of AWS: `failing` ones say no."""

        def __init__(self, _environ: Mapping[str, str], region: str, *_how: object) -> None:
            self.region = region

        def service(self, _name: str) -> "Regional":
            return self

        def read(self, _operation: str, _what: str, **arguments: Any) -> dict[str, Any]:
            asked.append(arguments["KeyId"])
            if self.region in failing:
                raise RemoteError("no", kind=failing[self.region])
            return {"Plaintext": FILE_KEY}

    monkeypatch.setattr("gitseal.remote.aws.Aws", Regional)
    name = "key/mrk-" + "0" * 32
    key = f"arn:aws:kms:{REGION}:111122223333:{name}"
    ask = Asker({}, lambda _seconds: None)
    assert ask.unwrap("aws", f"{key}+{OTHER}", b"") == SecretBytes(FILE_KEY)
    assert asked == [key, key.replace(REGION, OTHER)]
    # Whoever is denied in one region is told so, and not asked on behalf of elsewhere.
    asked.clear()
    assert refusal(ask.unwrap, "aws", f"{key}+eu-west-1+{OTHER}", b"").kind is RemoteFailure.DENIED
    assert len(asked) == 2


def test_all_regions_that_are_named_must_have_the_key(ministack: AwsServer, ask: Asker) -> None:
    arn = made(ministack)
    assert refusal(ask.public_key, "aws", f"{arn}+{OTHER}").kind in {RemoteFailure.GONE, RemoteFailure.OTHER}


MRK = "key/mrk-" + "0" * 32
KEY = "key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    "locator",
    [
        f"arn:aws:kms:eu-central-1:111122223333:{KEY}",
        f"arn:aws-cn:kms:cn-north-1:111122223333:{KEY}",
        f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:{MRK}",
        f"arn:aws:kms:us-east-1:111122223333:{MRK}+eu-west-1+eu-north-1",
    ],
)
def test_a_locator_names_a_key_its_account_and_its_regions(locator: str) -> None:
    """Error is raised for one that is refused."""
    locators.check_locator("aws", locator)


@pytest.mark.parametrize(
    "locator",
    [
        f"arn:aws:kms:us-east-1:111122223333:{KEY}+eu-west-1",
        f"arn:aws:kms:evil.example:111122223333:{KEY}",
        f"arn:aws:kms:us-east-1:111122223333:{MRK}+evil.example",
        "arn:aws:kms:us-east-1:111122223333:alias/deploy",
        f"arn:aws:kms:us-east-1:1:{KEY}",
        "alias/deploy",
        KEY,
        "",
    ],
)
def test_whatever_moves_or_leads_elsewhere_is_no_locator(locator: str) -> None:
    with pytest.raises(Error) as refused:
        locators.check_locator("aws", locator)
    assert "arn:aws:kms:" in refused.value.hint


def test_what_is_at_hand_is_said_without_a_call_or_a_library(tmp_path: Any) -> None:
    assert aws.credentials({}) == aws.credentials({"HOME": str(tmp_path)}) == ""
    assert aws.credentials({"AWS_ACCESS_KEY_ID": "x", "AWS_PROFILE": "y"}) == "AWS_ACCESS_KEY_ID"
    assert aws.credentials({"AWS_WEB_IDENTITY_TOKEN_FILE": "/x"}) == "AWS_WEB_IDENTITY_TOKEN_FILE"
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").touch()
    assert aws.credentials({"HOME": str(tmp_path)}) == "~/.aws/config"


def test_no_value_gets_into_a_log(ministack: AwsServer, ask: Asker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    arn = made(ministack)
    ciphertext = sealed(ask.public_key("aws", arn).public)
    caplog.clear()
    ask.unwrap("aws", arn, ciphertext)
    assert not [record for record in caplog.records if record.name.startswith(("botocore", "urllib3"))]
    # What others ask the SDK for is theirs to log.
    ministack.client("kms").list_keys()
    assert [record for record in caplog.records if record.name.startswith("botocore")]
