"""What other tools print comes in: files that they printed (vectors/make-printed.sh), or the shape that their pages document.

The documented shapes are those of tools that need an account: Doppler, Infisical, 1Password, Heroku, Fly.io and Vercel.
"""

import json
from pathlib import Path

import pytest

from gitseal.errors import Error, Malformed
from gitseal.exchange import Encrypted, foreign, parse
from gitseal.exchange.foreign import ForeignSource, Opened, ToolKeys

PRINTED = Path(__file__).parent / "vectors/printed"


def opened(data: bytes, form: str = "", folder: str = "") -> Opened:
    found = foreign.read(data, ForeignSource("f", form, ToolKeys(folder=folder)))
    assert found is not None
    return found


def values(found: Opened) -> dict[str, str]:
    return {"/".join(item.path): item.value.reveal().decode("latin-1") for item in found.imported.items}


def read(tree: object) -> dict[str, str]:
    return values(opened(json.dumps(tree).encode()))


def refused(tree: object) -> Error:
    with pytest.raises(Error) as caught:
        read(tree)
    assert "hush" not in caught.value.message + caught.value.hint
    error: Error = caught.value
    return error


VAULT = {"PORT": "5432", "TOKEN": "hush-a", "deep/URL": "hush-b"}
WANTED = {
    "vault-1.json": VAULT,
    "vault-2.json": VAULT,
    "aws-db.json": {"user": "shop", "password": "hush-a"},
    "aws-TOKEN.json": {"TOKEN": "hush-b"},
    "aws-blob.json": {"blob": "hush\xff"},
    "aws-batch.json": {"db/user": "shop", "db/password": "hush-a", "TOKEN": "hush-b"},
    "ssm-path.json": {"DB_PASSWORD": "hush-a", "LEVEL": "info", "worker/TOKEN": "hush-b"},
    "ssm-one.json": {"DB_PASSWORD": "hush-a"},
    "secret.yaml": {"TOKEN": "hush-a", "tls.key": "hush\nb"},
    "secret.json": {"TOKEN": "hush-a"},
    "secrets.yaml": {
        "shop/TOKEN": "hush-a",
        "shop/tls.key": "hush\nb",
        "pull/dockerconfigjson": (
            '{"auths":{"r.example.com":{"username":"shop","password":"hush-c","auth":"c2hvcDpodXNoLWM="}}}'
        ),
    },
}


@pytest.mark.parametrize("name", WANTED)
def test_what_the_tool_printed(name: str) -> None:
    assert values(opened((PRINTED / name).read_bytes())) == WANTED[name]


def test_types_of_vault_are_kept() -> None:
    kinds = {
        item.path[-1]: item.value.kind.word for item in opened((PRINTED / "vault-2.json").read_bytes()).imported.items
    }
    assert kinds == {"PORT": "integer", "TOKEN": "text", "URL": "text"}


@pytest.mark.parametrize("name", ["vault-deleted.json", "ssm-invalid.json"])
def test_what_the_tool_did_not_give_is_told(name: str) -> None:
    with pytest.raises(Malformed):
        opened((PRINTED / name).read_bytes())


@pytest.mark.parametrize("name", WANTED)
def test_a_file_that_is_said_to_be_json_or_yaml_is_that(name: str) -> None:
    form = "yaml" if name.endswith("yaml") else "json"
    assert foreign.read((PRINTED / name).read_bytes(), ForeignSource("f", form, ToolKeys())) is None


def test_doppler() -> None:
    secret = {
        "raw": "a-${X}",
        "computed": "hush-a",
        "computedVisibility": "masked",
        "rawVisibility": "masked",
        "note": "",
    }
    assert read({"TOKEN": secret}) == {"TOKEN": "hush-a"}
    assert read({"secrets": {"TOKEN": {"raw": "x", "computed": "hush-a", "note": ""}}, "success": True}) == {
        "TOKEN": "hush-a"
    }
    error = refused({"TOKEN": {**secret, "computed": None, "computedVisibility": "restricted"}})
    assert "Doppler does not give a restricted one" in error.message


