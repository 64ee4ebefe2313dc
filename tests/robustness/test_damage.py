"""A sealed file with any byte changed and any line removed, doubled or moved: the right values or an error, never another.

A value that is plain by a rule is excluded by nature: what changes it is not to be told from an edit.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.document.value import TypedValue, ValueType, checked, text
from gitseal.errors import Error
from gitseal.identities import discover
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.usecases.set_ import set_values
from gitseal.yamltext.tree import NamePath
from tests import fuzzing
from tests.attacks.world import Clone, Person, person, start

VALUES: dict[NamePath, TypedValue] = {
    ("DB_URL",): text("postgres://u:p@db/app"),
    ("EMPTY",): text(""),
    ("LINES",): text("-----BEGIN-----\nline\n-----END-----\n"),
    ("PORT",): checked(ValueType.INTEGER, b"5432"),
    ("api", "RATIO"): checked(ValueType.FLOAT, b"1.50"),
    ("api", "ON"): checked(ValueType.BOOLEAN, b"true"),
    ("api", "LIST"): checked(ValueType.JSON, b'["a", {"b": null}]'),
    ("NOTHING",): checked(ValueType.NULL, b""),
}
BROUGHT_IN = ("brought", "IN")
PLAIN = ("LOG_LEVEL",)
SUBSTITUTES = b' #:"-[{sA0\n\r\t\x00\xff'


@pytest.fixture
def place(tmp_path: Path) -> Clone:
    """One environment with values of every type, one of them write-only, in two access groups, and a plain one."""
    alice, bob = person("alice"), person("bob")
    made = start(tmp_path / "alice", alice, ("production",))
    made.add(bob, "team")
    made.policy(
        "environments:",
        'rules:\n  - {names: ["LOG_*"], plain: true}\n  - {names: [IN], open: [alice], access: solo}\n\nenvironments:',
    )
    made.rekey()
    set_values(Workspace(made.project, made.keyring), ("production",), VALUES)
    made.set("production", "/".join(BROUGHT_IN), "made for the header's sake")
    made.set("production", "LOG_LEVEL", "info", plain=True)
    Clone(made.top, None).set("production", "/".join(BROUGHT_IN), "from outside")
    return made


def expected(place: Clone) -> dict[NamePath, TypedValue]:
    found = OpenedEnvironment(place.project, "production", place.keyring).open_all().values
    assert found == {**VALUES, BROUGHT_IN: text("from outside"), PLAIN: text("info")}
    del found[PLAIN]
    return found


def is_plain(path: NamePath) -> bool:
    """Whether the rule for plain values covers a name, which may have been changed into one that it covers."""
    return path[-1].startswith("LOG_")


class Reader:
    """Opens a file's bytes as `get` and `render` do, in a folder without Git, and counts what came of it."""

    def __init__(self, place: Clone, folder: Path, owner: Person) -> None:
        self.folder = folder / ".secrets"
        self.folder.mkdir()
        (self.folder / "policy.yaml").write_bytes(place.project.policy_path.read_bytes())
        self.right = expected(place)
        self.owner = owner
        self.keyring = discover({"GITSEAL_IDENTITY": owner.identity}, folder, None)
        self.told = self.same = 0

    def judge(self, data: bytes) -> None:
        (self.folder / "production.yaml").write_bytes(data)
        try:
            layered = OpenedEnvironment(Project(self.folder.parent, None), "production", self.keyring)
            self.judge_each(layered, data)
            values = layered.open_all().values
        except Error:
            self.told += 1
            return
        self.same += 1
        assert all(self.right.get(path) == value for path, value in values.items() if not is_plain(path)), data

    def judge_each(self, layered: OpenedEnvironment, data: bytes) -> None:
        for path in layered.entries:
            if is_plain(path):
                continue
            try:
                value = layered.open(path)
            except Error:
                continue
            assert self.right.get(path) == value, (path, data)


@pytest.fixture
def reader(place: Clone, tmp_path: Path) -> Reader:
    folder = tmp_path / "bare"
    folder.mkdir()
    assert place.owner is not None
    return Reader(place, folder, place.owner)


def changed_bytes(data: bytes) -> Iterator[bytes]:
    """Each byte with its lowest bit, its highest bit and all its bits turned, and replaced, doubled and taken out."""
    for at, byte in enumerate(data):
        for other in {byte ^ 1, byte ^ 0x20, byte ^ 0x80, byte ^ 0xFF, *SUBSTITUTES} - {byte}:
            yield data[:at] + bytes([other]) + data[at + 1 :]
        yield data[:at] + data[at : at + 1] + data[at:]
        yield data[:at] + data[at + 1 :]


def changed_lines(data: bytes) -> Iterator[bytes]:
    """Each line taken out, doubled, and moved to every other place; each two lines, and each cut at the end."""
    lines = data.split(b"\n")
    for at, line in enumerate(lines):
        rest = lines[:at] + lines[at + 1 :]
        yield b"\n".join(rest)
        yield b"\n".join([*lines[: at + 1], line, *lines[at + 1 :]])
        yield b"\n".join(lines[:at])
        yield b"\n".join(lines[:at] + lines[at + 2 :])
        for to in range(len(rest) + 1):
            yield b"\n".join([*rest[:to], line, *rest[to:]])


@pytest.mark.slow
@pytest.mark.fuzz
def test_every_byte_of_a_sealed_file(place: Clone, reader: Reader) -> None:
    for data in fuzzing.some(list(changed_bytes(place.path("production").read_bytes())), 1500):
        reader.judge(data)
    print(f"bytes: {reader.told} told, {reader.same} with the right values")
    assert fuzzing.FUZZ or reader.told > reader.same


@pytest.mark.fuzz
def test_every_line_of_a_sealed_file(place: Clone, reader: Reader) -> None:
    for data in fuzzing.some(list(changed_lines(place.path("production").read_bytes())), 800):
        reader.judge(data)
    print(f"lines: {reader.told} told, {reader.same} with the right values")
    assert fuzzing.FUZZ or reader.told


@pytest.mark.fuzz
def test_two_files_cut_together(place: Clone, reader: Reader) -> None:
    """An older and a newer version, joined at every line: what a merge or a torn write would leave."""
    old = place.path("production").read_bytes().split(b"\n")
    place.policy("[alice, bob]", "[alice]")
    place.rekey()
    new = place.path("production").read_bytes().split(b"\n")
    cuts = [
        b"\n".join(a[:at] + b[to:])
        for a, b in ((old, new), (new, old))
        for at in range(max(len(old), len(new)))
        for to in range(max(0, at - 4), at + 5)
    ]
    for data in fuzzing.some(cuts, len(cuts) // 7):
        reader.judge(data)
    print(f"cuts: {reader.told} told, {reader.same} with the right values")
    assert fuzzing.FUZZ or reader.told
