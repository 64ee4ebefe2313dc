"""What gitseal cannot open is refused by the name of its tool, with the way to open it; its ciphertext becomes no value."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from gitseal.document.value import text
from gitseal.errors import Error, Malformed
from gitseal.exchange import Encrypted, ImportedValue, detect, foreign, refuse_encrypted_values
from gitseal.exchange.foreign import ForeignSource, ToolKeys
from gitseal.exchange.parsing import parse_text
from gitseal.exchange.sops import exporting
from gitseal.identities import discover

VECTORS = Path(__file__).parent / "vectors"
SOPS = VECTORS.parent.parent / "sops/vectors"
OWN = "age1htc90ugn33dlaw5ffqedwclqeuq0ssyatgzpesjke0a429zu6ekqelw5kp"
REFUSED = {
    "git-crypt.env": ("git-crypt", "git-crypt unlock"),
    "transcrypt.env": ("transcrypt or openssl", "configure the clone with transcrypt"),
    "git-secret.env.secret": ("gpg", "gpg --decrypt"),
    "credentials.yml.enc": ("Rails", "bin/rails credentials:show"),
    "openssl.env": ("transcrypt or openssl", "openssl enc -d"),
}


def test_every_file_is_tried() -> None:
    assert {path.name for path in (VECTORS / "refused").iterdir()} == REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("form", ["", "dotenv", "json", "yaml"])
def test_a_file_of_a_tool(name: str, form: str) -> None:
    data = (VECTORS / "refused" / name).read_bytes()
    tool, way_out = REFUSED[name]
    assert foreign.read(data, ForeignSource(name, form, ToolKeys())) is None
    with pytest.raises(Encrypted) as caught:
        parse_text(form or detect(name), data, name)
    assert caught.value.message == f"{name}: the file is encrypted by {tool}"
    assert way_out in caught.value.cipher.advice


def test_a_name_that_cannot_be_one_is_told_with_file_and_line() -> None:
    made = exporting.export("sops-yaml", [ImportedValue(("my key",), text("x"), 0)], (OWN,), "2026-01-02T03:04:05Z")
    keys = discover({"GITSEAL_IDENTITY_FILE": str(SOPS / "age.txt")}, VECTORS, None)
    with pytest.raises(Malformed) as caught:
        foreign.read(made.content, ForeignSource("s.yaml", "", ToolKeys(keys.by_cost)))
    assert caught.value.message == 's.yaml:1: "my key" cannot be a name'


_ARMORED = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+\n-----END AGE ENCRYPTED FILE-----\n"
_ENCODED = b64encode(_ARMORED.encode()).decode()


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        (f"A={_ENCODED}\n", "dotenv", 'the value of "A" is encrypted by age'),
        (f"A: !!binary {_ENCODED}\n", "yaml", 'the value of "A" is encrypted by age'),
        (
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{A: {_ENCODED}}}\n",
            "",
            'the value of "A" is encrypted by age',
        ),
        (json.dumps({"a": {"b": [f"x\n{_ARMORED}"]}}), "json", 'the value of "a/b" is encrypted by age'),
        (
            json.dumps({"id": "x", "pw": {"encrypted_data": "hush", "iv": "aHVz", "version": 3, "cipher": "aes"}}),
            "json",
            'what "pw" holds is encrypted by Chef',
        ),
        (json.dumps({"CiphertextBlob": "AQICAHhm" + "hush" * 40, "KeyId": "arn"}), "json", "is encrypted by AWS KMS"),
    ],
)
def test_ciphertext_in_a_file_becomes_no_value(text: str, form: str, words: str) -> None:
    opened = foreign.read(text.encode(), ForeignSource("f", form, ToolKeys()))
    imported = opened.imported if opened else parse_text(form, text.encode(), "f")
    with pytest.raises(Encrypted) as caught:
        refuse_encrypted_values(imported)
    assert words in caught.value.message
    assert "hush" not in caught.value.message + caught.value.hint


SEALED = [
    ("dotenvx.env", "dotenvx decrypt --stdout -f {}"),
    ("secrets.ejson", "ejson decrypt {}"),
    ("whole.yml", "ansible-vault view {}"),
    ("inline.yml", ""),
]


@pytest.mark.parametrize(("name", "command"), SEALED)
@pytest.mark.parametrize("form", ["", "dotenv", "json", "yaml", "vault", "kubernetes"])
def test_a_file_whose_key_is_not_here(name: str, command: str, form: str) -> None:
    """Said to be what it is not, it may be no file of that format; it never gives a value."""
    try:
        opened = foreign.read((VECTORS / name).read_bytes(), ForeignSource(name, form, ToolKeys()))
        assert opened is None
        imported = parse_text(
            form if form in {"dotenv", "json", "yaml"} else detect(name), (VECTORS / name).read_bytes(), name
        )
    except Encrypted as error:
        assert error.cipher.command == command  # noqa: PT017 - what else may be raised is told below
        return
    except Error:
        return
    pytest.fail(f"{len(imported.items)} values came out of {name}")
