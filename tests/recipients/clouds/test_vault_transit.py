"""The transit engine of a real OpenBao: what it decrypts, and each way in which it says no."""

import socket
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gitseal.errors import Damaged, Error
from gitseal.hidden import SecretBytes
from gitseal.recipients import kms
from gitseal.recipients.clouds import vault
from gitseal.recipients.clouds.asking import Asker
from gitseal.remote.failure import RemoteError, RemoteFailure
from tests.servers.openbao import Bao

FILE_KEY = b"sixteen bytes ok"


def sealed(public: bytes) -> bytes:
    key = load_pem_public_key(public)
    assert isinstance(key, RSAPublicKey)
    return key.encrypt(FILE_KEY, OAEP(MGF1(SHA256()), SHA256(), None))


def asker(environ: dict[str, str]) -> Asker:
    return Asker(environ, lambda _seconds: None)


def refusal(act: Callable[..., object], *arguments: object) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act(*arguments)
    # The program's own words go nowhere: they may quote what it was sent.
    assert "error occurred" not in caught.value.message
    return caught.value


# The server takes seconds for a large key.
@pytest.mark.parametrize("size", [2048, *(pytest.param(size, marks=pytest.mark.slow) for size in (3072, 4096))])
def test_a_token_that_may_only_decrypt_is_enough(bao: Bao, size: int) -> None:
    ciphertext = sealed(bao.transit_key(f"only{size}", size))
    token = bao.token_for(f'path "transit/decrypt/only{size}" {{ capabilities = ["update"] }}')
    environ = bao.environ | {"VAULT_TOKEN": token}
    assert asker(environ).unwrap("vault", f"transit/keys/only{size}@1", ciphertext) == SecretBytes(FILE_KEY)
    denied = refusal(asker(environ).unwrap, "vault", "transit/keys/other@1", b"x" * 256)
    assert denied.kind is RemoteFailure.DENIED
    assert "transit/keys/other@1" in denied.message


def test_the_public_half_is_fetched_with_the_newest_version(bao: Bao) -> None:
    public = bao.transit_key("fetched")
    ask = asker(bao.environ)
    first = ask.public_key("vault", "transit/keys/fetched")
    assert first.locator == "transit/keys/fetched@1"
    assert kms.public_key_in(first.public) == kms.public_key_in(public)
    bao.call("POST", "transit/keys/fetched/rotate", {})
    assert ask.public_key("vault", "transit/keys/fetched").locator == "transit/keys/fetched@2"
    assert ask.public_key("vault", "transit/keys/fetched@1").public == first.public
    # The old version still decrypts what was sealed to it.
    assert ask.unwrap("vault", "transit/keys/fetched@1", sealed(public)) == SecretBytes(FILE_KEY)
    assert refusal(ask.public_key, "vault", "transit/keys/fetched@9").kind is RemoteFailure.GONE
    assert refusal(ask.public_key, "vault", "transit/keys/none").kind is RemoteFailure.GONE


def test_a_key_that_is_not_rsa_is_no_public_half(bao: Bao) -> None:
    bao.transit_key("rsa")
    for kind in ("aes256-gcm96", "chacha20-poly1305"):
        bao.call("POST", f"transit/keys/{kind}", {"type": kind})
        assert "no public half" in refusal(asker(bao.environ).public_key, "vault", f"transit/keys/{kind}").message
    bao.call("POST", "transit/keys/ed", {"type": "ed25519"})
    assert "no RSA key" in refusal(asker(bao.environ).unwrap, "vault", "transit/keys/ed@1", b"x" * 256).message


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"VAULT_TOKEN": "hvs.nobody"}, RemoteFailure.DENIED),
        ({"VAULT_TOKEN": ""}, RemoteFailure.UNKNOWN_TO_IT),
        ({"VAULT_ADDR": ""}, RemoteFailure.UNKNOWN_TO_IT),
        ({"VAULT_NAMESPACE": "other/"}, None),
    ],
    ids=str,
)
def test_who_is_not_known_is_refused(bao: Bao, change: dict[str, str], kind: RemoteFailure | None) -> None:
    ciphertext = sealed(bao.transit_key("who"))
    failure = refusal(asker(bao.environ | change).unwrap, "vault", "transit/keys/who@1", ciphertext)
    assert failure.hint
    assert "vault:transit/keys/who@1" in failure.message
    assert "hvs." not in failure.message + failure.hint
    assert kind in {failure.kind, None}


