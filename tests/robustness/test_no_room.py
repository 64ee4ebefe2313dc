"""A disk that is full, a folder that takes no writes, a Git directory that takes none: an error, and the file of before."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitseal.audit.check.check import check
from tests.attacks.world import Clone, person, start
from tests.programs import git
from tests.robustness import commands
from tests.slow import slow_but
from tests.templates import Templates

LINES = {
    "set": ("set", "-e", "production", "NEW"),
    "set in all": ("set", "-e", "all", "NEW"),
    "unset": ("unset", "-e", "production", "OLD"),
    "import": ("import", "-", "-e", "all", "--format", "dotenv"),
    "rekey": ("rekey", "--yes"),
    "env add": ("env", "add", "staging"),
    "env rename": ("env", "rename", "production", "prod"),
    "recipient add": ("recipient", "add", "carol", person("carol").recipient, "--group", "team"),
    "recipient remove": ("recipient", "remove", "bob"),
    "edit": ("edit", "-e", "production"),
}
STDIN = {"import": b"A=1\nB=2\n"}
MORE = {"EDITOR": "sed -i 's/^OLD: .*/OLD: new/'"}
# No file may grow beyond this; Python is told so by an error, not by a signal.
LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
"""


def prepared(top: Path) -> Clone:
    """Two environments with a value each, and a person whom the policy knows and lets open nothing."""
    made = start(top, person("alice"))
    made.add(person("bob"), "team")
    made.rekey()
    for environment in ("development", "production"):
        made.set(environment, "OLD", "old")
    made.commit()
    made.policy("[alice, bob]", "[alice]")
    made.rekey()
    return made


def bytes_of(place: Clone) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.project.folder.rglob("*.*")}


def assert_refused(place: Clone, name: str, before: str = "") -> None:
    """The command says in one line why it did nothing; every file is as it was, and nothing is left beside them."""
    was = bytes_of(place)
    status, out, err = commands.run(
        place, *LINES[name], stdin=STDIN.get(name, b"x" * 3000), before=before, more={**MORE}
    )
    assert status == 1, err
    assert b"cannot be" in err, err
    assert out == b""
    assert bytes_of(place) == was


@pytest.fixture
def place(tmp_path: Path, templates: Templates) -> Clone:
    made = templates.copy("no-room", tmp_path / "alice", prepared)
    return Clone(tmp_path / "alice", made.owner)


@pytest.mark.parametrize("limit", slow_but({0}, [0, 100, 1000]))
@pytest.mark.parametrize("name", [name for name in LINES if name != "rekey"])
def test_a_file_that_may_not_grow(place: Clone, name: str, limit: int) -> None:
    """As on a full disk or at the end of a quota: the write itself fails, at its first byte or amid them."""
    if name in {"recipient add", "recipient remove", "unset", "edit"} and limit == 1000:
        pytest.skip("what it writes is smaller than that")
    assert_refused(place, name, LIMITED.format(limit))


@pytest.mark.parametrize("limit", slow_but({0}, [0, 100, 1000]))
def test_a_rekey_that_may_not_write(place: Clone, limit: int) -> None:
    place.policy("groups:", f"  dave:\n    keys: [{(dave := person('dave')).recipient}]\n\ngroups:")
    place.policy("[alice]", "[alice, dave]")
    was = bytes_of(place)
    line = ("rekey", "--yes", "--accept-recipient", dave.recipient)
    status, _, err = commands.run(place, *line, before=LIMITED.format(limit))
    assert status == 1
    assert b"cannot be written" in err
    assert bytes_of(place) == was
    status, _, err = commands.run(place, *line)
    assert status == 0, err
    assert not check(place.project)


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """Makes a folder take no writes: by its mode, or for root, whom modes do not stop, by a read-only mount over it."""
    mounted: list[Path] = []
    closed: list[Path] = []

    def close(folder: Path) -> None:
        if os.geteuid():
            folder.chmod(0o555)
            closed.append(folder)
            return
        made = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)
        if made.returncode:
            pytest.skip("root needs a read-only mount for this, and may not mount here")
        mounted.append(folder)
        subprocess.run(["mount", "--options", "remount,ro,bind", folder], check=True)

    yield close
    for folder in mounted:
        # Lazily: a reader of Git's objects that this process began may have its folder there until it is collected.
        subprocess.run(["umount", "--lazy", folder], check=True)
    for folder in closed:
        folder.chmod(0o755)


@pytest.mark.parametrize("name", [name for name in LINES if name != "rekey"])
def test_a_folder_that_takes_no_writes(place: Clone, read_only: Callable[[Path], None], name: str) -> None:
    read_only(place.project.folder)
    assert_refused(place, name)


@pytest.mark.parametrize("name", ["set in all", "import", "env rename"])
def test_a_git_directory_that_takes_no_writes(place: Clone, read_only: Callable[[Path], None], name: str) -> None:
    """The journal of what writes several files lies there: without it nothing is begun."""
    read_only(place.top / ".git")
    assert_refused(place, name)


def test_a_git_directory_in_which_nothing_can_be_remembered(
    place: Clone, read_only: Callable[[Path], None], tmp_path: Path
) -> None:
    """A fresh clone would have to write down the key that it now believes: found out before the file is written."""
    place.commit()
    git(tmp_path, "clone", "--quiet", str(place.top), "fresh")
    fresh = Clone(tmp_path / "fresh", place.owner)
    read_only(fresh.top / ".git")
    assert_refused(fresh, "set")


def test_reading_needs_no_writes(place: Clone, read_only: Callable[[Path], None]) -> None:
    read_only(place.top)
    for line in (("get", "-e", "production", "OLD"), ("render", "-e", "production"), ("list", "-e", "all"), ("check",)):
        status, _, err = commands.run(place, *line)
        assert status == 0, err


def test_a_full_disk(tmp_path: Path) -> None:
    """A real one, of a few pages: filled to the last byte, then a value that is larger than what is left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small disk needs root, and a system that lets it mount")
    try:
        place = prepared(disk / "alice")
        with (disk / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass
        for name in ("set", "set in all", "env rename"):
            assert_refused(place, name)
        (disk / "filler").unlink()
        status, _, err = commands.run(place, *LINES["set in all"], stdin=b"x")
        assert status == 0, err
    finally:
        # As above: `prepared` used such a reader.
        subprocess.run(["umount", "--lazy", disk], check=True)
