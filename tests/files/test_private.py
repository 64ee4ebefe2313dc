"""The private place of a plaintext: closed to others, gone on every way out, and swept after a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gitseal.files import private
from gitseal.files.private import memory_folder, private_folder


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(private, "memory_folder", lambda _: tmp_path)
    return tmp_path


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


def test_memory_is_used_where_there_is_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = memory_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert found in {Path("/dev/shm"), tmp_path}  # noqa: S108
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert memory_folder({"XDG_RUNTIME_DIR": str(tmp_path)}) is None
