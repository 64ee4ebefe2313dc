"""Commands on a disk that fails where a test wants, and what must hold of everything that they left.

`faults.c` is preloaded into the command's own process: it counts the calls that change something, and makes one of them
fail, or kills the process ahead of it. The law: each file is the old one or the new one, whole; nothing is left beside
them; nothing readable lies anywhere; the error is one line with one that helps; and the same command ends right next time.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gitseal.document import document
from gitseal.errors import Error, Malformed
from gitseal.identities import discover
from gitseal.policy import manifest_parser, parser
from gitseal.project.finding import find
from gitseal.project.reading import OpenedEnvironment
from gitseal.sealing.writing import writing
from tests.programs import git
from tests.robustness.commands import MAIN
from tests.robustness.watching import NEEDLE, SHM, shows

SOURCE = Path(__file__).with_name("faults.c")
OLD = "the value of before"
# A journal that the next command finishes, and a text that its author comes back for.
_MAY_STAY = re.compile(r"/\.git/gitseal/(journal|edit)-")
# What no promise is made about: Git's own store, whose writes are Git's, and what is only faster than to look again.
_TEMPORARY_FILES = "/tmp/"  # noqa: S108 - of the world, see `World.environ`
_TEMPORARY = re.compile(r"\.tmp|^/tmp/gitseal-")
_GITS_OWN = re.compile(
    r"/\.git/(objects|logs|index|COMMIT_EDITMSG|ORIG_HEAD)|/gitseal/(team-filter|facts|seen|noticed)|/reads/|^/other/store\.got$"
)


class Case(NamedTuple):
    """A command that writes: its line, what it needs before, what it reads, and where in the world it runs.

    `refusal` is the status of an error; `clean` are the statuses if nothing fails, `again` those of the same command after it
    was done; `conflict` is the one by which a merge tells that it left both sides. `secret` are the files that hold values
    in the open, by the command's very task.
    """

    line: tuple[str, ...]
    before: Callable[["World"], None] = lambda _world: None
    stdin: bytes = NEEDLE.encode()
    more: dict[str, str] = {}  # noqa: RUF012 - read only
    folder: str = "repo"
    clean: tuple[int, ...] = (0,)
    refusal: int = 1
    again: tuple[int, ...] = (0,)
    conflict: int = 0
    secret: tuple[str, ...] = ()
    code: str = MAIN


class Ended(NamedTuple):
    """How a command ended, and the calls that it made to change something."""

    status: int
    out: str
    err: str
    calls: tuple[str, ...]
    process: int


class World:
    """A person's home, a clone, and folders for what is written elsewhere, all below `top`."""

    def __init__(self, top: Path, library: Path) -> None:
        self.top = top
        self.library = library
        self.repo = top / "repo"

    @property
    def identity(self) -> Path:
        return self.top / "home/.config/gitseal/identity.txt"

    @property
    def kept_identity(self) -> Path:
        """The same, where no command looks for it."""
        return self.top / "kept-identity"

    def environ(self, **more: str) -> dict[str, str]:
        home = self.top / "home"
        return {
            **os.environ,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "TMPDIR": str(self.top / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    def run(self, case: Case, fault: str = "0:none", **more: str) -> Ended:
        """The case's command, with a fault `AT:ACT`."""
        log = self.top.parent / f"{self.top.name}.calls"
        preload = {
            "LD_PRELOAD": str(self.library),
            # What is in memory is another disk than the one that turned read-only.
            "GITSEAL_FAULT": f"{fault}:{log}:{self.top}" + ("" if "all" in fault else f",{SHM}/gitseal-"),
        }
        child = subprocess.Popen(
            [sys.executable, "-c", case.code, *(word.replace("TOP", str(self.top)) for word in case.line)],
            cwd=self.top / case.folder,
            env={**self.environ(**case.more, **preload), **more},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = (text.decode(errors="replace") for text in child.communicate(case.stdin, timeout=60))
        calls = tuple(log.read_text(errors="replace").splitlines()) if log.exists() else ()
        return Ended(child.returncode, out, err, calls, child.pid)

    def files(self) -> dict[str, bytes]:
        """Everything that is promised about, by its path; links by where they lead."""
        found = {}
        for path in self.top.rglob("*"):
            name = f"/{path.relative_to(self.top)}"
            if not _GITS_OWN.search(name) and (path.is_symlink() or path.is_file()):
                found[name] = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        return found

    def values(self) -> dict[str, dict[str, str]]:
        """All values of all environments, as this person opens them."""
        found: dict[str, dict[str, str]] = {}
        if not (self.repo / ".secrets").is_dir():
            return found
        keyring = discover({"GITSEAL_IDENTITY": self.kept_identity.read_text()}, self.top / "home", None)
        project = find(self.repo)
        for environment in project.environments:
            try:
                opened = OpenedEnvironment(project, environment, keyring).open_all().values
                found[environment] = {"/".join(path): value.reveal().decode() for path, value in opened.items()}
            except Malformed as error:  # a conflict of a merge
                found[environment] = {"": str(error)}
        return found


def compile_faults(compiler: str, folder: Path) -> Path:
    """The library that is preloaded."""
    library = folder / "faults.so"
    words = [compiler, "-O1", "-fPIC", "-shared", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(words, check=True)
    return library


class Expected(NamedTuple):
    """The world before a command and after it, when nothing failed."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    old: dict[str, dict[str, str]]
    new: dict[str, dict[str, str]]
    calls: tuple[str, ...]


def judge(world: World, case: Case, ended: Ended, expected: Expected, *, is_stuck: bool = False) -> str:
    """Holds what a fault left against the law; gives which state that is. `is_stuck`: nothing could be removed either."""
    _assert_said(ended, case)
    is_signalled = ended.status < 0 or ended.status == 128 + signal.SIGINT
    files = world.files()
    for name, content in files.items():
        assert _is_whole(name, content, expected), f"{name} is neither the old file nor the new one"
        if name not in expected.before and not any(name.startswith(f"/{place}") for place in case.secret):
            assert not shows(content), f"{name} holds a value in the open"
    assert not [name for name in files if name.endswith(".lock")], "a lock stays"
    if is_signalled:
        return "signalled"
    # On a disk that takes no writes any more, nothing can be removed either.
    left = {name for name in files if not _MAY_STAY.search(name) and not (is_stuck and _TEMPORARY.search(name))}
    left -= expected.before.keys() | expected.after.keys()
    assert not left, f"left behind: {left}"
    lost = (expected.before.keys() & expected.after.keys()) - files.keys()
    assert not lost, f"gone: {lost}"
    assert not _own_folders(ended), "a private folder stays"
    if "half-way" in ended.err:
        return "half-way"
    state = "new" if not ended.status or "written, but" in ended.err else "old"
    assert world.values() == getattr(expected, state), f"not {state}: {ended.err}"
    return state


def judge_again(world: World, case: Case, expected: Expected) -> None:
    """The same command once more, with nothing failing: it ends right, and sweeps up."""
    again = world.run(case)
    assert again.status in {0, *case.again}, again.err
    _assert_said(again, case)
    with writing(find(world.repo)):
        pass  # what an earlier run left half-way is finished by any command that writes
    assert world.values() == expected.new, "the next run does not end right"
    files = world.files()
    strange = {name for name in files if not _is_rest(name)} - expected.before.keys() - expected.after.keys()
    assert not strange, f"left behind for good: {strange}"
    lost = expected.after.keys() - files.keys()
    assert not lost, f"never made: {lost}"
    assert not _own_folders(again), "a private folder stays"


def _is_rest(name: str) -> bool:
    """What other programs leave among the temporary files when a signal ends us, and a text that waits for its author."""
    return name.startswith(_TEMPORARY_FILES) or bool(re.search(r"/\.git/gitseal/edit-", name))


def _assert_said(ended: Ended, case: Case) -> None:
    assert "Traceback" not in ended.err, ended.err
    assert "bug in gitseal" not in ended.err, ended.err
    assert "Exception ignored" not in ended.err, ended.err
    assert not shows(ended.err.encode()), ended.err
    if ended.status > 0 and ended.status not in {128 + signal.SIGINT, case.conflict}:
        assert ended.status == case.refusal, ended.err
        lines = ended.err.splitlines()
        at = [number for number, line in enumerate(lines) if line.startswith("gitseal: ")]
        assert at, ended.err
        message = lines[at[-1]]
        assert re.search(r'"[^"]+"|/|\w\.yaml|\.secrets\b|\bgit\b', message), f"names no thing: {message}"
        assert len(lines) > at[-1] + 1, f"no hint: {ended.err}"
        assert lines[at[-1] + 1].startswith("  "), f"no hint: {ended.err}"


def _is_whole(name: str, content: bytes, expected: Expected) -> bool:
    """True for the bytes of before, those of after, and for others that can be a result, as each sealing is another one."""
    if content in {expected.before.get(name), expected.after.get(name)}:
        return True
    read = next((read for pattern, read in _READERS.items() if re.search(pattern, name)), None)
    try:
        return read is not None and read(content) is not False
    except (ValueError, Error):
        return False


# What a whole file of each kind is to: the first that fits a name reads it, and gives False or raises for half a one.
_READERS: dict[str, Callable[[bytes], object]] = {
    r"\.tmp$|\.merged$|^/tmp/gitseal-merge-": lambda _: True,  # judged by what may be left, and by what it shows
    r"/\.secrets/policy\.yaml$": parser.parse,
    r"/\.secrets/manifest\.yaml$": manifest_parser.parse,
    r"/\.secrets/schema/": json.loads,
    r"/\.secrets/[^/]+\.yaml$": document.parse,
    r"/\.git/gitseal/(known|targets|records|journal-\w+|rotation-\w+/record)$": json.loads,
    r"^/other/ours$": lambda content: content.startswith(b"<<<<<<<") and b"\n>>>>>>>" in content,
    r"identity\.txt$": lambda content: re.search(rb"AGE-SECRET-KEY-1[A-Z0-9]{58}\n$", content) is not None,
    r"backup\.age$": lambda content: content.startswith(b"age-encryption.org/v1\n"),
    r"/out/o\.yaml$": lambda content: content.endswith(b"\n") and b"sops:" in content,
    r"/\.git/config$": lambda content: content.startswith(b"[core]") and content.endswith(b"\n"),
    r"/\.git/refs/": lambda content: re.fullmatch(rb"[0-9a-f]{40}\n", content) is not None,
    r"/\.git/gitseal/edit-": lambda content: content.startswith(b"ENC[v1,"),
}


def _own_folders(ended: Ended) -> list[Path]:
    """What a command left of its private folders in memory."""
    return list(SHM.glob(f"gitseal-{ended.process}-*"))


def folders_of(calls: tuple[str, ...]) -> Iterator[Path]:
    """The folders below which something was changed."""
    yield from dict.fromkeys(Path(call.partition(" ")[2]).parent for call in calls)


def prepare(world: World, *words: str, cwd: str = "repo", stdin: bytes = b"") -> None:
    """A command that has to go well."""
    done = world.run(Case(words, folder=cwd, stdin=stdin))
    assert done.status == 0, done.err


def build(top: Path, library: Path) -> None:
    """The world that all cases begin with."""
    world = World(top, library)
    for name in ("home", "repo", "tmp", "out", "empty", "other"):
        (top / name).mkdir()
    for name in ("repo", "empty"):
        git(top / name, "init", "--quiet")
    shutil.copy(os.environ["GIT_CONFIG_GLOBAL"], top / "home/.gitconfig")
    prepare(world, "init", "-e", "development,production", "--as", "alice")
    shutil.copy(world.identity, world.kept_identity)
    for environment in ("development", "production"):
        for name in ("OLD", "OTHER", "PORT"):
            prepare(world, "set", "-e", environment, name, stdin=OLD.encode())
    git(top / "repo", "add", "--all")
    git(top / "repo", "commit", "--quiet", "--no-verify", "--message", "before")