def test_a_disabled_version_and_a_deleted_key_are_told_apart(bao: Bao) -> None:
    ciphertext = sealed(bao.transit_key("old"))
    bao.call("POST", "transit/keys/old/rotate", {})
    bao.call("POST", "transit/keys/old/config", {"min_decryption_version": 2})
    ask = asker(bao.environ)
    disabled = refusal(ask.unwrap, "vault", "transit/keys/old@1", ciphertext)
    assert disabled.kind is RemoteFailure.DISABLED
    assert "min_decryption_version" in disabled.message
    assert refusal(ask.public_key, "vault", "transit/keys/old@1").kind is RemoteFailure.GONE
    assert refusal(ask.unwrap, "vault", "transit/keys/old@7", ciphertext).kind is RemoteFailure.GONE
    bao.call("POST", "transit/keys/old/config", {"deletion_allowed": True})
    bao.call("DELETE", "transit/keys/old")
    for locator in ("transit/keys/old@1", "nowhere/keys/old@1"):
        assert refusal(ask.unwrap, "vault", locator, ciphertext).kind is RemoteFailure.GONE


def test_a_key_that_is_deleted_for_now_is_disabled(bao: Bao) -> None:
    ciphertext = sealed(bao.transit_key("soft"))
    bao.call("POST", "transit/keys/soft/config", {"deletion_allowed": True})
    bao.call("DELETE", "transit/keys/soft/soft-delete")
    ask = asker(bao.environ)
    for failure in (
        refusal(ask.unwrap, "vault", "transit/keys/soft@1", ciphertext),
        refusal(ask.public_key, "vault", "transit/keys/soft"),
    ):
        assert failure.kind is RemoteFailure.DISABLED
        assert "enabled again" in failure.hint


def test_a_quota_that_is_used_up_is_waited_for(bao: Bao) -> None:
    ciphertext = sealed(bao.transit_key("quota"))
    bao.call("POST", "sys/quotas/rate-limit/few", {"rate": 1, "interval": "1h", "path": "transit/"})
    waited: list[float] = []
    try:
        ask = Asker(bao.environ, waited.append)
        ask.unwrap("vault", "transit/keys/quota@1", ciphertext)
        failure = refusal(ask.unwrap, "vault", "transit/keys/quota@1", ciphertext)
    finally:
        bao.call("DELETE", "sys/quotas/rate-limit/few")
    assert failure.kind is RemoteFailure.THROTTLED
    assert waited == [0.5, 1.0, 2.0]


def test_what_the_key_does_not_decrypt_is_damaged(bao: Bao) -> None:
    ciphertext = sealed(bao.transit_key("damaged"))
    for wrong in (ciphertext[:-1] + bytes([ciphertext[-1] ^ 1]), ciphertext[:100], b""):
        with pytest.raises(Damaged):
            asker(bao.environ).unwrap("vault", "transit/keys/damaged@1", wrong)


def test_a_server_that_does_not_answer_is_asked_again_and_then_named(bao: Bao) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # no listener
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        waited: list[float] = []
        ask = Asker(bao.environ | {"VAULT_ADDR": address}, waited.append)
        failure = refusal(ask.unwrap, "vault", "transit/keys/deploy@1", b"")
    assert failure.kind is RemoteFailure.NO_NETWORK
    assert waited == [0.5, 1.0, 2.0]
    assert "VAULT_ADDR has the right host" in failure.hint


def test_what_is_at_hand_is_said_without_a_call() -> None:
    with_address = {"VAULT_ADDR": "http://127.0.0.1:1"}
    assert vault.credentials({}) == vault.credentials(with_address) == vault.credentials({"VAULT_TOKEN": "x"}) == ""
    assert vault.credentials(with_address | {"VAULT_TOKEN": "x"}) == "VAULT_TOKEN"
    assert vault.credentials({"BAO_ADDR": "http://127.0.0.1:1", "BAO_TOKEN": "x"}) == "BAO_TOKEN"
    assert "secret" not in repr(Asker({"VAULT_TOKEN": "secret"}, print))


def test_plain_http_to_another_host_is_refused() -> None:
    with pytest.raises(Error, match="plain HTTP"):
        asker({"VAULT_ADDR": "http://192.0.2.1:8200", "VAULT_TOKEN": "x"}).unwrap("vault", "transit/keys/a@1", b"")