def test_infisical() -> None:
    one = {"key": "TOKEN", "workspace": "w", "value": "hush-a", "type": "shared", "_id": "1", "secretPath": "/"}
    assert read([one, {**one, "key": "URL", "secretPath": "/api/db"}]) == {"TOKEN": "hush-a", "api/db/URL": "hush-a"}
    listed = {"secretKey": "TOKEN", "secretValue": "hush-a", "secretPath": "/", "type": "shared"}
    assert read({"secrets": [listed], "imports": []}) == {"TOKEN": "hush-a"}
    assert "Infisical hides it" in refused({"secrets": [{**listed, "secretValueHidden": True}]}).message
    assert "comes twice" in refused([one, one]).message
    found = opened(json.dumps([one, {**one, "value": "hush-mine", "type": "personal"}]).encode())
    assert values(found) == {"TOKEN": "hush-a"}
    assert found.notes == ("1 value of your own left out, which stand before the shared ones for you alone",)
    assert read([{**one, "type": "personal"}]) == {"TOKEN": "hush-a"}


ITEM = {
    "id": "x",
    "title": "shop",
    "version": 1,
    "vault": {"id": "v"},
    "category": "API_CREDENTIAL",
    "sections": [{"id": "s", "label": "database"}],
    "fields": [
        {"id": "notesPlain", "type": "STRING", "purpose": "NOTES", "label": "notesPlain", "value": ""},
        {"id": "username", "type": "STRING", "label": "username", "value": "shop"},
        {"id": "credential", "type": "CONCEALED", "label": "credential", "value": "hush-a"},
        {"id": "empty", "type": "CONCEALED", "label": "empty"},
        {"id": "otp", "type": "OTP", "label": "otp", "value": "otpauth://hush", "totp": "123456"},
        {
            "id": "p",
            "section": {"id": "s", "label": "database"},
            "type": "CONCEALED",
            "label": "password",
            "value": "hush-b",
        },
    ],
}


def test_1password() -> None:
    one = {"username": "shop", "credential": "hush-a", "database/password": "hush-b"}
    assert read(ITEM) == one
    both = read([ITEM, {**ITEM, "title": "mail"}])
    assert both == {f"{title}/{name}": value for title in ("shop", "mail") for name, value in one.items()}
    named = opened(json.dumps([ITEM, {**ITEM, "title": "my mail"}]).encode())
    assert values(named)["my_mail/credential"] == "hush-a"
    assert named.notes == ('"my mail" has the name my_mail here',)


def test_fields_of_1password_that_were_chosen() -> None:
    field = {"id": "f1", "type": "CONCEALED", "label": "2nd api key", "value": "hush-a", "reference": "op://v/shop/x"}
    for chosen in (field, [field], [field, {"id": "o", "type": "OTP", "label": "otp", "value": "hush"}]):
        assert read(chosen) == {"_2nd_api_key": "hush-a"}
    assert "comes twice" in refused([field, field]).message


def test_vercel() -> None:
    one = {"key": "TOKEN", "type": "encrypted", "value": "hush-a", "target": ["production"], "decrypted": True}
    plain = {"key": "LEVEL", "type": "plain", "value": "info", "target": ["production"]}
    assert read({"envs": [one, plain]}) == {"TOKEN": "hush-a", "LEVEL": "info"}
    for sealed in ({**one, "decrypted": False}, {"key": "T", "type": "sensitive", "target": [], "value": ""}):
        error = refused({"envs": [plain, sealed]})
        assert isinstance(error, Encrypted)
        assert "vercel env pull" in error.hint


def test_fly_gives_no_values() -> None:
    for one in ({"name": "TOKEN", "digest": "d1"}, {"Name": "TOKEN", "Digest": "d1", "CreatedAt": "x"}):
        assert "Fly.io gives no value of a secret back" in refused([one]).message


def test_a_parameter_that_was_not_decrypted_is_refused() -> None:
    sealed = {"Name": "/a/B", "Type": "SecureString", "Value": "AQICAHhush" + "A" * 90, "Version": 1}
    error = refused({"Parameters": [sealed]})
    assert isinstance(error, Encrypted)
    assert "--with-decryption" in error.hint


def test_heroku_prints_plain_json_and_lines_of_a_shell() -> None:
    assert foreign.read(b'{\n  "DATABASE_URL": "hush"\n}', ForeignSource("f", "", ToolKeys())) is None
    (item,) = parse("dotenv", b"DATABASE_URL='hush $a'\n").items
    assert item.value.reveal() == b"hush $a"


