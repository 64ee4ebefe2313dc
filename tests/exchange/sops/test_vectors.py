"""Files that sops wrote (vectors/make.sh) have for us the values that sops itself decrypts from them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.document.value import ValueType
from gitseal.exchange import sops
from gitseal.exchange.sops import SopsFile, comments, yaml_file
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
    by_name = {"/".join(item.path): item.comments for item in read("types.yaml").imported.items if item.comments}
    assert by_name == {
        "a": ("# Of the whole file", "# in two lines"),
        "db/user": ("# Of the section", "# Of the user", "# behind it"),
        "list": ("# the last of db",),
        "zz": ("# at the end",),
    }
    flat = {item.path[0]: item.comments for item in read("flat.env").imported.items if item.comments}
    assert flat == {"SMTP_USER": ("# Of the mail",), "KEY": ("# two", "# lines")}
    parts = {"/".join(item.path): item.comments for item in read("parts.ini").imported.items if item.comments}
    assert parts == {"DEFAULT/top": ("# of all",), "db/user": ("# of the user",)}


CLEAR = {
    "a": ("# before the first", "# behind a"),
    "b/x": ("# in b", "# behind x"),
    "c": (
        *("# last of b", "# behind the name c", "# of i1", "# behind i1", "# of the map", "# behind k"),
        "# end of the map",
    ),
    "d": ("# end of the list", "# above d"),
}


def test_comments_in_lists_stand_above_the_list_and_those_behind_all_of_it_below() -> None:
    for name in ("comments.yaml", "clear_comments.yaml"):
        imported = read(name).imported
        assert {"/".join(item.path): item.comments for item in imported.items} == CLEAR
        assert imported.below == ("# behind d", "# last", "# very last")
    flat = read("comments.env").imported
    assert (flat.items[0].comments, flat.below) == (("# before the first",), ("# last", "# very last"))


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("a:\n- 1\n# of b\nb: 2\n", {"b": ("# of b",)}),
        ("a:\n  - 1\n  # in a\n# of b\nb: 2\n", {"a": ("# in a",), "b": ("# of b",)}),
        ("a: [1, # one\n# two\n  2]\nb: 2\n", {"a": ("# one", "# two")}),
        ("a:\n  - - 1 # one\n    # two\n  # three\nb: 2\n", {"a": ("# one", "# two", "# three")}),
        ("s:\n  a:\n  - x: 1\n    # in a\n  # of b\n  b: 2\n", {"s/a": ("# in a",), "s/b": ("# of b",)}),
    ],
)
def test_a_comment_behind_a_list_is_of_it_if_it_is_further_in_than_its_name(
    text: str, above: dict[str, tuple[str, ...]]
) -> None:
    (document,) = yaml_file.parse(text.encode())
    assert {"/".join(path): lines for path, lines in comments.above(document).items()} == above


def test_comments_of_ini_have_one_sign_whichever_they_had() -> None:
    by_name = {"/".join(item.path): item.comments for item in read("comments.ini").imported.items}
    assert by_name == {
        "main/a": ("# before the section", "# in two lines", "# behind a"),
        "other/c": ("# last of main", "# of c"),
    }


def test_sealed_comments_are_left_out_of_lists_and_the_end_too() -> None:
    file = (VECTORS / "comments.yaml").read_bytes()
    opened = sops.read(file, keyring().by_cost(), "", sealed_comments=False)
    assert opened.sealed_comments == 16
    assert not any(item.comments for item in opened.imported.items)
    assert not opened.imported.below
    clear = sops.read((VECTORS / "clear_comments.yaml").read_bytes(), keyring().by_cost(), "", sealed_comments=False)
    assert clear.imported.below == ("# behind d", "# last", "# very last")


def test_a_sealed_comment_that_does_not_open_is_counted() -> None:
    text = (VECTORS / "comments.env").read_text()
    first = text.index("data:") + len("data:")
    torn = text[:first] + ("A" if text[first] != "A" else "B") + text[first + 1 :]
    opened = sops.read(torn.encode(), keyring().by_cost(), "")
    assert (opened.unopened_comments, opened.imported.items[0].comments) == (1, ())


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
