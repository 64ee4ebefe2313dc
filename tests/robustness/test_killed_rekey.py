"""A rekey over 50 files, killed at random moments: all of them are old or all are new after the next command, which says so."""

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from gitseal.project.journal import journal_path
from tests import fuzzing
from tests.attacks.world import Clone, person, start
from tests.robustness import commands
from tests.templates import Templates

MOMENTS = 5
ENVIRONMENTS = tuple(f"e{number:02}" for number in range(50))
VALUES = {"A": "value a", "B": "value b"}
SAID = b"a command was stopped half-way; what it was writing is written now: "


def build(top: Path) -> Clone:
    """Fifty files that bob opens, and a policy that he is gone from."""
    made = start(top, person("alice"), ENVIRONMENTS)
    made.add(person("bob"), "team")
    made.rekey()
    for environment in ENVIRONMENTS:
        for name, value in VALUES.items():
            made.set(environment, name, value)
    made.commit()
    made.policy("[alice, bob]", "[alice]")
    made.commit()
    return made


class Place:
    """The clone, and the way back to the moment before the rekey."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.known = clone.top / ".git" / "gitseal" / "known"
        self.before = {environment: clone.path(environment).read_bytes() for environment in ENVIRONMENTS}
        self.known_before = self.known.read_bytes()

    def reset(self) -> None:
        for environment, data in self.before.items():
            self.clone.path(environment).write_bytes(data)
        # Else the keys that the killed rekey retired would stay retired.
        self.known.write_bytes(self.known_before)
        for left in self.known.parent.glob("journal-*"):
            left.unlink()

    def states(self) -> set[str]:
        """The states of the files; every one has to be whole, with each value in it."""
        found = set()
        for environment in ENVIRONMENTS:
            data = self.clone.path(environment).read_bytes()
            if data == self.before[environment]:
                found.add("old")
                continue
            assert "bob" not in self.clone.read(environment).header.access["default"].stanzas
            assert {name: self.clone.get(environment, name) for name in VALUES} == VALUES
            found.add("new")
        return found


@pytest.fixture
def place(tmp_path: Path, templates: Templates) -> Place:
    made = templates.copy("killed-rekey", tmp_path / "alice", build)
    return Place(Clone(tmp_path / "alice", made.owner))


@pytest.mark.slow
@pytest.mark.fuzz
def test_a_rekey_of_fifty_files_killed_at_a_random_moment(place: Place) -> None:
    began = time.monotonic()
    status, _, err = commands.run(place.clone, "rekey", "--yes")
    took = time.monotonic() - began
    assert status == 0, err
    seen = Counter[str]()
    for seed in fuzzing.seeds(MOMENTS):
        choose = random.Random(50 + seed)
        place.reset()
        child = commands.start(place.clone, "rekey", "--yes")
        # What comes first is the start of Python, where nothing can break.
        time.sleep(took * choose.uniform(0.5, 1.05))
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        child.wait()
        commands.end(child)
        seen[judge(place)] += 1
    print(f"{sum(seen.values())} kills within {took:.3f} s: {dict(seen)}")


@pytest.mark.slow
@pytest.mark.fuzz
def test_a_rekey_of_fifty_files_killed_ahead_of_each_write(place: Place) -> None:
    """The narrow gaps that chance rarely meets: between any two of the fifty renames."""
    seen = Counter[str]()
    for number in fuzzing.some(range(52), 52) if fuzzing.FUZZ else range(0, 52, 17):
        place.reset()
        status, _, err = commands.run(place.clone, "rekey", "--yes", before=AHEAD_OF_RENAME.format(number=number))
        assert status == -signal.SIGKILL, err
        seen[judge(place)] += 1
    assert fuzzing.FUZZ or seen.keys() == {"old", "new, finished", "new"}


# The first rename is the journal's, then come those of the files, and at last the one of what the clone knows.
AHEAD_OF_RENAME = """
import os, signal, sys
_left = [{number}]
def _hook(event, args):
    if event == "os.rename":
        _left[0] -= 1
        if _left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(_hook)
"""


def judge(place: Place) -> str:
    """What a kill left, and what the next command makes of it: one state, and a word if it had to finish something."""
    place.states()
    waits = journal_path(place.clone.project).exists()
    status, _, err = commands.run(place.clone, "set", "-e", "e00", "A=value a")
    assert (SAID in err) == waits, err
    (state,) = place.states()
    # Where nothing was written, bob still opens what the policy has closed to him, and nothing is sealed to him.
    assert status == (1 if state == "old" else 0), err
    assert not waits or state == "new"
    left = [path.name for path in place.clone.project.folder.iterdir() if path.name.startswith(".")]
    assert not left, left
    assert not journal_path(place.clone.project).exists()
    return f"{state}, finished" if waits else state
