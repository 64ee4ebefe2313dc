"""The private place of a plaintext: closed to others, gone on every way out, and swept after a kill."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gitseal.files import private
from gitseal.files.private import private_folder

DISK = Path(__file__).parent
SHM = Path("/dev/shm")  # noqa: S108 - looked at, and mounted over in a namespace of its own

# Where the kernel lets us, a machine of any kind: these commands run as root of a namespace whose mounts are its own.
MEMORY = f"mount -t tmpfs tmpfs {SHM}"
NO_MEMORY = f"mount --bind '{DISK}' {SHM}"
RUNTIME = 'mount -t tmpfs tmpfs "$XDG_RUNTIME_DIR"'
NO_RUNTIME = f"mount --bind '{DISK}' \"$XDG_RUNTIME_DIR\""
READ_ONLY = 'mount -o remount,ro "$XDG_RUNTIME_DIR"'

Machine = Callable[..., str]


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder for XDG_RUNTIME_DIR; tmp_path may lie below what is mounted over."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def machine(runtime: Path) -> Machine:
    """`machine(mounts, program)` runs Python in such a namespace and gives what it printed."""

    def run(mounts: Sequence[str], program: str) -> str:
        if not SHM.is_dir() or private._is_in_memory(DISK):
            pytest.skip("this needs /dev/shm, and the project on a disk")
        prefix = ["unshare", "--user", "--map-root-user", "--mount"]
        if subprocess.run([*prefix, "sh", "-c", MEMORY], check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount in a namespace of their own")
        script = "\n".join(["set -e", *mounts, 'exec "$0" -c "$1"'])
        program = f"import os\nfrom gitseal.files.private import memory_folder, private_folder\n{program}"
        done = subprocess.run(
            [*prefix, "sh", "-c", script, sys.executable, program],
            env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


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


def test_what_a_killed_process_left_is_swept() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with private_folder({}) as folder:
        parent = folder.parent
    left = parent / f"gitseal-{gone.pid}-abc"
    living = parent / f"gitseal-{os.getpid()}-abc"
    other = parent / f"gitseal-notes-{os.getpid()}"
    try:
        for place in (left, living, other):
            place.mkdir()
        with private_folder({}):
            assert (left.exists(), living.exists(), other.exists()) == (False, True, True)
    finally:
        for place in (living, other):
            place.rmdir()


@pytest.mark.parametrize(
    ("mounts", "chosen"),
    [
        ([MEMORY, RUNTIME], str(SHM)),
        ([NO_MEMORY, RUNTIME], "{runtime}"),
        ([NO_MEMORY, NO_RUNTIME], "None"),
        ([NO_MEMORY, RUNTIME, READ_ONLY], "None"),
    ],
)
def test_memory_is_used_where_there_is_some(machine: Machine, runtime: Path, mounts: list[str], chosen: str) -> None:
    assert machine(mounts, "print(memory_folder(os.environ))") == chosen.format(runtime=runtime)


def test_a_runtime_folder_that_is_not_named_is_not_used(machine: Machine) -> None:
    assert machine([NO_MEMORY, RUNTIME], "print(memory_folder({}))") == "None"


def test_a_file_system_on_a_disk_is_not_taken_for_memory(tmp_path: Path) -> None:
    if SHM.is_dir():
        assert private._is_in_memory(SHM)
    assert not private._is_in_memory(Path("/proc"))
    assert not private._is_in_memory(tmp_path / "nowhere")


def test_where_memory_is_asked_for_nothing_else_serves(machine: Machine) -> None:
    program = """
try:
    with private_folder({}, in_memory=True):
        print("it was made")
except Exception as error:
    print(error)
with private_folder({}) as folder:
    print(folder.is_dir(), memory_folder({}))
"""
    first, second = machine([NO_MEMORY], program).splitlines()
    assert "no storage in memory" in first
    assert second == "True None"


def test_a_folder_whose_block_is_never_left_goes_at_the_end() -> None:
    """As after an interrupt in Python's own code around the block."""
    entered = private_folder({})
    folder = entered.__enter__()
    (folder / "value").write_text("hush")
    private.remove_rest()
    assert not folder.exists()
    entered.__exit__(None, None, None)
