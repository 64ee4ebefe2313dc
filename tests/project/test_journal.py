"""Several files at once: after a crash at any moment all are old, or the next command makes all new."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from gitseal.errors import Busy, Error
from gitseal.files import atomic
from gitseal.project import journal
from gitseal.project.workspace import Workspace
from gitseal.sealing.writing import writing
from gitseal.usecases.env import add_environment, remove_environment, rename_environment
from tests.world import Crash, World, crash_at, start


@pytest.fixture
def world(repo: Path) -> World:
    world = start(repo)
    world.set("development,production", A="old")
    return world


def crashed(world: World, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A `set` in two environments that ends before its write of that number: the journal is the first."""
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "write", crash_at(number))
        with pytest.raises(Crash):
            world.set("development,production", A="new")


def test_a_crash_before_the_journal_leaves_all_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.files()
    crashed(world, monkeypatch, 1)
    assert world.files() == before
    world.set("development", B="other")
    assert (world.get("A"), world.get("A", "development")) == ("old", "old")


@pytest.mark.parametrize("number", [2, 3])
def test_a_crash_between_is_finished_by_the_next_command(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    crashed(world, monkeypatch, number)
    assert journal.journal_path(world.project).exists()
    # It needs no identity, and is no matter of what the next command is about.
    with writing(world.project):
        assert (world.get("A"), world.get("A", "development")) == ("new", "new")
    assert not journal.journal_path(world.project).exists()


def test_the_journal_is_private_and_holds_only_what_will_be_committed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed(world, monkeypatch, 2)
    path = journal.journal_path(world.project)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.is_relative_to(world.top / ".git")
    assert "new" not in path.read_text().replace('"new"', "")


def test_a_file_in_a_third_state_is_not_overwritten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    crashed(world, monkeypatch, 3)
    other = world.top / ".secrets" / "production.yaml"
    other.write_bytes(other.read_bytes() + b"# by hand\n")
    before = world.files()
    with pytest.raises(Error, match=r'stopped half-way, and ".*production.yaml" was changed since') as raised:
        world.set(B="other")
    assert str(journal.journal_path(world.project)) in raised.value.hint
    assert world.files() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"files": [{}]}',
        '{"files": [{"file": "../evil", "old": "absent", "new": "absent", "data": ""}]}',
        '{"files": [{"file": "production", "old": "absent", "new": "00", "data": "AAAA"}]}',
    ],
)
def test_a_damaged_journal_is_named_and_nothing_written(world: World, content: str) -> None:
    before = world.files()
    journal.journal_path(world.project).write_text(content)
    with pytest.raises(Error, match=r"journal-[0-9a-f]+"):
        world.set(A="new")
    assert world.files() == before


def test_a_journal_whose_bytes_are_no_environment_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    crashed(world, monkeypatch, 2)
    path = journal.journal_path(world.project)
    content = json.loads(path.read_text())
    content["files"][0]["data"], content["files"][0]["new"] = "QTogMQo=", journal._hash(b"A: 1\n")
    path.write_text(json.dumps(content))
    before = world.files()
    with pytest.raises(Error, match="is damaged"):
        world.set(A="new")
    assert world.files() == before


def test_a_write_that_fails_puts_back_those_before_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.files()

    def full(path: Path, data: bytes, *, private: bool = False) -> None:
        if path.name == "production.yaml":
            raise Error("no space left")
        write(path, data, private=private)

    write = atomic.write
    monkeypatch.setattr(atomic, "write", full)
    with pytest.raises(Error, match="no space left"):
        world.set("development,production", A="new")
    assert world.files() == before
    assert not journal.journal_path(world.project).exists()


def test_another_program_that_wrote_meanwhile_is_not_overwritten(world: World) -> None:
    before = world.files()
    with pytest.raises(Busy, match=r'"production.yaml" was|production.yaml" was changed by another program'):
        journal.replace(world.project, {"production": b"what was read"}, {"production": b"new"})
    assert world.files() == before


@pytest.mark.parametrize("number", range(1, 6))
def test_renaming_an_environment_is_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    before = world.files()
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "write", crash_at(number))
        with pytest.raises(Crash) if number < 5 else pytest.MonkeyPatch.context():
            rename_environment(Workspace(world.project, world.keyring), "production", "live")
    with writing(world.project):
        pass
    if world.files() == before:
        assert number == 1
        assert world.get("A") == "old"
    else:
        assert set(world.files()) == {"policy.yaml", "manifest.yaml", "development.yaml", "live.yaml"}
        assert set(world.project.policy.environments) == {"development", "live"}
        assert world.get("A", "live") == "old"


@pytest.mark.parametrize("number", range(1, 4))
def test_adding_and_removing_an_environment_are_all_or_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def now() -> tuple[set[str], set[str]]:
        with writing(world.project):
            return set(world.project.policy.environments), set(world.project.environments)

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "write", crash_at(number))
        with pytest.raises(Crash):
            add_environment(Workspace(world.project, world.keyring), "staging", ())
    rules, files = now()
    assert rules == files
    if "staging" not in files:
        add_environment(Workspace(world.project, world.keyring), "staging", ())
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "write", crash_at(number))
        with suppress(Crash):
            remove_environment(world.project, "staging")
    rules, files = now()
    assert rules == files
