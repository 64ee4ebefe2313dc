"""What other tools and gitseal have encrypted is recognised as a value and as a file, and nothing else is."""

import json
from base64 import b64encode, urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Callable
from hashlib import shake_256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document import binary_ciphertext, ciphertext
from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import Error
from tests.growth import assert_linear

DOTENVX = (
    "encrypted:" + "BE9Y7LKANx77X1pv1HnEoil93fPa5c9rpL/1ps48uaRT9zM8VR6mHx9yM+HktKdsPGIZELuZ7rr2mn1gScsmWitppAgE" * 2
)
_RAILS = "hush" * 3 + "==--" + "A" * 16 + "--" + "A" * 22 + "=="
_AGE = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+\n-----END AGE ENCRYPTED FILE-----\n"
_EJSON = "EJ[1:WGj2t4znULHT1IRveMEdvvNXqZzNBNMsJ5iZVy6Dvxs=:kA6ekF8ViYR5ZLeSmMXWsdLfWr7wn9qS:fcHQtdt6nqcNOXa9lEqcXyk=]"
# What `gpg --symmetric` wrote, and the beginning of what `aws kms encrypt` gives.
_GPG = "jA0ECQMCBBKcm+Qpie//0jcBKh7pcQdIA8hRg0GxlrP+rRMEnH8u69eSJhINEm3TyTRRAriJGpUF5BFpbo2VZU9dLT3y7/Ng"
_KMS = "AQICAHhm3jJMi4AF4d4BwvxafC3DNyBLxukcT9JFirgm5s4zXQGY7fQ7SPnp5bLV9kPhbO9GAAAAsHufdFnX2zEmrXwRtr7kGClSzF9K"
_JWE_HEADER = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ"  # {"alg":"RSA-OAEP","enc":"A256GCM"}


def base64(content: bytes | str) -> str:
    return b64encode(content.encode() if isinstance(content, str) else content).decode()


