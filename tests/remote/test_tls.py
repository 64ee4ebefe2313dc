"""By what a server is checked, and by what we prove who we are: certificates and keys that come onto no disk."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from gitseal.hidden import SecretBytes
from gitseal.remote.failure import NotSent
from gitseal.remote.tls import Tls


def key_and_certificate() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    builder = builder.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    return key, builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def pem(key: ec.EllipticCurvePrivateKey, encryption: KeySerializationEncryption | None = None) -> SecretBytes:
    return SecretBytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))


@pytest.mark.parametrize("filler", [b"", b"#" * 300_000])
def test_a_certificate_is_taken_with_its_key_however_long_its_file_is(filler: bytes, tmp_path: Path) -> None:
    key, certificate = key_and_certificate()
    tls = Tls(certificate=certificate + filler, key=pem(key))
    tls.context("the shop")
    assert not list(tmp_path.iterdir())
    assert "PRIVATE" not in f"{tls!r}"


@pytest.mark.parametrize("wrong", ["another", "none", "locked", "no certificate"])
def test_a_key_of_another_certificate_or_behind_a_passphrase_is_told(wrong: str) -> None:
    key, certificate = key_and_certificate()
    keys = {
        "another": pem(key_and_certificate()[0]),
        "none": SecretBytes(b"hush" * 50_000),
        "locked": pem(key, BestAvailableEncryption(b"hush")),
    }
    tls = Tls(certificate=b"hush" if wrong == "no certificate" else certificate, key=keys.get(wrong, pem(key)))
    with pytest.raises(NotSent, match="our certificate for the shop cannot be used with its key") as refused:
        tls.context("the shop")
    assert "hush" not in f"{refused.value} {refused.value.hint}"


def test_an_authority_that_is_none_is_told() -> None:
    for tls in (Tls(authority="hush"), Tls("/no/such/file"), Tls(authority="-----BEGIN CERTIFICATE-----\nhush")):
        with pytest.raises(NotSent, match="the certificates for the shop cannot be read"):
            tls.context("the shop")
