"""What other tools and gitseal have encrypted is recognised as a value and as a file, and nothing else is."""

import pytest

from gitseal.document import ciphertext
from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import Error

DOTENVX = (
    "encrypted:" + "BE9Y7LKANx77X1pv1HnEoil93fPa5c9rpL/1ps48uaRT9zM8VR6mHx9yM+HktKdsPGIZELuZ7rr2mn1gScsmWitppAgE" * 2
)
_RAILS = "hush" * 3 + "==--" + "A" * 16 + "--" + "A" * 22 + "=="
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
}
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
]


@pytest.mark.parametrize(("content", "tool"), VALUES.items())
def test_a_value(content: str, tool: str) -> None:
    with pytest.raises(Error) as caught:
        ciphertext.refuse("api/NAME", text(content))
    assert caught.value.message == f'the value of "api/NAME" is encrypted by {tool}'
    assert content.strip() not in caught.value.message + caught.value.hint
    listed = TypedValue(ValueType.JSON, f'["a", {{"b": "{content.strip().splitlines()[0]}"}}]'.encode())
    assert (found := ciphertext.of_value(listed)) is not None
    assert found.tool == tool
    # Somebody who asks for bytes wants these.
    assert ciphertext.of_value(TypedValue(ValueType.BYTES, content.encode())) is None


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
