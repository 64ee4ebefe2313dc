"""The private place of a plaintext: closed to others, gone on every way out, and swept after a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.files import private
from gitseal.files.private import memory_folder, private_folder


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(private, "memory_folder", lambda _: tmp_path)
    return tmp_path


@pytest.fixture
def memory_mounts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says which folders are in memory, whatever this machine has."""
    return lambda *folders: monkeypatch.setattr(private, "_is_in_memory", lambda path: path in map(Path, folders))


def test_it_is_closed_to_others_and_gone_afterwards() -> None:
    with private_folder({}) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").write_bytes(b"x")
    assert not folder.exists()


def test_it_is_gone_after_an_exception() -> None:
    with pytest.raises(ValueError, match="x"), private_folder({}) as folder:  # noqa: PT012
        (folder / "file").write_bytes(b"x")
        raise ValueError("x")
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_leaves_it_in_order(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), private_folder({}) as folder:
        os.kill(os.getpid(), number)
    assert not folder.exists()
    assert signal.getsignal(number) is before


def test_what_a_killed_process_left_is_swept(memory: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    left = memory / f"gitseal-{gone.pid}-abc"
    living = memory / f"gitseal-{os.getpid()}-abc"
    other = memory / "gitseal-notes"
    for folder in (left, living, other):
        folder.mkdir()
    with private_folder({}):
        assert (left.exists(), living.exists(), other.exists()) == (False, True, True)


def test_memory_is_used_where_there_is_some(
    tmp_path: Path, memory_mounts: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    memory_mounts("/dev/shm", tmp_path)  # noqa: S108 - looked at, not written
    assert memory_folder(environ) in {Path("/dev/shm"), tmp_path}  # noqa: S108
    memory_mounts(tmp_path)
    assert memory_folder(environ) == tmp_path
    assert memory_folder({}) is None
    memory_mounts()
    assert memory_folder(environ) is None
    memory_mounts(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert memory_folder(environ) is None


def test_a_file_system_on_a_disk_is_not_taken_for_memory(tmp_path: Path) -> None:
    shm = Path("/dev/shm")  # noqa: S108 - looked at, not written
    if shm.is_dir():
        assert private._is_in_memory(shm)
    assert not private._is_in_memory(Path("/proc"))
    assert not private._is_in_memory(tmp_path / "nowhere")


def test_where_memory_is_asked_for_nothing_else_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "memory_folder", lambda _: None)
    with pytest.raises(Error, match="no storage in memory"), private_folder({}, in_memory=True):
        pass
    with private_folder({}) as folder:
        assert folder.is_dir()
