"""Reading what anyone may have committed: regular files only, and not without end."""

import os
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.files.reading import read_regular


def test_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\0x")
    assert read_regular(tmp_path / "file") == b"\0x"
    assert read_regular(tmp_path / "file", limit=2) == b"\0x"
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nowhere")


def test_what_is_none_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Error, match=r'link" is a symbolic link'):
        read_regular(tmp_path / "link")
    with pytest.raises(Error, match=r'pipe" is not a regular file'):
        read_regular(tmp_path / "pipe")
    with pytest.raises(Error, match="is not a regular file"):
        read_regular(tmp_path)
    with pytest.raises(Error, match="is larger than"):
        read_regular(tmp_path / "file", limit=0)
