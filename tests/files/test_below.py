"""Several files at once: all or none, with the permissions asked for, and never through a link."""

import errno
import os
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.below import NewFile, staged

ITEMS = (
    NewFile(("a.pem",), b"one", 0o400),
    NewFile(("tls", "server.key"), b"two", 0o440),
    NewFile(("tls", "x"), b"three", 0o600),
)


def put(folder: Path, items: tuple[NewFile, ...] = ITEMS) -> None:
    with staged(folder, items) as finish:
        finish()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["unnamed", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With files that have no name until they are in place, and where the system has no such thing."""
    if request.param == "named":
        monkeypatch.setattr(atomic, "open_unnamed", lambda *_, **__: None)


def refuse_replace(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The system refuses the rename of that number, counted from 1, as for a file that is immutable."""
    real, calls = os.replace, []

    def replace(*arguments: str, **more: int) -> None:
        calls.append(1)
        if len(calls) == number:
            raise OSError(errno.EPERM, "Operation not permitted")
        real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.usefixtures("way")
def test_files_are_written_with_their_permissions_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        put(tmp_path / "new")
    finally:
        os.umask(before)
    folder = tmp_path / "new"
    assert tree(folder) == {"a.pem": b"one", "tls/server.key": b"two", "tls/x": b"three"}
    assert [(folder / "/".join(item.path)).stat().st_mode & 0o777 for item in ITEMS] == [0o400, 0o440, 0o600]
    assert (folder / "tls").stat().st_mode & 0o777 == 0o750


@pytest.mark.usefixtures("way")
def test_what_is_there_is_replaced_and_folders_keep_their_permissions(tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir(mode=0o711)
    (tmp_path / "tls" / "x").write_bytes(b"old, and longer than what comes")
    (tmp_path / "tls" / "x").chmod(0o644)
    put(tmp_path)
    assert tree(tmp_path)["tls/x"] == b"three"
    assert (tmp_path / "tls" / "x").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o711


@pytest.mark.usefixtures("way")
def test_without_the_last_word_nothing_is_there(tmp_path: Path) -> None:
    with staged(tmp_path / "new", ITEMS):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_where_one_cannot_be_replaced_all_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (tmp_path / "a.pem").write_bytes(b"old")
    (tmp_path / "a.pem").chmod(0o640)
    refuse_replace(monkeypatch, number)
    with pytest.raises(Error, match="cannot be written: operation not permitted"):
        put(tmp_path)
    assert tree(tmp_path) == {"a.pem": b"old"}
    assert (tmp_path / "a.pem").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.pem"]


@pytest.mark.usefixtures("way")
def test_an_interruption_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = os.replace, []

    def replace(*arguments: str, **more: int) -> None:
        real(*arguments, **more)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            monkeypatch.setattr(os, "replace", real)
            raise KeyboardInterrupt

    (tmp_path / "a.pem").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, ITEMS[:2])
    assert tree(tmp_path) == {"a.pem": b"old"}


@pytest.mark.parametrize("place", ["", "tls", "tls/server.key", "tls/nowhere"])
def test_a_link_is_not_written_through(tmp_path: Path, place: str) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    (elsewhere / "server.key").write_bytes(b"kept")
    target = elsewhere / "server.key" if place.endswith("key") else elsewhere
    (folder / place).parent.mkdir(exist_ok=True, parents=True)
    (folder / place).symlink_to(target)
    items = (*ITEMS, NewFile(("tls", "nowhere", "y"), b"four", 0o600))
    with pytest.raises(Error, match="symbolic link"):
        put(folder, items)
    assert tree(elsewhere) == {"server.key": b"kept"}
    if place:
        assert [path.name for path in folder.rglob("*") if path.is_file() and not path.is_symlink()] == []


def test_what_is_no_regular_file_stays(tmp_path: Path) -> None:
    (tmp_path / "tls" / "server.key").mkdir(parents=True)
    with pytest.raises(Error, match=r"server.key\" is in the way"):
        put(tmp_path)
    (tmp_path / "tls" / "server.key").rmdir()
    (tmp_path / "tls").rmdir()
    os.mkfifo(tmp_path / "tls")
    with pytest.raises(Error, match=r"tls\" is in the way"):
        put(tmp_path)
    assert tree(tmp_path) == {}


def test_a_folder_in_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Error, match='nowhere" is not there'):
        put(tmp_path / "nowhere" / "below")


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Error, match="no space left"):
        put(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_what_they_hold_does_not_show() -> None:
    assert "three" not in repr(ITEMS)
