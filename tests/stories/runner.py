"""Runs one story: shell commands with what is expected of each, in a Git repository of its own. See README.md."""

import codecs
import os
import re
import select
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests import standing_by
from tests.stories.one_call import Call, one_call

# Every made-up value in a story holds this word, so that one in a message is seen in any story.
MARK = "hush"
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)
_TESTS = Path(__file__).resolve().parent.parent
_LIMIT = 60.0
_SHOWN = 5
# A session's first process becomes the leader of its terminal, and then the command.
_ON_TERMINAL = """import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp("bash", ["bash", "-c", sys.argv[1]])"""


class Failed(AssertionError):
    """A story went another way."""


class Skipped(Exception):
    """The story needs a program that is not on this machine."""


class Done(NamedTuple):
    """What the last command printed, and its status."""

    stdout: str
    stderr: str
    status: int


def run(text: str, top: Path) -> None:
    """Runs a story in `top`, an empty repository. Raises Failed with the lines that went another way, or Skipped."""
    script, *files = _FILE.split(text)
    for name, content in zip(files[::2], files[1::2], strict=True):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    _Story(script.splitlines(), top).run()


class _Story:
    """The state of a story while it runs: where it is, its variables, and the last command's result."""

    def __init__(self, lines: list[str], top: Path) -> None:
        self.lines = lines
        self.number = 0
        self.folder = top
        self.environ = dict(os.environ) | {"TOP": str(top), "WORK": str(top.parent), "TESTS": str(_TESTS)}
        self.done = Done("", "", 0)

    def run(self) -> None:
        failures = []
        while self.number < len(self.lines):
            line = self.lines[self.number].strip()
            self.number += 1
            at = self.number
            if not line or line.startswith("#"):
                continue
            try:
                self.line(line)
            except (Failed, OSError) as failure:
                shown = f"\n--- stdout\n{self.done.stdout}--- stderr\n{self.done.stderr}--- status {self.done.status}"
                failures.append(f"line {at}: {line}\n{failure}{shown}")
        if failures:
            raise Failed("\n\n".join(failures[:_SHOWN]))

    def line(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word in _CHECKS:
            _CHECKS[word](self, *self.words(rest))
        elif word == "!" and rest.partition(" ")[0] in _CHECKS:
            self.refuted(rest)
        elif word == "?":
            status, _, command = rest.partition(" ")
            self.command(command, int(status))
        else:
            self.command(rest if word == "!" else line, 1 if word == "!" else 0)

    def words(self, text: str) -> list[str]:
        return [
            re.sub(r"\$(\w+)", lambda found: self.environ.get(found[1], found[0]), word) for word in shlex.split(text)
        ]

    def refuted(self, line: str) -> None:
        try:
            self.line(line)
        except Failed:
            return
        raise Failed("this should not hold")

    def command(self, command: str, status: int) -> None:
        on_terminal = command.startswith("tty ")
        self.done = self.typed(command.removeprefix("tty ")) if on_terminal else self.quiet(command)
        # A shell says of a command that signal N ended that its status is 128 + N; Python says -N.
        if self.done.status not in {status, 128 - status}:
            raise Failed(f"status {self.done.status}, not {status}")
        if MARK in self.done.stderr:
            raise Failed("a value stands in a message")
        following = next((line.split(" ")[0] for line in self.lines[self.number :] if line.strip()), "")
        if status and self.done.stdout and not on_terminal and following != "stdout":
            raise Failed("it failed, and printed something on standard output")

    def quiet(self, command: str) -> Done:
        """A command whose standard input is empty and no terminal."""
        call = one_call(command, self.environ, self.folder)
        script = f"set -o pipefail; {command}"
        try:
            if call is not None:
                done = self.called(call)
            else:
                done = subprocess.run(
                    ["bash", "-c", script], cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL,
                    capture_output=True, check=False, timeout=_LIMIT,
                )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Failed("it did not end") from None
        return Done(done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.returncode)

    def called(self, call: Call) -> "subprocess.CompletedProcess[bytes]":
        """One call of `gitseal`, without a shell around it."""
        if call.output:
            (self.folder / call.output).write_bytes(b"")
        done = standing_by.run("gitseal", call.words, cwd=self.folder, environ=call.environ, timeout=_LIMIT)
        if call.output:
            (self.folder / call.output).write_bytes(done.stdout)
            done.stdout = b""
        return done

    def typed(self, command: str) -> Done:
        """A command on a terminal of its own; the lines `> PATTERN` and `< TEXT` that follow are its conversation."""
        main, side = os.openpty()
        child = subprocess.Popen(
            [sys.executable, "-c", _ON_TERMINAL, command], cwd=self.folder, env=self.environ | {"TERM": "dumb"},
            stdin=side, stdout=side, stderr=side, start_new_session=True,
        )  # fmt: skip
        os.close(side)
        screen = _Screen(main)
        try:
            while self.number < len(self.lines) and self.lines[self.number].lstrip().startswith(("> ", "< ", "<- ")):
                way, _, text = self.lines[self.number].strip().partition(" ")
                self.number += 1
                if way == ">":
                    screen.wait_for(text)
                else:
                    os.write(main, codecs.escape_decode(text.encode())[0] + (b"\n" if way == "<" else b""))
            screen.wait_for_end()
            return Done(screen.text, "", child.wait(_LIMIT))
        except (Failed, subprocess.TimeoutExpired) as failure:
            self.done = Done(screen.text, "", -1)
            raise Failed(str(failure)) from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            os.close(main)

    def export(self, *settings: str) -> None:
        self.environ |= dict(setting.split("=", 1) for setting in settings)

    def unset(self, *names: str) -> None:
        for name in names:
            self.environ.pop(name, None)

    def change_folder(self, folder: str) -> None:
        self.folder = (self.folder / folder).resolve()

    def need(self, *programs: str) -> None:
        for program in programs:
            if shutil.which(program) is None:
                raise Skipped(f"{program} is not on this machine: `make peers` fetches what it can")

    def text_of(self, name: str) -> str:
        if name in {"stdout", "stderr"}:
            return self.done.stdout if name == "stdout" else self.done.stderr
        return self.bytes_of(name).decode()

    def bytes_of(self, name: str) -> bytes:
        if not (self.folder / name).is_file():
            raise Failed(f"there is no file {name}")
        return (self.folder / name).read_bytes()

    def search(self, name: str, *patterns: str) -> None:
        text = self.text_of(name)
        for pattern in patterns:
            if not re.search(pattern, text, re.MULTILINE):
                raise Failed(f'no "{pattern}" in {name}')

    def grep(self, pattern: str, *names: str) -> None:
        for name in names:
            self.search(name, pattern)

    def compare(self, one: str, other: str) -> None:
        if one == "stdout":
            if self.done.stdout != self.text_of(other):
                raise Failed("they differ")
        elif self.bytes_of(one) != self.bytes_of(other):
            raise Failed("they differ")

    def exist(self, *names: str) -> None:
        for name in names:
            if not list(self.folder.glob(name) if not name.startswith("/") else Path("/").glob(name[1:])):
                raise Failed(f"there is no {name}")

    def mode(self, mode: str, name: str) -> None:
        found = stat.S_IMODE((self.folder / name).stat().st_mode)
        if found != int(mode, 8):
            raise Failed(f"the mode is {found:04o}")


class _Screen:
    """What a terminal has shown, read as it comes."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.text = ""
        self.seen = 0

    def wait_for(self, pattern: str) -> None:
        end = time.monotonic() + _LIMIT
        while not (found := re.search(pattern, self.text[self.seen :])):
            if time.monotonic() > end or not self.read():
                raise Failed(f'the terminal did not show "{pattern}"')
        self.seen += found.end()

    def wait_for_end(self) -> None:
        end = time.monotonic() + _LIMIT
        while self.read():
            if time.monotonic() > end:
                raise Failed("it did not end")

    def read(self) -> bool:
        """Takes what is there, or waits a while for it. False at the end, which Linux says by EIO."""
        if select.select([self.descriptor], [], [], 1.0)[0]:
            try:
                data = os.read(self.descriptor, 65536)
            except OSError:
                return False
            self.text += data.decode("utf-8", "replace").replace("\r\n", "\n")
            return bool(data)
        return True


_CHECKS: dict[str, Callable[..., None]] = {
    "stdout": lambda story, *patterns: story.search("stdout", *patterns),
    "stderr": lambda story, *patterns: story.search("stderr", *patterns),
    "grep": _Story.grep,
    "cmp": _Story.compare,
    "exists": _Story.exist,
    "mode": _Story.mode,
    "export": _Story.export,
    "unset": _Story.unset,
    "cd": _Story.change_folder,
    "needs": _Story.need,
}
