"""Starting Git: what it is given, what it is not, and what comes back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import run

REPORT = """#!/bin/sh
readlink /proc/self/fd/0
ls -l /proc/$$/fd | grep -c identity.txt
grep SigIgn /proc/self/status
"""


def fake_git(folder: Path, script: str) -> None:
    """A `git` of our own, to be put on PATH."""
    program = folder / "git"
    program.write_text(script)
    program.chmod(0o755)


def test_a_failure_is_none_unless_its_status_was_expected(tmp_path: Path) -> None:
    assert run.git(tmp_path, "config", "--get", "no.such") is None
    assert run.git(tmp_path, "config", "--get", "no.such", ok=(0, 1)) == b""


def test_more_than_a_pipe_holds_goes_in_and_comes_out(tmp_path: Path) -> None:
    data = b"line\n" * 400_000
    assert run.git(tmp_path, "stripspace", stdin=data) == data


def test_input_that_nobody_reads_is_no_failure(tmp_path: Path) -> None:
    assert (run.git(tmp_path, "version", stdin=b"x" * 1_000_000) or b"").startswith(b"git version")


def test_without_git_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Error, match="there is no git on this machine"):
        run.git(tmp_path, "version")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_git_gets_no_open_file_and_no_ignored_signal_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_git(tmp_path, REPORT)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    identity = tmp_path / "identity.txt"
    identity.write_text("made up")
    with identity.open() as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 - its second parameter has no name
        stdin, files, ignored = (run.finish(tmp_path, environ=dict(os.environ)).stdout).decode().splitlines()
    assert stdin == "/dev/null"
    assert files == "0"
    assert int(ignored.split()[1], 16) & 1 << 12 == 0, "SIGPIPE is as it was by default"


@pytest.mark.parametrize("closed", [(0,), (0, 1), (0, 1, 2)])
def test_a_caller_may_have_closed_the_standard_files(tmp_path: Path, closed: tuple[int, ...]) -> None:
    program = (
        "import os\nfrom pathlib import Path\nfrom gitseal.git.run import git\n"
        f"for each in {closed}: os.close(each)\n"
        f"answer = git(Path({str(tmp_path)!r}), 'stripspace', stdin=b'a\\n' * 9)\n"
        f"Path({str(tmp_path / 'answer')!r}).write_bytes(answer)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert (tmp_path / "answer").read_bytes() == b"a\n" * 9


def test_a_process_that_still_writes_is_stopped_by_its_end(tmp_path: Path) -> None:
    running = run.start(tmp_path, "help", "-a")
    assert running.stdout.read(1)
    assert running.end() in {0, -13}


def test_a_killed_process_says_by_what(tmp_path: Path) -> None:
    running = run.start(tmp_path, "stripspace")
    running.kill()
    assert running.wait() == -9
    running.kill()
    assert running.end() == -9


def test_an_argument_that_the_system_refuses_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(Error, match="more than this system lets one program hand to another"):
        run.git(tmp_path, "check-attr", "merge", "--", "x" * 300_000)