MANIFEST = """\
apiVersion: v1
kind: Secret
metadata: {name: shop}
data:
  A: aHVzaC1h
  NONE:
  B: aHVzaA==
stringData:
  B: hush-b
"""


def test_a_manifest() -> None:
    assert values(opened(MANIFEST.encode())) == {"A": "hush-a", "NONE": "", "B": "hush-b"}
    others = "---\napiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 2}\n"
    token = MANIFEST.replace("\ndata:", "\ntype: kubernetes.io/service-account-token\ndata:", 1)
    found = opened(f"{others}---\n{MANIFEST}---\n{token}".encode())
    assert values(found)["A"] == "hush-a"
    assert found.notes == ("2 objects of the file left out: no Secrets, or such as a cluster makes itself",)
    listed = {"apiVersion": "v1", "kind": "List", "items": [json.loads((PRINTED / "secret.json").read_text())]}
    assert read(listed) == {"TOKEN": "hush-a"}
    text = opened(f"{MANIFEST}---\nA: lost\n---\n# nothing\n".encode())
    assert text.notes == ("1 object of the file left out: no Secrets, or such as a cluster makes itself",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("aHVzaC1h", "hush-a!", '"A" of data is not base64'),
        ("aHVzaC1h", "'{{ .Values.hush }}'", '"A" of data is not base64'),
        ("  NONE:", "  A: aHVzaA==", '"A" stands twice'),
        ("  B: hush-b", "  B: 5", '"B" of stringData is no text'),
        ("  A:", "  a b:", '"a b" cannot be a name'),
        ("kind: Secret", "kind: SealedSecret", 'the SealedSecret "shop" is sealed for a controller'),
        ("kind: Secret", "kind: ExternalSecret", 'the ExternalSecret "shop" has no values'),
        ("\ndata:", "\nkind: Secret\ndata:", '"kind" stands twice'),
        ("\ndata:", "\nmore: &a [x]\ndata:", "anchors and aliases are not imported"),
        ("{name: shop}", "{name: " + "[" * 70 + "]" * 70 + "}", "nested more than 64 deep"),
    ],
)
def test_a_manifest_that_cannot_be_read(old: str, new: str, words: str) -> None:
    assert old in MANIFEST
    with pytest.raises(Error, match=r"^f(:\d+)?: ") as caught:
        opened(MANIFEST.replace(old, new, 1).encode())
    assert words in caught.value.message
    assert "hush" not in caught.value.message + caught.value.hint


def test_docker_gives_no_values() -> None:
    one = {"ID": "x", "Version": {"Index": 1}, "CreatedAt": "t", "UpdatedAt": "t", "Spec": {"Name": "hush"}}
    assert "Docker does not give the value" in refused([one]).message


@pytest.mark.parametrize(
    "tree",
    [
        {"services": {"web": "x"}, "secrets": {"A": "b"}},
        {"services": {}, "secrets": {"A": {"url": "x"}}},
        {"apiVersion": "v1", "data": {"A": "b"}},
        {"kind": "Secret", "data": "x"},
        {"A": {"computed": "x"}, "category": {"reference": "x"}},
        {"ARN": "x", "Name": "y"},
        {"Name": "x", "Type": "house", "Value": "y"},
        {"computed": "x", "raw": "y"},
        {"Parameters": "x", "category": "y", "envs": {}, "digest": 1, "lease_id": "x", "SecretString": "x"},
        {"data": {"data": {"A": "b"}, "metadata": {}}},
        {"lease_id": "x", "data": {"A": "b"}},
    ],
)
def test_ordinary_json_is_nobodys(tree: object) -> None:
    assert foreign.read(json.dumps(tree).encode(), ForeignSource("f", "", ToolKeys())) is None


def test_only_files_that_are_no_json_are_left_to_their_own_reader() -> None:
    for data in (b'{"lease_id": ', b"[" * 100_000, b'{"computed": NaN}', b"apiVersion", b"\xff\xfe\0apiVersion"):
        assert foreign.read(data, ForeignSource("f", "", ToolKeys())) is None
