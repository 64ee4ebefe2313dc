"""A file of sops as an environment in memory: the same names, values and types, and nothing of a project around it."""

import pytest

from gitseal.errors import NotForYou
from gitseal.exchange import sops
from gitseal.identities import NO_IDENTITIES
from gitseal.project.mirror import mirrored, mirrored_names
from gitseal.project.mirrored_states import MirroredStates, is_rotated
from gitseal.project.reading import OpenedEnvironment
from gitseal.yamltext.reader import path_text
from tests.exchange.sops.test_vectors import VECTORS, keyring

FILES = ["types.yaml", "types.json", "flat.env", "parts.ini", "blob.bin", "several.yaml", "mac_only_encrypted.yaml"]


@pytest.mark.parametrize("name", FILES)
def test_it_has_what_the_file_has(name: str) -> None:
    data = (VECTORS / name).read_bytes()
    mirror = mirrored(data, name, keyring().by_cost())
    opened = OpenedEnvironment(mirror.project, mirror.environment, mirror.keyring)
    read = sops.read(data, keyring().by_cost(), name).imported.items
    assert {path: opened.open(path) for path in opened.entries} == {item.path: item.value for item in read}
    assert list(opened.entries) == [item.path for item in read] or any(len(item.path) > 1 for item in read)
    assert "hush" not in repr(mirror)
    assert mirror.names.keys() == mirrored_names(data, name).names.keys() == {path_text(item.path) for item in read}
    assert b"hush" not in mirror.project.source.read(f"{mirror.environment}.yaml")


def test_without_a_key_nothing_opens_and_the_fingerprints_are_the_same() -> None:
    data = (VECTORS / "unencrypted_regex.yaml").read_bytes()
    mirror = mirrored_names(data, "some.yaml")
    assert mirror.keyring is NO_IDENTITIES
    opened = OpenedEnvironment(mirror.project, "some", mirror.keyring)
    with pytest.raises(NotForYou):
        opened.open(("pw",))
    assert mirror.names == mirrored(data, "some.yaml", keyring().by_cost()).names
    assert [name for name, seen in mirror.names.items() if seen.is_plain] == ["host", "db/port"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/Prod.enc.yaml", "prod"),
        ("x/../db-1.yaml", "db-1"),
        (".env", "file"),
        ("HEAD:p.yaml", "p"),
        ("ключ.yaml", "file"),
    ],
)
def test_the_environment_is_named_after_the_file(path: str, name: str) -> None:
    assert MirroredStates(path).environment == name


def test_states_differ_where_the_tokens_of_sops_do() -> None:
    states = MirroredStates("some.yaml")
    one, other = ((VECTORS / name).read_bytes() for name in ("unencrypted_regex.yaml", "encrypted_regex.yaml"))
    assert states.file(one) == states.file(one)
    assert states.file(one) != states.file(other)
    assert is_rotated(states.look(one), states.look(other))
    assert not is_rotated(states.look(one), states.look(one))
    assert states.file(None) is None
    assert states.file(b"a: 1\n") == b"?"
