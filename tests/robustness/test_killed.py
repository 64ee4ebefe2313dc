"""Killed at any moment: every file is as it was or as it should be, and the next command sees one state.

Two ways. At random moments of the clock, as a machine does it. And before each single operation on a file, which finds
the narrow gaps that chance does not.
"""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gitseal.audit.check.check import check
from gitseal.errors import Error
from gitseal.sealing.writing import writing
from tests import fuzzing
from tests.attacks.world import Clone, person, start
from tests.robustness import commands
from tests.slow import slow_but
from tests.templates import Templates

MOMENTS = 5
SHM = Path("/dev/shm")  # noqa: S108 - looked at, not written
ENVIRONMENTS = ("development", "production")

# Ends the process, as SIGKILL from outside does, ahead of the file operation of this number below the clone.
AHEAD_OF = """
import os, signal, sys
_left = [{number}]
def _hook(event, args):
    if event in ("open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir") and {top!r} in str(args[0]):
        _left[0] -= 1
        if _left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(_hook)
"""


class Case(NamedTuple):
    """A command that is killed: what it needs before, its line, and the value that it sets, if any."""

    prepare: Callable[[Clone], None]
    line: tuple[str, ...]
    more: dict[str, str]
    new: str


def build(top: Path) -> Clone:
    made = start(top, person("alice"))
    made.add(person("bob"), "team")
    made.rekey()
    for environment in ENVIRONMENTS:
        for number in range(20):
            made.set(environment, f"NAME_{number}", f"value {number}")
        made.set(environment, "CHANGING", "old")
    made.commit()
    return made


@pytest.fixture
def place(tmp_path: Path, templates: Templates) -> Clone:
    made = templates.copy("killed", tmp_path / "alice", build)
    return Clone(tmp_path / "alice", made.owner)


def _nothing(_place: Clone) -> None:
    """Nothing has to be prepared."""


def _bob_leaves(place: Clone) -> None:
    place.policy("[alice, bob]", "[alice]")


EDITOR = "sed -i 's/^CHANGING: .*/CHANGING: new/'"
CASES = {
    "set": Case(_nothing, ("set", "-e", "all", "CHANGING=new"), {}, "new"),
    "edit": Case(_nothing, ("edit", "-e", "production"), {"EDITOR": EDITOR}, "new"),
    "rekey": Case(_bob_leaves, ("rekey", "--yes"), {}, "old"),
    "offboard": Case(_nothing, ("offboard", "bob", "--yes"), {}, "old"),
}


def judge(place: Clone, case: Case) -> str:
    """Holds what is there after a kill against the two states; gives which one it is."""
    for environment in ENVIRONMENTS:
        place.read(environment)  # what was half written would not parse
    # The next command that writes, whatever it does, sees and leaves one state.
    with writing(place.project):
        pass
    states = set()
    for environment in ENVIRONMENTS if case.line[0] != "edit" else ("production",):
        assert place.get(environment, "CHANGING") in {"old", case.new}
        assert all(place.get(environment, f"NAME_{number}") == f"value {number}" for number in range(20))
        if case.line[0] in {"rekey", "offboard"}:
            people = place.read(environment).header.access["default"].stanzas
            states.add("old" if "bob" in people else "new")
        else:
            states.add(place.get(environment, "CHANGING"))
    if case.line[0] == "offboard":
        states.add("old" if "bob" in place.project.policy.recipients else "new")
    assert len(states) == 1, states
    rules = {finding.rule for finding in check(place.project)}
    assert rules <= ({"unknown-recipient"} if states == {"old"} else set()), rules
    left = [path.name for path in place.project.folder.iterdir() if path.name.startswith(".")]
    assert not left, left
    state = states.pop()
    if case.line[0] != "rekey" or state == "new":
        assert place.set("development", "AFTER", "nothing has to be confirmed again") == "created"
    return state


def reset(place: Clone) -> None:
    """The state of before, with what the clone had met then."""
    place.git("checkout", "--quiet", "--force", "HEAD", "--", ".secrets")
    place.git("clean", "--quiet", "--force", ".secrets")


