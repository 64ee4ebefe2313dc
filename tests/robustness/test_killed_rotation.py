"""A rotation with a command, killed at any moment: the provider's password is in file or journal, and gitseal says so."""

import functools
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from gitseal.hidden import SecretBytes
from gitseal.project.workspace import Workspace
from gitseal.sealing import provider, waiting
from gitseal.sealing.provider import Answer
from gitseal.sealing.rotating import NewValue
from gitseal.sealing.waiting import Waiting
from gitseal.sealing.writing import writing
from gitseal.usecases import rotate
from gitseal.usecases.rotate import Job
from tests import fuzzing
from tests.attacks.world import Clone, person, start
from tests.robustness import commands
from tests.templates import Templates

MOMENTS = 8
OLD = "the-value-of-before"
PATH = ("API",)
# A database: its password is the content of a file, replaced in one step as a provider does it.
DATABASE = """#!/bin/sh
read -r message
new="${message#*\\"new\\": \\"}"
printf %s "${new%%\\"*}" > "$0.next"
mv "$0.next" "$0.password"
"""


def build(top: Path) -> Clone:
    made = start(top, person("alice"))
    made.set("production", "API", OLD)
    made.set("production", "OTHER", "another value")
    made.commit()
    return made


class World:
    """A clone, and a database that is told its new password by a command."""

    def __init__(self, clone: Clone, folder: Path) -> None:
        self.clone = clone
        self.command = folder / "database"
        self.command.write_text(DATABASE)
        self.command.chmod(0o755)
        self.password = folder / "database.password"

    def reset(self) -> None:
        self.password.write_text(OLD)
        self.clone.git("checkout", "--quiet", "--force", "HEAD", "--", ".secrets")
        if any(waiting.all_waiting(self.clone.project)):
            rotate.abandon(self.clone.project, ("production",), PATH)

    def judge(self) -> str:
        """Holds what a kill left against the promise; gives the state, and brings the rotation to its end."""
        left = waiting.all_waiting(self.clone.project)
        here, there = self.clone.get("production", "API"), self.password.read_text()
        assert self.clone.get("production", "OTHER") == "another value"
        with writing(self.clone.project):
            pass  # the next command that writes sweeps up
        assert not [path.name for path in self.clone.project.folder.iterdir() if path.name.startswith(".")]
        if not left:
            assert here == there, "the provider has a value that is nowhere here"
            assert not list((self.clone.top / ".git" / "gitseal").glob("rotation-*/record")), "it would wait later"
            return "old" if here == OLD else "new"
        (waits,) = left
        assert isinstance(waits, Waiting)
        assert "gitseal rotate API -e production --resume" in waits.told().hint
        workspace = Workspace(self.clone.project, self.clone.keyring)
        rotation = provider.of_journal(workspace, waits)
        assert rotation.new is not None
        new = rotation.new.reveal().decode()
        assert here == OLD
        assert there in {OLD, new}, "the provider has a value that is nowhere here"
        rotate.resume(workspace, ("production",), PATH)
        assert self.clone.get("production", "API") == new
        assert not waiting.all_waiting(self.clone.project)
        return "waits, and the provider has it" if there == new else "waits"


@pytest.fixture
def world(tmp_path: Path, templates: Templates) -> World:
    made = templates.copy("killed-rotation", tmp_path / "alice", build)
    return World(Clone(tmp_path / "alice", made.owner), tmp_path)


def _forked(work: Callable[[], object]) -> int:
    """The status of some work in a process of its own; a signal's number is negative. A fork costs no start of Python."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(3)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _dies_ahead_of(number: int, below: str) -> None:
    """Ends this process, as SIGKILL does, ahead of the file operation of that number."""
    left = [number]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        watched = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir"}
        if event in watched and below in str(arguments[0]):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


@pytest.mark.fuzz
def test_killed_ahead_of_each_operation_on_a_file(world: World, tmp_path: Path) -> None:
    def call(message: SecretBytes, _secrets: Sequence[tuple[str, bytes]]) -> Answer:
        next_password = tmp_path / "next"
        next_password.write_text(json.loads(message.reveal())["new"])
        next_password.rename(world.password)
        return Answer(0, SecretBytes(b""))

    def work(number: int) -> None:
        workspace = Workspace(world.clone.project, world.clone.keyring)
        job = Job(("production",), PATH, NewValue("hex:16"), keeps_previous=False, is_resumed=False)
        (rotation,) = rotate.begin(workspace, job)
        # What is read before is read by every command: the moments that count come from here on.
        _dies_ahead_of(number, str(tmp_path))
        provider.hand_over(workspace, rotation, call)

    seen: Counter[str] = Counter()
    for number in fuzzing.steps(2):
        world.reset()
        status = _forked(functools.partial(work, number))
        assert status in {0, -signal.SIGKILL}
        seen[world.judge()] += 1
        if status == 0:
            fuzzing.from_the_first()
            break
    print(f"killed ahead of {number} operations: {dict(seen)}")
    assert fuzzing.FUZZ or {"old", "new", "waits", "waits, and the provider has it"} == set(seen)


def _wait_for_session(leader: int) -> None:
    """Returns when no process of a session is alive. One that nobody reaps counts as ended."""
    while True:
        states = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
                states.append((state, int(session)))
        if not any(session == leader and state not in "ZX" for state, session in states):
            return
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("everything", [False, True], ids=["gitseal", "gitseal and the command"])
def test_killed_at_a_random_moment(world: World, everything: bool) -> None:  # noqa: FBT001 - a parameter
    line = ("rotate", "API", "-e", "production", "--generate", "hex:16", "--", str(world.command))
    world.reset()
    began = time.monotonic()
    status, _, err = commands.run(world.clone, *line)
    took = time.monotonic() - began
    assert status == 0, err
    seen: Counter[str] = Counter()
    for seed in fuzzing.seeds(MOMENTS):
        choose = random.Random(f"{everything} {seed}")
        world.reset()
        child = commands.start(world.clone, *line)
        time.sleep(took * choose.uniform(0.3, 1.1))
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        child.wait()
        if everything:
            commands.end(child)
        # Left alone, the command is the provider's now, and may still be writing; and a killed one takes its time to end.
        _wait_for_session(child.pid)
        child.communicate()
        seen[world.judge()] += 1
    print(f"{sum(seen.values())} kills within {took:.3f} s: {dict(seen)}")


def test_the_next_command_says_it(world: World) -> None:
    line = (
        "rotate",
        "API",
        "-e",
        "production",
        "--generate",
        "hex:16",
        "--",
        "sh",
        "-c",
        "kill -9 $PPID; cat >/dev/null",
    )
    status, _, _ = commands.run(world.clone, *line)
    assert status == -signal.SIGKILL
    status, out, err = commands.run(world.clone, "get", "-e", "production", "API")
    assert (status, out) == (0, OLD.encode() + b"\n")
    assert b"gitseal rotate API -e production --resume" in err
    record = next((world.clone.top / ".git" / "gitseal").glob("rotation-*/record"))
    assert record.stat().st_mode & 0o077 == 0
    assert OLD not in record.read_text()
    status, _, err = commands.run(world.clone, "rotate", "API", "-e", "production", "--resume")
    assert status == 0, err
    assert world.clone.get("production", "API") != OLD