_ENVELOPED, _SIGNED = (
    f"-----BEGIN {name}-----\n"
    + base64(b"\x30\x82\x05\x0c\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" + kind + bytes(900))
    for name, kind in (("CMS", b"\x03"), ("PKCS7", b"\x02"))
)
_AGE_BYTES = base64(b"age-encryption.org/v1\n-> X25519 x\n")
_JWE = f"{_JWE_HEADER}.hush.aHVz.aHVz.aHVz"
_JWE_JSON = {"protected": _JWE_HEADER, "encrypted_key": "aHVz", "iv": "aHVz", "ciphertext": "aHVz", "tag": "aHVz"}
_CHEF = {"encrypted_data": "aHVz", "iv": "aHVz", "auth_tag": "aHVz", "version": 3, "cipher": "aes-256-gcm"}
VALUES = {
    DOTENVX: "dotenvx",
    "EJ[1:WGj2t4znULHT1IRveMEdvvNXqZzNBNMsJ5iZVy6Dvxs=:kA6ekF8ViYR5ZLeSmMXWsdLfWr7wn9qS:fcHQtdt6nqcNOXa9]": "ejson",
    "$ANSIBLE_VAULT;1.1;AES256\n6231336539\n": "ansible-vault",
    "  $ANSIBLE_VAULT;1.2;AES256;dev\n6231336539": "ansible-vault",
    "ENC[PKCS7,MIIBiQYJKoZIhvcNAQcDoIIBejCCAXYCAQAxggEhMIIBHQ==]": "hiera-eyaml",
    "postgres://u:ENC[PKCS7,MIIBiQYJKoZI]@db/x": "hiera-eyaml",
    "ENC[GPG,hQEMA0]": "hiera-eyaml",
    "ENC[AES256_GCM,data:qjA=,iv:qjA=,tag:qjA=,type:str]": "sops",
    "ENC[v1,s,default:k00000000000000000000000000000000,AAAA]": "gitseal",
    "STANZA[v1,k00000000000000000000000000000000,AAAA]": "gitseal",
    "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n": "age",
    "-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----": "gpg",
    "U2FsdGVkX1/dsTxY2vkVkvVVhB8ozf0+": "transcrypt or openssl",
    "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==": "Vault",
    f" vault:v12:{'A' * 684}": "Vault",
    _RAILS: "Rails",
    "eyJpdiI6" + "hush" * 40 + "aGk=": "Laravel",
    f"pre{DOTENVX}": "dotenvx",
    f"a {DOTENVX}": "dotenvx",
    f"{DOTENVX} and more": "dotenvx",
    # Behind a name, or in lines of configuration.
    f"pw={_EJSON}": "ejson",
    f"a cert, then\n{_AGE}": "age",
    "cert\n-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\n\nhQEMA0\n": "gpg",
    "cert\\n-----BEGIN PGP MESSAGE-----\\n\\nhQEMA0\\n": "gpg",
    "key: $ANSIBLE_VAULT;1.1;AES256\n  62313365396662343061393464336163": "ansible-vault",
    "export A=vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==": "Vault",
    "LEVEL=info\nPW='U2FsdGVkX1/dsTxY2vkVkvVVhB8ozf0+'\nMORE=1": "transcrypt or openssl",
    f"A: {_KMS}": "AWS KMS",
    # What has no word at its beginning.
    _KMS: "AWS KMS",
    _GPG: "gpg",
    base64(b"\x0a\x24\x00" + b"k" * 35 + b"\x12\x49\x00" + b"c" * 70): "Google Cloud KMS",
    base64(b"\x02\x00" + b"k" * 512 + b"c" * 20): "Sealed Secrets",
    "gAAAAABmZmZm" + "hush_-" * 20 + "==": "Fernet",
    f"{_JWE_HEADER}.hush.aHVz.aHVz.aHVz": "JWE",
    f"{_JWE_HEADER}..aHVz.aHVz.aHVz": "JWE",
    # In base64.
    base64(_AGE): "age",
    base64(b"age-encryption.org/v1\n-> X25519 x\n"): "age",
    base64("-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n"): "gpg",
    base64("$ANSIBLE_VAULT;1.1;AES256\n6231336539\n"): "ansible-vault",
    base64(b"\0GITCRYPT\0\x01\x02\x03\x04\x05\x06"): "git-crypt",
    base64("ENC[v1,s,default:k00000000000000000000000000000000,AAAA]"): "gitseal",
    base64("ENC[AES256_GCM,data:qjA=,iv:qjA=,tag:qjA=,type:str]"): "sops",
    base64(_EJSON): "ejson",
    base64(DOTENVX).rstrip("="): "dotenvx",
    base64(_AGE)[:64] + "\n" + base64(_AGE)[64:]: "age",
    f"A={base64(_AGE)}": "age",
    base64(_KMS): "AWS KMS",
    base64(_GPG): "gpg",
    # In quotes, a data URI, a header or JSON.
    f'"{_AGE_BYTES}"': "age",
    f"'{_KMS}'\n": "AWS KMS",
    f"data:application/octet-stream;base64,{_AGE_BYTES}": "age",
    f'KEY="data:;base64,{_AGE_BYTES}"': "age",
    json.dumps({"CiphertextBlob": _KMS, "KeyId": "arn:aws:kms:eu-west-1:1:key/x"}): "AWS KMS",
    json.dumps({"pw": _CHEF}): "Chef",
    json.dumps([_JWE_JSON], indent=1): "JWE",
    json.dumps(json.dumps({"a": [_JWE]})): "JWE",
    '{"a": "' + _KMS + '", "a": 1}': "AWS KMS",
    '{"b": ' + "[" * 100_000 + f'"{_KMS}"': "AWS KMS",
    f"Bearer {_JWE}": "JWE",
    f"Authorization: Bearer {_JWE}\n": "JWE",
    base64('{ "enc": "A256GCM", "alg": "dir" }').rstrip("=") + "..aHVz.aHVz.aHVz": "JWE",
    _ENVELOPED: "CMS",
    _ENVELOPED.replace("\n", "\\n"): "CMS",
    f"A={base64(_ENVELOPED)}": "CMS",
    _ENVELOPED.partition("\n")[2]: "CMS",
    "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=x\n\nMIIB": "CMS",
    f"ENC({base64(bytes(range(16)))})": "Jasypt",
    f"jdbc:pg://u:ENC({base64(bytes(range(48)))})@h/d": "Jasypt",
    f"v1:{base64(bytes(range(12)))}:{base64(bytes(range(21)))}": "Pulumi",
    f"secure: v1:{base64(bytes(range(12)))}:{base64(bytes(range(36)))}": "Pulumi",
}
_HS256, _CLAIMS = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0"
_PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + ("MIIEpAIBAAKCAQEA" * 4 + "\n") * 8 + "-----END RSA PRIVATE KEY-----\n"
ORDINARY = [
    "",
    "encrypted: yes",
    "encrypted:",
    "encrypted:short",
    "the backup is encrypted: ask Ann for the key, and see https://example.com/" + "a" * 60,
    "encrypted:" + "hush " * 40,
    "vault:v1:",
    "vault:v2:key",
    "vault:secret/data/app#password",
    "the path is vault:v1:" + "A" * 60,
    "git log --oneline -- A--B",
    "AAAA--" + "A" * 16 + "--" + "A" * 22,
    "kind: SealedSecret",
    "ENC[]",
    "ENC(x)",
    "{cipher}a1b2",
    "AES256_GCM",
    "EJ[2]",
    "$ANSIBLE",
    "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
    "STANZA",
    "age1xyz",
    "U2FsdGVk",
    "put it behind -----BEGIN PGP MESSAGE-----\nand before the end",
    "see EJ[1: and $ANSIBLE_VAULT; in the docs",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdGBGZm\n-----END PGP PRIVATE KEY BLOCK-----\n",
    # Secrets as services give them, with made-up digits.
    f"{_HS256}.{_CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    f"Authorization: Bearer {_HS256}.{_CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    base64(bytes(range(32))),
    "base64:" + base64(bytes(range(32, 64))),
    base64(_PEM),
    base64(b"\x30\x82\x04\xa4\x02\x01\x00" + bytes(range(256)) * 4),
    base64(b"\xfe\xed\xfe\xed\x00\x00\x00\x02" + bytes(range(256)) * 4),
    _PEM,
    _PEM.replace("\n", "\\n"),
    base64('{"auths":{"r.example.com":{"username":"shop","password":"hush","auth":"c2hvcDpodXNo"}}}'),
    "postgres://shop:hush%2Fhush@db.example.com:5432/shop?sslmode=require",
    "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey="
    + base64(bytes(64))
    + ";EndpointSuffix=core.windows.net",
    "Endpoint=sb://shop.example.com/;SharedAccessKeyName=root;SharedAccessKey=" + base64(bytes(range(32))),
    "amqps://shop:hush@mq.example.com/shop",
    "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde",
    "$argon2id$v=19$m=65536,t=3,p=4$aHVzaGh1c2g$aHVzaGh1c2hodXNoaHVzaGh1c2hodXNo",
    "FlyV1 fm2_lJPECAAAAAAAB" + "hush" * 60,
    "gAAAAABmZmZm",
    "AgAAAABhbGljZQ" + "hush" * 80,
    "AGE-SECRET-KEY-1" + "Q" * 58,
    "a.b.c.d.e",
    _SIGNED,
    _SIGNED.partition("\n")[2],
    base64(b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" + bytes(300)),
    "-----BEGIN CMS-----",
    "Content-Type: application/pkcs7-mime; smime-type=signed-data",
    "data:image/png;base64," + base64(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    f'"{base64(bytes(range(32)))}"',
    "'hush hush'",
    '"',
    json.dumps({"type": "service_account", "private_key": _PEM, "client_email": "a@example.com"}),
    json.dumps({"kty": "oct", "k": "aHVzaGh1c2hodXNoaHVzaA", "alg": "A256GCM", "enc": "A256GCM"}),
    json.dumps({"auths": {"r.example.com": {"auth": "c2hvcDpodXNo"}}, "iv": "x", "tag": "y"}),
    "ENC(the password of the database)",
    f"ENC({base64(bytes(12))})",
    f"ENC({base64(bytes(range(32)))[:-3]})",
    "v1:0123456789abcdef:hush",
    f"v1:{base64(bytes(range(16)))}:{base64(bytes(range(32)))}",
    f"v1:{base64(bytes(range(32)))}",
    "t=1492774577,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
    "whsec_" + base64(bytes(range(24))),
    "eyJhbGciOiJIUzI1NiJ9.hush.hush.hush.hush",
    "user=shop\npassword=hush-hush-hush-hush-hush\nurl=https://example.com/a?b=c",
]


# Bytes of hypothesis itself may be what it saw in our source, such as the beginning of a file of age.
KEYS = st.builds(lambda seed, size: shake_256(seed).digest(size), st.binary(max_size=8), st.integers(12, 300))


@given(KEYS, st.sampled_from([b64encode, urlsafe_b64encode]))
def test_random_keys_are_no_ciphertext(content: bytes, encoded: Callable[[bytes], bytes]) -> None:
    for kind in (encoded(content).decode(), content.hex()):
        for value in (kind, f"KEY={kind}", f"-----BEGIN PRIVATE KEY-----\n{kind}\n-----END PRIVATE KEY-----\n"):
            assert ciphertext.of_value(text(value)) is None
        assert ciphertext.of_value(text(json.dumps({"key": kind, "iv": "x", "tag": "y"}))) is None
        assert ciphertext.of_value(text(f'"{kind}"')) is None


@pytest.mark.parametrize(("content", "tool"), VALUES.items())
def test_a_value(content: str, tool: str) -> None:
    with pytest.raises(Error) as caught:
        ciphertext.refuse("api/NAME", text(content))
    assert caught.value.message == f'the value of "api/NAME" is encrypted by {tool}'
    assert content.strip() not in caught.value.message + caught.value.hint
    if content.count("[") > 10_000:
        return
    listed = TypedValue(ValueType.JSON, json.dumps(["a", {"b": content}]).encode())
    assert (found := ciphertext.of_value(listed)) is not None
    assert found.tool == tool
    # Somebody who asks for bytes wants these. Nobody chose the type of what a file has.
    as_bytes = TypedValue(ValueType.BYTES, content.encode())
    assert ciphertext.of_value(as_bytes) is None
    assert (imported := ciphertext.of_imported(as_bytes)) is not None
    assert imported.tool == tool


@pytest.mark.parametrize("content", ORDINARY)
def test_no_ciphertext(content: str) -> None:
    assert ciphertext.of_value(text(content)) is None
    assert ciphertext.of_file(f"A={content}\n".encode()) is None
    assert ciphertext.of_file(content.encode()) is None


def test_a_jwe_is_a_value() -> None:
    for content in ("eyJpdiI6", "eyJpdiI6" + "hush" * 40 + "." + "hush" * 10 + ".hush"):
        assert ciphertext.of_value(text(content)) is None


@pytest.mark.parametrize("kind", [ValueType.NULL, ValueType.BOOLEAN, ValueType.INTEGER, ValueType.FLOAT])
def test_other_types_are_no_ciphertext(kind: ValueType) -> None:
    assert ciphertext.of_value(TypedValue(kind, b"1")) is None


@pytest.mark.parametrize(
    ("data", "tool"),
    [
        (b"\0GITCRYPT\0\x01\x02", "git-crypt"),
        (b"age-encryption.org/v1\n-> X25519 x\n", "age"),
        (b"\n-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "age"),
        (b"Salted__\x01\x02", "transcrypt or openssl"),
        (b"U2FsdGVkX1/dsTxY2vkVkvVVhB8ozf0+\n", "transcrypt or openssl"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6231\n", "ansible-vault"),
        (b"\xef\xbb\xbf-----BEGIN PGP MESSAGE-----\n", "gpg"),
        (_ENVELOPED.encode(), "CMS"),
        (a2b_base64(_ENVELOPED.partition("\n")[2]), "CMS"),
        (b"\x85\x02\x0c\x03\xff\xfe", "gpg"),
        (b"\x8c\x0d\x04\x09\xff\xfe", "gpg"),
        (b"hush" * 30 + b"--" + b"A" * 16 + b"--" + b"A" * 22 + b"==\n", "Rails"),
        (b"eyJpdiI6ImFiYyIsInZhbHVlIjoieCJ9", "Laravel"),
        (b"kind: SealedSecret\nspec:\n  encryptedData:\n    A: AgBy3i4O\n", "Sealed Secrets"),
        (b'{"kind":"SealedSecret","spec":{"encryptedData":{"A":"AgBy3i4O"}}}', "Sealed Secrets"),
        (b"[db]\npassword = ENC[AES256_GCM,data:x,type:str]\n\n[sops]\nversion = 3.9\n", "sops"),
    ],
)
def test_a_file(data: bytes, tool: str) -> None:
    found = ciphertext.of_file(data)
    assert found is not None
    assert found.tool == tool
    assert found.advice


def test_bytes_in_a_format_of_a_tool_are_no_value() -> None:
    for data in (b"\0GITCRYPT\0\x01", b"age-encryption.org/v1\n", b"Salted__\x01"):
        assert ciphertext.of_value(TypedValue(ValueType.BYTES, data)) is not None
        with pytest.raises(Error) as caught:
            ciphertext.refuse("NAME", TypedValue(ValueType.BYTES, data))
        assert "--type bytes" not in caught.value.hint, "it is refused with that as well"


@pytest.mark.parametrize(
    ("names", "tool"),
    [
        ({"encrypted_data", "iv", "version", "cipher"}, "Chef"),
        ({"encrypted_data", "iv", "auth_tag", "version", "cipher"}, "Chef"),
        ({"protected", "header", "iv", "ciphertext", "tag", "encrypted_key"}, "JWE"),
        ({"iv", "version", "cipher"}, None),
        ({"encrypted_data"}, None),
    ],
)
def test_an_object_that_keeps_a_ciphertext(names: set[str], tool: str | None) -> None:
    found = ciphertext.of_section(names)
    assert (found.tool if found else None) == tool


def test_bytes_that_begin_as_kubeseal_does_are_a_value() -> None:
    assert ciphertext.of_value(TypedValue(ValueType.BYTES, b"\x02\x00" + bytes(range(256)) * 3)) is None


def test_what_gpg_writes_is_known_without_armor() -> None:
    written = (Path(__file__).parents[1] / "exchange/foreign/vectors/refused/git-secret.env.secret").read_bytes()
    for content in (written, a2b_base64(_GPG)):
        assert binary_ciphertext.is_gpg(content)
        assert (found := ciphertext.of_value(TypedValue(ValueType.BYTES, content))) is not None
        assert found.tool == "gpg"
        assert not any(binary_ciphertext.is_gpg(content[:size]) for size in range(16))


@pytest.mark.parametrize(
    "piece",
    [
        "x -----BEGIN PGP MESSAGE-----\n",
        "A=b\n",
        "export ",
        "EJ[1:",
        "x $ANSIBLE_VAULT;1.1;AES",
        "a.",
        "\t",
        '["',
        '\\\\"',
        '"\\\\"',
        "[",
        "a: ",
        "ENC(AAAA",
        "pkcs7-mime;",
        "-----BEGIN CMS-----\n",
        "data:",
    ],
)
def test_the_time_grows_with_the_value(piece: str) -> None:
    def read(size: int) -> Callable[[], object]:
        value = text(piece * (size // len(piece)))
        return lambda: ciphertext.of_value(value)

    assert_linear(read)
