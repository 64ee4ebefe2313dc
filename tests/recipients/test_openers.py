"""Public keys of one private key have one opener, and others never share one."""

import json
from hashlib import sha256, sha512
from pathlib import Path

from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto import bech32
from gitseal.recipients import kms, x25519
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.openers import opener, opener_id

KMS = [vector["recipient"] for vector in json.loads((Path(__file__).parent / "kms-vectors.json").read_text())]


def ssh_and_age(seed: bytes) -> tuple[str, str]:
    """An ssh-ed25519 key, and the recipient of the identity that ssh-to-age makes of it: the scalar of RFC 8032, 5.1.5."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    ssh = key.public_key().public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH).decode()
    scalar = sha512(seed).digest()[:32]
    identity = x25519.parse_identity(bech32.encode("age-secret-key-", scalar).upper(), "converted")
    return parse_recipient(ssh).canonical, identity.recipient


@given(st.binary(min_size=32, max_size=32))
def test_an_ssh_key_has_the_opener_of_the_age_key_made_of_it(seed: bytes) -> None:
    ssh, age = ssh_and_age(seed)
    assert opener(ssh) == opener(age) == age
    other = ssh_and_age(sha256(seed).digest())
    assert len({opener_id(key) for key in (ssh, age, *other)}) == 2


def test_a_key_in_a_key_service_is_the_same_under_each_locator_and_as_an_ssh_key() -> None:
    for text in KMS:
        _scheme, provider, _locator, _key = text.split(":")
        der = kms._decoded(text.rpartition(":")[2])
        assert der is not None
        public = load_der_public_key(der)
        assert isinstance(public, rsa.RSAPublicKey)
        ssh = public.public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH).decode()
        moved = kms.compose(provider, "elsewhere/transit/keys/moved@1", der).canonical
        assert opener(text) == opener(moved) == opener(parse_recipient(ssh).canonical)
    assert len(set(map(opener, KMS))) == len(KMS)
