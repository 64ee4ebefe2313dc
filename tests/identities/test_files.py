"""Identity files on the disk: what is written is private and never over another, what is read is judged."""

import os
import stat
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities import write_new
from gitseal.identities.files import read

TEXT = SecretBytes(b"AGE-SECRET-KEY-1HUNTER2\n")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_a_new_file_and_its_folders_are_private(umask: int, tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "identity.txt"
    if umask == 0o777:
        path.parent.mkdir(parents=True, mode=0o700)
    before = os.umask(umask)
    try:
        write_new(path, TEXT)
    finally:
        os.umask(before)
    assert path.read_bytes() == TEXT.reveal()
    assert mode(path) == 0o600
    if umask != 0o777:
        assert [mode(folder) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_new(tmp_path / "identity.txt", TEXT)
    assert mode(tmp_path) == 0o755


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "identity.txt"
    path.write_text("mine", encoding="utf-8")
    link, dangling = tmp_path / "link", tmp_path / "dangling"
    link.symlink_to(path)
    dangling.symlink_to(tmp_path / "nothing")
    for each in (path, link, dangling, tmp_path):
        with pytest.raises(Error, match="never overwritten") as caught:
            write_new(each, TEXT)
        assert "HUNTER2" not in caught.value.message + caught.value.hint
    assert path.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "nothing").exists()


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path / "file" / "identity.txt", tmp_path / "file" / "a" / "identity.txt", tmp_path / ("n" * 300)):
        with pytest.raises(Error, match="cannot be written"):
            write_new(path, TEXT)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Error, match="cannot be written: no space left"):
        write_new(tmp_path / "identity.txt", TEXT)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("bits", "exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_others_who_can_reach_a_file_are_seen(bits: int, exposed: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a table
    path = tmp_path / "identity.txt"
    path.write_bytes(b"x")
    path.chmod(bits)
    assert read(path, special=False).exposed is exposed
    link = tmp_path / "link"
    link.symlink_to(path)
    assert read(link, special=False).exposed is exposed


def test_what_cannot_be_read_gives_a_reason(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path, reason in (
        (tmp_path / "nothing", "no such file"),
        (tmp_path, "not a regular file"),
        (tmp_path / "loop", "symbolic links"),
        (tmp_path / "file" / "below", "not a directory"),
        (tmp_path / "a\0b", "not a path"),
        (Path("/dev/null"), "not a regular file"),
    ):
        with pytest.raises(Error, match=reason):
            read(path, special=True)


def test_a_pipe_is_read_only_where_a_person_named_it(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"x")
    os.close(theirs)
    pipe = Path(f"/dev/fd/{ours}")
    with pytest.raises(Error, match="not a regular file"):
        read(pipe, special=False)
    found = read(pipe, special=True)
    assert (found.content.reveal(), found.exposed) == (b"x", False)
    os.close(ours)
