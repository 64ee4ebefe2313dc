"""Several processes that write at once: each succeeds or is told to try again, and nothing is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import PublicKey, Scope
from gitseal.document import document
from gitseal.project.belief.known import Known
from tests.attacks.world import Clone, person, start
from tests.robustness import commands


@pytest.fixture
def place(tmp_path: Path) -> Clone:
    made = start(tmp_path / "alice", person("alice"))
    made.set("production", "CHANGING", "old")
    return made


@pytest.mark.slow
def test_twenty_processes_that_set_different_names(place: Clone) -> None:
    children = [
        commands.start(place, "set", "-e", "production", f"NAME_{number}", stdin=f"value {number}".encode())
        for number in range(20)
    ]
    for child in children:
        _, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    assert {f"NAME_{number}": place.get("production", f"NAME_{number}") for number in range(20)} == {
        f"NAME_{number}": f"value {number}" for number in range(20)
    }


@pytest.mark.slow
def test_twenty_processes_that_set_names_in_all_environments(place: Clone) -> None:
    """Each writes two files with a journal."""
    children = [
        commands.start(place, "set", "-e", "all", f"NAME_{number}", stdin=f"value {number}".encode())
        for number in range(20)
    ]
    for child in children:
        _, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    for environment in ("development", "production"):
        assert len(place.read(environment).entries) == 20 + (environment == "production")
    assert not list((place.top / ".git" / "gitseal").glob("journal-*"))


@pytest.mark.slow
def test_processes_that_set_the_same_name(place: Clone) -> None:
    children = [
        commands.start(place, "set", "-e", "production", "CHANGING", stdin=f"value {number}".encode())
        for number in range(8)
    ]
    for child in children:
        _, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    assert place.get("production", "CHANGING") in {f"value {number}" for number in range(8)}


@pytest.mark.slow
def test_readers_see_one_state_while_another_writes(place: Clone) -> None:
    writers = [
        commands.start(place, "set", "-e", "production", "CHANGING", stdin=b"new" * number) for number in range(1, 6)
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        seen.add(place.get("production", "CHANGING"))
    for writer in writers:
        writer.communicate()
    assert seen <= {"old", *("new" * number for number in range(1, 6))}


def _editor(tmp_path: Path) -> tuple[str, Path, Path]:
    """An editor that waits until it may go on; its command, the sign that it is open, and the sign to go on."""
    opened, go = tmp_path / "opened", tmp_path / "go"
    script = tmp_path / "editor"
    script.write_text(
        f"#!/bin/sh\nsed -i 's/^CHANGING: .*/CHANGING: edited/' \"$1\"\ntouch '{opened}'\n"
        f"while ! test -e '{go}'; do sleep 0.05; done\n"
    )
    script.chmod(0o755)
    return str(script), opened, go


def test_another_name_that_is_set_while_an_editor_is_open(place: Clone, tmp_path: Path) -> None:
    editor, opened, go = _editor(tmp_path)
    child = commands.start(place, "edit", "-e", "production", more={"EDITOR": editor})
    while not opened.exists():
        time.sleep(0.02)
    place.set("production", "OTHER", "meanwhile")
    go.touch()
    _, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    assert place.get("production", "OTHER") == "meanwhile"
    assert place.get("production", "CHANGING") == "edited"


def test_the_same_name_that_is_set_while_an_editor_is_open(place: Clone, tmp_path: Path) -> None:
    """Neither is lost: the file has the other's, and the text is kept."""
    editor, opened, go = _editor(tmp_path)
    child = commands.start(place, "edit", "-e", "production", more={"EDITOR": editor})
    while not opened.exists():
        time.sleep(0.02)
    place.set("production", "CHANGING", "meanwhile")
    go.touch()
    _, err = child.communicate(timeout=60)
    assert child.returncode == 1
    assert b"somebody else changed" in err
    assert place.get("production", "CHANGING") == "meanwhile"
    kept = place.top / ".git" / "gitseal" / "edit-production"
    assert kept.stat().st_mode & 0o077 == 0
    assert b"edited" not in kept.read_bytes()


def test_known_keys_of_several_folders_and_worktrees_are_all_kept(tmp_path: Path) -> None:
    """Worktrees and the folders of a monorepo share the file, and each has a lock of its own."""
    path = tmp_path / "gitseal" / "known"
    path.parent.mkdir()

    def meet(number: int) -> None:
        known = Known(path)
        time.sleep(0.01)
        known.meet(f"r{number:032x}", f"person-{number}")
        known.let_plain(f"f{number:032x}/NAME")
        known.save()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(meet, range(48)))
    known = Known(path)
    assert all(known.has_met(f"r{number:032x}", f"person-{number}") for number in range(48))
    assert all(known.is_plain(f"f{number:032x}/NAME") for number in range(48))


def test_what_one_process_settled_stays_settled_when_another_saves(place: Clone) -> None:
    """A lost step of C would let a former member's key come back."""
    path = place.top / ".git" / "gitseal" / "known"
    header = place.read("production").header
    scope, access = header.scope("default"), header.access["default"]
    other = document.create("production").header
    early = Known(path)
    settled = Known(path)
    another = _another(scope).key_id
    settled.settle(scope, another, "abc123")
    settled.prove(scope, another, access.key_id)
    settled.save()
    early.meet("r" + "0" * 32, other.environment)
    early.save()
    assert Known(path).memory(scope).current == another
    assert access.key_id in Known(path).proofs(scope)[another]


def _another(scope: Scope) -> PublicKey:
    return DataKey.generate(scope).public
