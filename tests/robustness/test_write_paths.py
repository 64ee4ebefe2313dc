"""Every write path on a disk that fails at any of its calls: see `faulty_disk.py` for the law."""

import errno
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import fuzzing
from tests.robustness.faulty_disk import Expected, World, build, compile_faults, judge, judge_again
from tests.robustness.write_paths import CASES
from tests.robustness.write_sites import SITES, sites
from tests.templates import Templates

_TEN_YEARS = 10 * 365 * 24 * 60 * 60
# In turn, so that each call of a command meets one of them, and other commands another at the same place.
FAULTS = (
    "full",
    "kill",
    f"all{errno.EROFS}",
    "term",
    f"once{errno.EIO}",
    f"all{errno.EACCES}",
    "int",
    f"once{errno.EDQUOT}",
    f"jump-{_TEN_YEARS}",
)


@pytest.fixture(scope="session")
def library(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_faults(peer("cc"), tmp_path_factory.mktemp("faults"))


class Sweep:
    """One case, prepared once, and tried again and again with other faults."""

    def __init__(self, name: str, folder: Path, templates: Templates, library: Path) -> None:
        self.name, self.case = name, CASES[name]
        self.kept, self.world = folder / "kept", World(folder / "wörld", library)
        folder.mkdir(exist_ok=True)
        templates.copy("write-paths", self.world.top, lambda top: build(top, library))
        self.case.before(self.world)
        # Files of the world name it, so it is always at the same place.
        self.world.top.rename(self.kept)
        self.begin()
        before, old = self.world.files(), self.world.values()
        ended = self.world.run(self.case)
        assert ended.status in {0, *self.case.clean}, ended.err
        self.expected = Expected(before, self.world.files(), old, self.world.values(), ended.calls)

    def begin(self) -> None:
        """The world as it was before the command."""
        shutil.rmtree(self.world.top, ignore_errors=True)
        subprocess.run(["cp", "-a", self.kept, self.world.top], check=True)

    def judge_around(self, around: str, **more: str) -> str:
        """The same with something missing around the process, not on the disk."""
        self.begin()
        try:
            ended = self.world.run(self.case, **more)
            state = judge(self.world, self.case, ended, self.expected)
            judge_again(self.world, self.case, self.expected)
        except AssertionError as error:
            raise AssertionError(f"{self.name}, {around}: {error}") from error
        return state

    def judge(self, number: int, fault: str) -> str:
        """What a fault at the call of this number left, and how the next run ended."""
        self.begin()
        try:
            ended = self.world.run(self.case, f"{number}:{fault}")
            state = judge(self.world, self.case, ended, self.expected, is_stuck="all" in fault)
            judge_again(self.world, self.case, self.expected)
        except AssertionError as error:
            call = self.expected.calls[number - 1] if number <= len(self.expected.calls) else "no call"
            raise AssertionError(f"{self.name}, {fault} at call {number} ({call}): {error}") from error
        return state


def test_every_place_that_writes_is_known() -> None:
    assert sorted(sites()) == sorted(SITES)
    cases = [name for named in SITES.values() if not isinstance(named, str) for name in named]
    assert set(cases) <= CASES.keys()


def test_one_of_them(tmp_path: Path, templates: Templates, library: Path) -> None:
    """The quick one: several files under a journal, on a disk that is full half-way through the second."""
    sweep = Sweep("set in all", tmp_path, templates, library)
    _journal, first, second, *_ = [n for n, call in enumerate(sweep.expected.calls, 1) if call.startswith("write ")]
    assert sweep.judge(first, "full") == "old"
    # There is no room to put the first one back either: the next command goes forward.
    assert sweep.judge(second, "full") == "half-way"


@pytest.mark.slow
def test_a_full_disk_takes_no_hook_away(tmp_path: Path, templates: Templates, library: Path) -> None:
    """There was no room for a second name, so the hook moved; then there was none for ours in its place. Found by `make fuzz`."""
    sweep = Sweep("hook install", tmp_path, templates, library)
    number = next(n for n, call in enumerate(sweep.expected.calls, 1) if call.startswith("link "))
    assert sweep.judge(number, "full") == "old"


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("name", CASES)
def test_every_write_path(name: str, tmp_path: Path, templates: Templates, library: Path) -> None:
    sweep = Sweep(name, tmp_path, templates, library)
    count = len(sweep.expected.calls)
    faults = [(number, fault) for number in range(1, count + 1) for fault in FAULTS]
    for number, fault in fuzzing.some(faults, 1):
        sweep.judge(number, fault)


_PLAIN_LOCALE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
_YEARS = 60 * 60 * 24 * 366
AROUND: dict[str, dict[str, str]] = {
    "no git": {"PATH": "BIN"},
    "a home that is nowhere": {
        "HOME": "/nowhere",
        "XDG_CONFIG_HOME": "",
        "XDG_STATE_HOME": "",
        "GITSEAL_IDENTITY_FILE": "KEPT",
    },
    "no variable but PATH": {
        "HOME": "",
        "XDG_CONFIG_HOME": "",
        "XDG_STATE_HOME": "",
        "LC_ALL": "",
        "TMPDIR": "",
        "GITSEAL_IDENTITY_FILE": "KEPT",
    },
    "locale C": {"LC_ALL": "C", **_PLAIN_LOCALE},
    "locale POSIX": {"LC_ALL": "POSIX", **_PLAIN_LOCALE},
    "Latin-1": {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", **_PLAIN_LOCALE},
    "forty years ago": {"GITSEAL_CLOCK": str(-40 * _YEARS)},
    "in forty years": {"GITSEAL_CLOCK": str(40 * _YEARS)},
}


@pytest.fixture(scope="session")
def without_git(tmp_path_factory: pytest.TempPathFactory, peer: Callable[[str], str]) -> Path:
    """A folder for PATH that has what an editor of these tests needs, and no Git."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("sh", "sed", "true", "cat"):
        (folder / name).symlink_to(peer(name))
    return folder


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("around", AROUND)
def test_something_is_missing_around_the_process(
    around: str, tmp_path: Path, templates: Templates, library: Path, without_git: Path
) -> None:
    for name in fuzzing.some(sorted(CASES), 2):
        sweep = Sweep(name, tmp_path / name.replace(" ", "-"), templates, library)
        places = {"BIN": str(without_git), "KEPT": str(sweep.world.kept_identity)}
        sweep.judge_around(around, **{key: places.get(value, value) for key, value in AROUND[around].items()})
