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
)


@pytest.fixture(scope="session")
def library(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_faults(peer("cc"), tmp_path_factory.mktemp("faults"))


class Sweep:
    """One case, prepared once, and tried again and again with other faults."""

    def __init__(self, name: str, folder: Path, templates: Templates, library: Path) -> None:
        self.name, self.case = name, CASES[name]
        self.kept, self.world = folder / "kept", World(folder / "world", library)
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
@pytest.mark.fuzz
@pytest.mark.parametrize("name", CASES)
def test_every_write_path(name: str, tmp_path: Path, templates: Templates, library: Path) -> None:
    sweep = Sweep(name, tmp_path, templates, library)
    count = len(sweep.expected.calls)
    faults = [(number, fault) for number in range(1, count + 1) for fault in FAULTS]
    for number, fault in fuzzing.some(faults, 1):
        sweep.judge(number, fault)