@pytest.fixture
def known(place: Clone) -> Callable[[], None]:
    """A rekey that is undone by `git checkout` would leave its old key retired: the test puts known keys back as well."""
    path = place.top / ".git" / "gitseal" / "known"
    before = path.read_bytes()

    def back() -> None:
        reset(place)
        path.write_bytes(before)
        for left in path.parent.glob("edit-*"):
            left.unlink()

    return back


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("name", CASES)
def test_killed_at_a_random_moment(place: Clone, known: Callable[[], None], name: str) -> None:
    case = CASES[name]
    case.prepare(place)
    began = time.monotonic()
    status, _, err = commands.run(place, *case.line, more=case.more)
    took = time.monotonic() - began
    assert status == 0, err
    seen = {"old": 0, "new": 0, "unfinished": 0}
    for seed in fuzzing.seeds(MOMENTS):
        choose = random.Random(f"{name} {seed}")
        known()
        case.prepare(place)
        child = commands.start(place, *case.line, more=case.more)
        # Most of the time goes into the start of Python, where nothing can break: the later part is where it matters.
        time.sleep(took * choose.uniform(0.3, 1.1))
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        seen["unfinished"] += child.wait() == -signal.SIGKILL
        commands.end(child)
        seen[judge(place, case)] += 1
    print(f"{name}: kills within {took:.3f} s: {seen}")
    assert fuzzing.FUZZ or seen["old"] or name == "edit"


@pytest.mark.fuzz
@pytest.mark.parametrize("name", slow_but({"set"}, list(CASES)))
def test_killed_ahead_of_each_operation_on_a_file(place: Clone, known: Callable[[], None], name: str) -> None:
    case = CASES[name]
    seen = {"old": 0, "new": 0}
    # A short run looks at the operations in steps: reads come in long rows, and any of the last may be a write.
    for number in fuzzing.steps(5):
        known()
        case.prepare(place)
        before = AHEAD_OF.format(number=number, top=str(place.top))
        status, _, err = commands.run(place, *case.line, before=before, more=case.more)
        assert status in {0, -signal.SIGKILL}, err
        seen[judge(place, case)] += 1
        if status == 0:
            fuzzing.from_the_first()
            break
    print(f"{name}: killed ahead of {number} operations: {seen}")
    assert fuzzing.FUZZ or (seen["old"] and seen["new"])


@pytest.mark.fuzz
def test_plaintext_that_a_killed_edit_left_is_gone_after_the_next(place: Clone, tmp_path: Path) -> None:
    """SIGKILL gives no process a chance to clean up: memory holds the text until the next `edit`."""
    here = tmp_path / "opened"
    ready = f"cp \"$1\" '{here}'; touch '{here}.done'; sleep 30; true"
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{ready}\n")
    editor.chmod(0o755)
    child = commands.start(place, "edit", "-e", "production", more={"EDITOR": str(editor)})
    while not Path(f"{here}.done").exists():
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    commands.end(child)
    left = list(SHM.glob(f"gitseal-{child.pid}-*"))
    assert left, "the text was somewhere else than in memory"
    assert left[0].stat().st_mode & 0o077 == 0
    status, _, err = commands.run(place, "edit", "-e", "production", more={"EDITOR": "true"})
    assert status == 0, err
    assert not list(SHM.glob(f"gitseal-{child.pid}-*"))


@pytest.mark.parametrize(
    "number", slow_but({signal.SIGTERM}, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
)
def test_any_other_signal_leaves_no_plaintext(place: Clone, tmp_path: Path, number: signal.Signals) -> None:
    mark = tmp_path / "mark"
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\ntouch '{mark}'\nsleep 30\n")
    editor.chmod(0o755)
    child = commands.start(place, "edit", "-e", "production", more={"EDITOR": str(editor)})
    while not mark.exists():
        time.sleep(0.02)
    before = place.path("production").read_bytes()
    child.send_signal(number)
    if number == signal.SIGINT:  # Ctrl-C belongs to the editor, and reaches it too
        child.send_signal(signal.SIGTERM)
    child.wait(timeout=20)
    commands.end(child)
    assert not list(SHM.glob(f"gitseal-{child.pid}-*"))
    assert place.path("production").read_bytes() == before


@pytest.mark.slow
def test_a_command_after_a_crash_that_cannot_be_finished_says_so(place: Clone) -> None:
    """Killed half-way, and then someone changed one of the files: nothing is written over that."""
    _bob_leaves(place)
    number = 0
    while True:
        status, _, _ = commands.run(place, "rekey", "--yes", before=AHEAD_OF.format(number=number, top=str(place.top)))
        assert status == -signal.SIGKILL
        if list((place.top / ".git" / "gitseal").glob("journal-*")):
            break
        number += 1
    path = place.path("production")
    path.write_bytes(path.read_bytes() + b"\n# changed since\n")
    changed = path.read_bytes()
    with pytest.raises(Error, match="stopped half-way"):
        place.set("development", "NEW", "value")
    assert path.read_bytes() == changed
