"""The standard input of a command is there when it begins, whole, whatever its size, and whether it is read or not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitseal.process import between


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_a_command_gets_all_of_it(size: int) -> None:
    collected = between.Collected(4_000_000)

    status = between.run(["cat"], os.environb, [], frozenset(), b"x" * size, collected)

    assert (status, bytes(collected.content), collected.is_too_long) == (0, b"x" * size, False)


def test_a_command_need_not_read_it() -> None:
    assert between.run(["true"], os.environb, [], frozenset(), b"x" * 3_000_000) == 0


def test_more_than_the_limit_is_said() -> None:
    exact, over = between.Collected(10), between.Collected(9)
    for collected in (exact, over):
        between.run(["printf", "%s", "ten-bytes."], os.environb, [], frozenset(), b"", collected)

    assert (bytes(exact.content), exact.is_too_long) == (b"ten-bytes.", False)
    assert (bytes(over.content), over.is_too_long) == (b"ten-bytes", True)


def test_a_parent_that_is_killed_at_once_has_given_it_all(tmp_path: Path) -> None:
    """The parent dies at the first moment at which there is a child."""
    out = tmp_path / "out"
    script = (
        "import os; from gitseal.process import between\n"
        "from gitseal.process.feeding import Feed\n"
        f"Feed.go_on = lambda self: os.kill(os.getpid(), {signal.SIGKILL:d})\n"
        f"between.run(['sh', '-c', 'cat > {out}.part; mv {out}.part {out}'], os.environb, [], frozenset(), b'the message')\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)

    assert killed.returncode == -signal.SIGKILL
    for _ in range(500):
        if out.exists():
            break
        time.sleep(0.01)
    assert out.read_bytes() == b"the message"
