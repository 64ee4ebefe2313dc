"""Files that sops wrote (vectors/make.sh) have for us the values that sops itself decrypts from them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.document.value import ValueType
from gitseal.exchange import sops
from gitseal.exchange.sops import SopsFile
from gitseal.identities import Keyring, discover

VECTORS = Path(__file__).parent / "vectors"
WANTED = sorted((VECTORS / "want").iterdir())


def keyring(name: str = "age.txt") -> Keyring:
    return discover({"GITSEAL_IDENTITY_FILE": str(VECTORS / name)}, VECTORS, None)


def read(name: str, identity: str = "age.txt") -> SopsFile:
    return sops.read((VECTORS / name).read_bytes(), keyring(identity).by_cost(), name)


def _leaves(tree: dict[str, object], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _python(kind: ValueType, content: bytes) -> object:
    if kind is ValueType.TEXT:
        return content.decode()
    if kind is ValueType.NULL:
        return None
    return json.loads(content)


@pytest.mark.parametrize("want", WANTED, ids=lambda path: path.stem)
def test_names_and_values_are_those_that_sops_decrypts(want: Path) -> None:
    name = want.stem
    identity = "id_ed25519" if name in {"ssh.yaml", "old.yaml"} else "age.txt"
    imported = read(name, identity).imported
    values = {item.path: _python(item.value.kind, item.value.reveal()) for item in imported.items}
    assert values == dict(_leaves(json.loads(want.read_bytes())))
    assert list(values) == [path for path, _ in _leaves(json.loads(want.read_bytes()))]


def test_types_are_kept() -> None:
    kinds = {"/".join(item.path): item.value.kind.word for item in read("types.yaml").imported.items}
    of_type = {kind: [name for name, one in kinds.items() if one == kind] for kind in set(kinds.values())}
    assert of_type["integer"] == ["n", "big", "octal", "under", "port_unencrypted", "rate_unencrypted"]
    assert of_type["float"] == ["f", "g", "tiny", "eight"]
    assert of_type["boolean"] == ["b"]
    assert of_type["null"] == ["z"]
    assert of_type["json"] == ["empty", "none", "list"]


def test_comments_stand_above_the_name_that_they_stood_above_or_behind() -> None:
    comments = {"/".join(item.path): item.comments for item in read("types.yaml").imported.items if item.comments}
    assert comments == {
        "a": ("# Of the whole file", "# in two lines"),
        "db/user": ("# Of the section", "# Of the user", "# behind it"),
        "list": ("# the last of db",),
        "zz": ("# at the end",),
    }
    flat = {item.path[0]: item.comments for item in read("flat.env").imported.items if item.comments}
    assert flat == {"SMTP_USER": ("# Of the mail",), "KEY": ("# two", "# lines")}
    parts = {"/".join(item.path): item.comments for item in read("parts.ini").imported.items if item.comments}
    assert parts == {"DEFAULT/top": ("# of all",), "db/user": ("# of the user",)}


def test_a_binary_file_is_one_value() -> None:
    (item,) = read("blob.bin").imported.items
    assert (item.path, item.value.kind, item.value.reveal()) == (("data",), ValueType.BYTES, b"\0\1hush\xff\xfe")


def test_several_documents_are_taken_together() -> None:
    assert [item.path for item in read("several.yaml").imported.items] == [("a",), ("b",), ("c",), ("d", "e")]


def test_each_recipient_opens_a_file_of_several() -> None:
    age, ssh = read("both.yaml"), read("both.yaml", "id_ed25519")
    assert [item.value for item in age.imported.items] == [item.value for item in ssh.imported.items]
    assert [key.partition(" ")[0][:8] for key in age.recipients] == ["age1htc9", "ssh-ed25"]


def test_what_no_mac_covers_is_counted() -> None:
    assert read("mac_only_encrypted.yaml").uncovered == 2
    assert read("unencrypted_regex.yaml").uncovered == 0
