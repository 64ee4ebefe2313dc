"""Damaged and hostile files: each ends in an Error of ours, in time that grows with the file, and gives no ciphertext."""

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.exchange import Encrypted, detect, foreign, refuse_encrypted_values
from gitseal.exchange.foreign import ForeignSource, ToolKeys
from gitseal.exchange.parsing import parse_text
from gitseal.identities import discover
from tests.growth import assert_linear

VECTORS = Path(__file__).parent / "vectors"
SOPS = VECTORS.parent.parent / "sops/vectors"
FILES = [
    path.read_bytes()
    for folder in (VECTORS, VECTORS / "printed", SOPS)
    for path in sorted(folder.iterdir())
    if path.suffix in {".env", ".yml", ".ejson", ".json", ".yaml", ".ini"}
]
IDENTITIES = discover({"GITSEAL_IDENTITY_FILE": str(SOPS / "age.txt")}, VECTORS, None)
KEYS = ToolKeys(
    IDENTITIES.by_cost,
    environ={
        "DOTENV_PRIVATE_KEY": (VECTORS / "dotenvx.keys").read_text().partition("DOTENV_PRIVATE_KEY=")[2].split()[0],
        "EJSON_KEYDIR": str(VECTORS / "keydir"),
        "ANSIBLE_VAULT_PASSWORD_FILE": str(VECTORS / "password.txt"),
    },
)
PIECES = st.sampled_from(
    [
        b"",
        b"[" * 70,
        b"{",
        b'"',
        b"\n",
        b"\0",
        b"\xff",
        b"!vault |\n",
        b"&a ",
        b"*a",
        b"---\n",
        b"A=",
        b"EJ[1:",
        b": ",
        b"#",
    ]
)


# What the tools write, whole: a sign that stands in some text is none of it.
_SEALED = re.compile(
    rb"EJ\[1:[^\"\]]{60,}\]|ENC\[AES256_GCM,data:[^,\n]+,iv:[^\n]+?,type:\w+\]|encrypted:[A-Za-z0-9+/]{80,}={0,2}"
    rb"|\$ANSIBLE_VAULT;1\.[12];AES256[^\n]*\n[ ]*[0-9a-f]{64,}"
)
# Names that the readers look for, and values that they take.
_NAMES = st.sampled_from(
    [
        *(
            "apiVersion",
            "kind",
            "metadata",
            "name",
            "data",
            "stringData",
            "type",
            "items",
            "services",
            "secrets",
            "file",
        ),
        *(
            "lease_id",
            "SecretString",
            "SecretBinary",
            "Name",
            "Parameter",
            "Parameters",
            "Value",
            "ARN",
            "computed",
            "raw",
        ),
        *(
            "workspace",
            "secretKey",
            "secretValue",
            "secretPath",
            "category",
            "fields",
            "label",
            "value",
            "section",
            "id",
        ),
        *("envs", "key", "digest", "Digest", "_public_key", "sops", "lastmodified", "mac", "age", "enc", "recipient"),
        *("A", "", "a b", ".x", "é", "gitseal", "environment", "external", "CreatedAt", "SecretValues", "Type"),
    ]
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        ["Secret", "List", "SealedSecret", "v1", "String", "SecureString", "aGk=", "{}", "/a/b", "EJ[1:a:b:c]"]
    ),
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=12,
)
_SIGNS = st.sampled_from([sign for form in foreign.FORMATS.values() for sign in form.signs])


