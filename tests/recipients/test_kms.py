"""Keys in key services: what their recipients look like, and that sealing to them is RSA-OAEP as its specification has it.

`kms-vectors.json` has one key of each size with a stanza, made by `oaep` and `tests.vectors.reference`, which share no line with
gitseal; `modulus` and `private exponent` are hexadecimal numbers.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.errors import Damaged, Error, Malformed
from gitseal.recipients import kms
from gitseal.recipients.clouds import locators
from gitseal.recipients.fingerprint import fingerprint
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import is_key, parse_recipient
from gitseal.recipients.sealed_file import recipient_keys
from gitseal.recipients.stanza import MAX_STANZA, check_stanza, parse_header
from tests.recipients import oaep

VECTORS: list[dict[str, str]] = json.loads((Path(__file__).parent / "kms-vectors.json").read_text())
IDS = [vector["recipient"].rpartition(":")[0] for vector in VECTORS]
TEXT = VECTORS[0]["recipient"]
HEAD, _, KEY = TEXT.rpartition(":")


def der(text: str) -> bytes:
    encoded = text.rpartition(":")[2]
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def refused(text: str) -> Error:
    with pytest.raises(Error) as caught:
        parse_recipient(text)
    assert caught.value.hint
    return caught.value


def unwrapped(stanza: bytes, vector: dict[str, str]) -> bytes:
    """What the key service gives for a stanza: its private half is in the vector."""
    return oaep.unsealed(parse_header(stanza).body, int(vector["modulus"], 16), int(vector["private exponent"], 16))


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_a_stanza_made_by_the_specification_opens(vector: dict[str, str]) -> None:
    recipient = kms.parse(vector["recipient"])
    stanza = base64.b64decode(vector["stanza"])
    check_stanza(stanza, recipient)
    assert unwrapped(stanza, vector).hex() == vector["file key"]
    assert recipient.opened(stanza, bytes.fromhex(vector["file key"])).hex() == vector["data key"]
    assert recipient_id(recipient.canonical) == vector["recipient id"]


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_the_vectors_follow_from_their_parts(vector: dict[str, str]) -> None:
    file_key, nonce = bytes.fromhex(vector["file key"]), bytes.fromhex(vector["nonce"])
    body = oaep.sealed(file_key, int(vector["modulus"], 16), 65537, bytes.fromhex(vector["seed"]))
    made = oaep.stanza(bytes.fromhex(vector["data key"]), der(vector["recipient"]), body, file_key, nonce)
    assert base64.b64encode(made).decode() == vector["stanza"]


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_what_is_wrapped_here_is_opened_by_the_specification(vector: dict[str, str]) -> None:
    recipient = parse_recipient(vector["recipient"])

    # RSA is slow without a library, and sees only random file keys: the data key is none of its business.
    @settings(max_examples=2)
    @given(st.binary(min_size=32, max_size=32))
    def law(data_key: bytes) -> None:
        stanza = recipient.wrap(data_key)
        assert len(stanza) < MAX_STANZA
        assert kms.parse(vector["recipient"]).opened(stanza, unwrapped(stanza, vector)) == data_key

    law()


def test_no_two_stanzas_share_a_file_key() -> None:
    recipient, stanzas = parse_recipient(TEXT), set()
    for _ in range(3):
        stanza = recipient.wrap(bytes(32))
        stanzas |= {parse_header(stanza).body, unwrapped(stanza, VECTORS[0])}
    assert len(stanzas) == 6


def test_a_stanza_is_for_the_key_that_it_names() -> None:
    stanza = base64.b64decode(VECTORS[0]["stanza"])
    for other in VECTORS[1:]:
        with pytest.raises(Malformed, match="another recipient"):
            check_stanza(stanza, parse_recipient(other["recipient"]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b" v1 ", b" v2 "),
        (b" v1 ", b" "),
        (b" v1 ", b" v1 AAAA "),
        (b"-> gitseal-rsa-oaep v1 ", b"-> gitseal-rsa-oaep v1 A"),
        (b"-> gitseal-rsa-oaep v1 ", b"-> X25519 "),
    ],
)
def test_a_stanza_of_another_shape_is_malformed(old: bytes, new: bytes) -> None:
    with pytest.raises(Malformed):
        parse_header(base64.b64decode(VECTORS[0]["stanza"]).replace(old, new))


def test_a_wrong_file_key_and_a_wrong_payload_are_damaged() -> None:
    recipient, stanza = kms.parse(TEXT), base64.b64decode(VECTORS[0]["stanza"])
    file_key = bytes.fromhex(VECTORS[0]["file key"])
    for wrong in (b"", file_key[:15], file_key + b"x", bytes(16)):
        with pytest.raises(Damaged):
            recipient.opened(stanza, wrong)
    with pytest.raises(Damaged):
        recipient.opened(stanza[:-1] + bytes([stanza[-1] ^ 1]), file_key)
    for size in (0, 31, 33):
        other = oaep.stanza(bytes(size), der(TEXT), parse_header(stanza).body, file_key, bytes(16))
        with pytest.raises((Damaged, Malformed)):
            recipient.opened(other, file_key)


def test_a_recipient_has_one_spelling() -> None:
    assert parse_recipient(f" {TEXT}\n").canonical == TEXT
    for text in (
        TEXT[:-1],
        TEXT[:-4],
        f"{TEXT}=",
        f"{TEXT}AAAA",
        f"{HEAD}:",
        f"{HEAD}:{KEY[:50]}!{KEY[51:]}",
        f"{HEAD}:{KEY[:50]}é{KEY[51:]}",
        f"{HEAD}:{KEY[:50]}\n{KEY[50:]}",
        TEXT.upper(),
        HEAD,
        "gitseal-kms:",
        "gitseal-kms:vault",
        "gitseal-kms:vault:",
    ):
        refused(text)
    # The last character has bits that belong to no byte: one key would have several texts, and several ids.
    loose = next(vector["recipient"] for vector in VECTORS if len(vector["recipient"].rpartition(":")[2]) % 4)
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    refused(loose[:-1] + digits[digits.index(loose[-1]) + 1])


def test_a_provider_that_is_not_known_is_named_with_those_that_are() -> None:
    assert "vault" in refused(f"gitseal-kms:vaul:transit/keys/deploy@1:{KEY}").hint
    with pytest.raises(Error, match="no key service of that name"):
        locators.given("transit/keys/deploy")


@pytest.mark.parametrize("provider", locators.PROVIDERS.values(), ids=lambda provider: provider.name)
def test_the_examples_are_locators(provider: locators.Provider) -> None:
    locators.check_locator(provider.name, provider.example)
    assert locators.given(f"{provider.name}:{provider.example}") == (provider, provider.example)


def public(key: Any) -> bytes:
    encoded: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def test_only_rsa_of_three_sizes_is_taken() -> None:
    modulus = int(VECTORS[0]["modulus"], 16)
    small = rsa.RSAPublicNumbers(65537, (modulus >> 1024) | 1).public_key()
    odd_size = rsa.RSAPublicNumbers(65537, modulus << 8 | 1).public_key()
    three = rsa.RSAPublicNumbers(3, modulus).public_key()
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for key in (
        small.public_bytes(*spki),
        odd_size.public_bytes(*spki),
        three.public_bytes(*spki),
        public(ec.generate_private_key(ec.SECP256R1())),
        der(TEXT)[:-1],
        der(TEXT) + b"\0",
        b"",
    ):
        with pytest.raises(Error) as caught:
            kms.compose("vault", "transit/keys/deploy@1", key)
        assert "2048, 3072 or 4096" in caught.value.hint


def test_a_modulus_that_is_even_or_short_is_refused() -> None:
    key = bytearray(der(TEXT))
    even = bytes(key[:-6]) + bytes([key[-6] & 0xFE]) + bytes(key[-5:])
    at = len(key) - 5 - 256
    short = bytes(key[:at]) + bytes([key[at] & 0x7F]) + bytes(key[at + 1 :])
    for unsound in (even, short):
        with pytest.raises(Error, match="not a sound key"):
            kms.compose("vault", "transit/keys/deploy@1", unsound)


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_the_text_has_the_key_in_the_form_that_the_library_writes(vector: dict[str, str]) -> None:
    key = load_der_public_key(der(vector["recipient"]))
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == der(vector["recipient"])
    assert f"{key.public_numbers().n:x}" == vector["modulus"]
    # And the library's own OAEP is what the specification opens.
    sealed = key.encrypt(b"x" * 16, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
    assert oaep.unsealed(sealed, int(vector["modulus"], 16), int(vector["private exponent"], 16)) == b"x" * 16


def test_a_public_key_is_read_from_every_form_that_a_cloud_gives() -> None:
    key = load_der_public_key(der(TEXT))
    for encoding in (Encoding.PEM, Encoding.DER):
        assert kms.public_key_in(key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)) == der(TEXT)
    assert kms.public_key_in(key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)) == der(TEXT)
    for file in (b"", b"hello", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(Error, match="no public key"):
            kms.public_key_in(file)
    with pytest.raises(Error, match="private key"):
        kms.public_key_in(b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n")


def test_everything_in_the_text_is_in_the_fingerprint() -> None:
    texts = [TEXT, TEXT.replace("@1", "@2"), TEXT.replace("deploy", "other"), VECTORS[2]["recipient"]]
    assert len({fingerprint(text) for text in texts}) == len({recipient_id(text) for text in texts}) == 4
    assert kms.short(TEXT) == f"{HEAD} ({fingerprint(TEXT)})"


def test_no_age_file_is_sealed_to_a_cloud_key() -> None:
    with pytest.raises(Error, match="cloud key"):
        recipient_keys([TEXT])


def test_recognising_a_cloud_key_loads_no_library() -> None:
    assert is_key(TEXT)
    code = (
        "import sys\nfrom gitseal.recipients.kinds import parse_recipient\n"
        f"assert parse_recipient({TEXT!r}).canonical\n"
        "assert not {'cryptography', 'pyrage', 'http.client', 'ssl', 'gitseal.recipients.clouds.vault'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
