"""Ctrl-C at any moment: no traceback, nothing half written, and the process ends by the signal.

A command is run in a child that sends itself SIGINT at the call of this number, counted from the first import of ours on: so
the moments are the same on every machine, and any of them can be tried again.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from gitseal.cli.main import main
from tests import fuzzing
from tests.slow import slow_but
from tests.templates import Templates

MOMENTS = 10
# The calls of `run` until it has taken over from Python: before, as while Python starts, nobody can catch anything.
TAKEN_OVER = 6
SHM = Path("/dev/shm")  # noqa: S108 - looked at, not written

# What the installed script does, for one command line after another, each in a child of its own: Python and `import re` are
# paid for once. The numbers are of calls, 0 for none; printed are the calls of the last child, or how it ended.
RUNNER = """
import os, re, signal, sys
from gitseal.cli import run

def interrupted(number):
    calls = 0
    def profile(frame, event, argument):
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1
            if calls == number:
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)
    os._exit = lambda status, end=os._exit: (
        number or os.write(3, b"%d calls\\n" % calls), end(status))
    sys.setprofile(profile)
    run()

for line in sys.stdin:
    number, said, *sys.argv[1:] = line.split()
    child = os.fork()
    if not child:
        words = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(words, 1)
        os.dup2(words, 2)
        try:
            interrupted(int(number))
        except KeyboardInterrupt:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(99)
    os.write(3, b"%d %d ended\\n" % os.waitpid(child, 0))
"""


class Case(NamedTuple):
    """A command that is interrupted, and the variables that it has."""

    line: tuple[str, ...]
    more: dict[str, str]


CASES = {
    "get": Case(("get", "-e", "production", "CHANGING"), {}),
    "set": Case(("set", "-e", "all", "CHANGING=new"), {}),
    "edit": Case(("edit", "-e", "production"), {"EDITOR": "sed -i 's/^CHANGING: .*/CHANGING: new/'"}),
    "help": Case(("set", "--help"), {}),
    "a mistake": Case(("lst",), {}),
    "hook": Case(("hook", "run", "pre-commit"), {}),
    "list": Case(("list",), {}),
    "check": Case(("check",), {}),
    "rekey": Case(("rekey", "--rotate", "--yes"), {}),
    "run with files": Case(("run", "-e", "production", "--service", "api", "--files", "--", "true"), {}),
}


class Runner:
    """One process that starts a child for each moment."""

    def __init__(self, words: Path, more: dict[str, str]) -> None:
        self.words = words
        reading, writing = os.pipe()
        self.answers = os.fdopen(reading)
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"import os; os.dup2({writing}, 3)\n{RUNNER}"],
            stdin=subprocess.PIPE, env=os.environ | more, text=True, bufsize=1, pass_fds=(writing,),
        )  # fmt: skip
        os.close(writing)

    def run(self, line: tuple[str, ...], number: int) -> list[str]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number} {self.words} {' '.join(line)}\n")
        answers: list[str] = []
        while not answers or not answers[-1].endswith("ended\n"):
            answers.append(self.answers.readline())
            assert answers[-1], "the runner ended"
        return answers

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        self.answers.close()


@pytest.fixture
def place(tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch, isolated: Path) -> Path:
    """A clone with two environments, whose value is `old`, and its identity."""

    def build(top: Path) -> None:
        (top / "repo").mkdir()
        monkeypatch.chdir(top / "repo")
        subprocess.run(["git", "init", "-q"], check=True)
        assert main(["init", "-e", "development,production", "--as", "alice"]) == 0
        assert main(["set", "-e", "all", "CHANGING=old", "OTHER=other"]) == 0
        manifest = top / "repo/.secrets/manifest.yaml"
        manifest.write_text(
            "version: 1\nservices:\n  api:\n    include: [OTHER]\n"
            "    files:\n      - {path: other.txt, secret: OTHER}\n"
        )
        subprocess.run(["git", "add", "-A"], check=True)
        subprocess.run(["git", "commit", "-qm", "start", "--no-verify"], check=True)
        shutil.copytree(isolated / ".config", top / "config")

    templates.copy("interrupted", tmp_path, build)
    shutil.copytree(tmp_path / "config", isolated / ".config", dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


@pytest.mark.fuzz
@pytest.mark.parametrize("case", slow_but({"set"}, CASES))
def test_an_interrupt_leaves_no_trace(case: Case, place: Path, tmp_path: Path) -> None:
    runner = Runner(tmp_path / "words", case.more)
    kept = tmp_path / "kept"
    shutil.copytree(place, kept, symlinks=True)
    try:
        calls = int(runner.run(case.line, 0)[0].split()[0])
        for moment in fuzzing.seeds(MOMENTS):
            shutil.rmtree(place / ".secrets")
            shutil.copytree(kept / ".secrets", place / ".secrets")
            number = TAKEN_OVER + (calls - TAKEN_OVER) * moment // MOMENTS
            if fuzzing.FUZZ:
                number = random.Random(moment).randrange(TAKEN_OVER, calls)
            child, ended, _ = runner.run(case.line, number)[-1].split()
            words = (tmp_path / "words").read_text()
            assert "Traceback" not in words, number
            assert "Exception ignored" not in words, number
            status = int(ended)
            assert status in {0, signal.SIGINT}, (number, words)
            assert_whole(place)
            assert not list(SHM.glob(f"gitseal-{child}-*"))
    finally:
        runner.end()


def assert_whole(place: Path) -> None:
    """Each environment holds the old value or the new one, and nothing else was left behind."""
    assert main(["get", "-e", "production", "CHANGING"]) == 0
    assert main(["get", "-e", "development", "CHANGING"]) == 0
    assert not list(place.glob(".secrets/.*.tmp"))