@st.composite
def _any_file(draw: st.DrawFn) -> bytes:
    """Bytes with a sign of some tool among them, or JSON with the names that the tools have, in any shape."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=40)) + draw(_SIGNS) + draw(st.binary(max_size=40))
    return json.dumps(draw(_TREES)).encode()


@pytest.mark.fuzz
@given(data=_any_file(), form=st.sampled_from(["", "dotenv", "json", "yaml", *foreign.FORMATS]))
def test_any_bytes_are_values_or_none_or_refused_whatever_they_are_said_to_be(data: bytes, form: str) -> None:
    with contextlib.suppress(Error):
        opened = foreign.read(data, ForeignSource("f", form, KEYS))
        for item in opened.imported.items if opened else ():
            assert all(item.path), "a name is never empty"


@pytest.mark.fuzz
@given(data=st.sampled_from(FILES), cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), PIECES), max_size=3))
def test_damage_ends_in_an_error_or_in_plain_values(data: bytes, cuts: list[tuple[float, int, bytes]]) -> None:
    for part, gone, piece in cuts:
        place = int(part * len(data))
        data = data[:place] + piece + data[place + gone :]
    with contextlib.suppress(Error):
        opened = foreign.read(data, ForeignSource("f.yaml", "", KEYS))
        imported = opened.imported if opened else parse_text(detect("f.yaml"), data, "f.yaml")
        refuse_encrypted_values(imported)
        sealed = _SEALED.findall(data)
        assert not any(token in item.value.reveal() for token in sealed for item in imported.items)


def _read(data: bytes) -> Callable[[], object]:
    def work() -> None:
        with contextlib.suppress(Error):
            foreign.read(data, ForeignSource("f", "", KEYS))

    return work


HEAD = json.dumps({"_public_key": "0" * 64})[:-1]
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "Rails": lambda size: b"A" * size + b"--",
    "dotenv-vault": lambda size: b"DOTENV_VAULT_" + b"A" * size,
    "dotenv-vault, blank lines": lambda size: b"export DOTENV_VAULT_A" + b"\n" * size,
    "dotenv-vault, exports": lambda size: b"DOTENV_VAULT_" + b"\nexport" * (size // 7),
    "dotenvx, quotes": lambda size: b"DOTENV_PUBLIC_KEY=1\nA='" + b"encrypted:" * (size // 10),
    "ejson, brackets": lambda size: HEAD.encode() + b', "a": ' + b"[" * size,
    "ejson, names": lambda size: (HEAD + "".join(f', "a{number}": 1' for number in range(size // 10)) + "}").encode(),
    "a vault of blanks": lambda size: b"$ANSIBLE_VAULT;1.1;AES256\n" + b" " * size,
    "a vault of lines": lambda size: b"$ANSIBLE_VAULT;1.1;AES256\n" + b"3\n" * (size // 2),
    "parameters": lambda size: json.dumps(
        {"Parameters": [{"Name": f"/a/b/{number}", "Type": "String", "Value": "x"} for number in range(size // 40)]}
    ).encode(),
    "Compose, parts": lambda size: b"services: {}\n" + b"".join(b"x-%d: a\n" % number for number in range(size // 20)),
    "Compose, brackets": lambda size: b"services: " + b"[" * size,
    "variables": lambda size: b"A=" + b"\0A=x" * (size // 4) + b"\0",
    "a path of slashes": lambda size: json.dumps(
        {"Parameters": [{"Name": "/" * size, "Type": "String", "Value": "x"}]}
    ).encode(),
    "one name again": lambda size: (
        b'{"lease_id": "", "data": {' + b'"a": 1,' * (size // 7) + b'"b": 2}, "request_id": ""}'
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_take_linear_time(name: str) -> None:
    assert_linear(lambda size: _read(HOSTILE[name](size)))


def test_no_more_passwords_and_keys_are_tried_than_a_person_has(tmp_path: Path) -> None:
    paths = []
    for number in range(50):
        (tmp_path / str(number)).write_text(f"hush-{number}")
        paths.append(str(tmp_path / str(number)))
    keys = ToolKeys(environ={"ANSIBLE_VAULT_IDENTITY_LIST": ",".join(paths)})
    with pytest.raises(Encrypted):
        foreign.read((VECTORS / "whole.yml").read_bytes(), ForeignSource("f", "", keys))
