"""One writer at a time: the lock waits, gives up after its time, and goes with its process."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gitseal.errors import Busy
from gitseal.files.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from gitseal.files.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert list(tmp_path.iterdir()) == []
    with locked(tmp_path):
        pass


def test_who_comes_second_waits(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with locked(tmp_path):
            order.append("second")

    with locked(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_the_lock_of_a_killed_process_is_free_and_a_kept_one_is_said(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match="another process is writing"), locked(tmp_path, wait=0.1):
            pass
        child.kill()
        with locked(tmp_path, wait=10):
            pass
