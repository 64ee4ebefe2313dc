"""Atomic writes: old bytes or new ones, the mode kept, nothing left beside, symlinks refused."""

import os
import subprocess
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.files import atomic


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_file_gets_what_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic.write(tmp_path / "new", b"1")
        atomic.write(tmp_path / "private", b"1", private=True)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "new"), mode(tmp_path / "private")) == (0o640, 0o600)


@pytest.mark.parametrize("kept", [0o600, 0o644, 0o440, 0o755])
def test_the_mode_of_a_file_is_kept(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(kept)
    atomic.write(path, b"new")
    assert (mode(path), path.read_bytes()) == (kept, b"new")


def test_private_closes_an_open_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    atomic.write(path, b"new", private=True)
    assert mode(path) == 0o600


def test_a_symlink_is_refused_and_its_target_kept(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"old")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("link", "dangling"):
        with pytest.raises(Error, match="symbolic link"):
            atomic.write(tmp_path / name, b"new")
    assert target.read_bytes() == b"old"
    assert not (tmp_path / "nowhere").exists()


def test_a_failure_leaves_the_old_bytes_and_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Error, match=r'"/.*file" cannot be written'):
        atomic.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Error, match="cannot be written"):
        atomic.write(tmp_path / "nowhere" / "file", b"new")


def test_write_new_never_overwrites(tmp_path: Path) -> None:
    atomic.write_new(tmp_path / "file", b"1")
    assert mode(tmp_path / "file") == 0o600
    with pytest.raises(FileExistsError):
        atomic.write_new(tmp_path / "file", b"2")
    assert (tmp_path / "file").read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_what_a_killed_writer_left_is_removed_by_the_next_and_what_a_living_one_writes_stays(tmp_path: Path) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    left = tmp_path / f".file.{process.pid}-0123456789ab.tmp"
    living, other = (
        tmp_path / f".file.{os.getpid()}-0123456789ab.tmp",
        tmp_path / f".other.{process.pid}-0123456789ab.tmp",
    )
    for path in (left, living, other):
        path.write_bytes(b"half")
    atomic.write(tmp_path / "file", b"new")
    assert sorted(tmp_path.iterdir()) == sorted([living, other, tmp_path / "file"])


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    def fails() -> None:
        with atomic.new_folder(tmp_path / "made") as made:
            (made / "one").write_bytes(b"1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert list(tmp_path.iterdir()) == []
    with atomic.new_folder(tmp_path / "made") as made:
        (made / "one").write_bytes(b"1")
        assert not (tmp_path / "made").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["made", "one"]


def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path) -> None:
    """A rename would put a file in the place of /dev/null, for everyone on the machine."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(Error, match=f'{name}" is not a regular file'):
            atomic.write(tmp_path / name, b"new", private=True)
    assert (tmp_path / "pipe").is_fifo()
