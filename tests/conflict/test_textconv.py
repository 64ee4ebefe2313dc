"""What Git is told to start for a diff: quick if all is there, and the same text by other ways if something is not."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitseal.arming import drivers
from gitseal.document import summary
from gitseal.git.repository import Repository
from tests.conflict.test_drivers import BASE, PROGRAM, Git, make, state

SUMMARY = Path(summary.__file__)
PYTHON = Path(sys.executable)
SEALED = "[A, sealed, to default, "


@pytest.fixture
def git(tmp_path: Path) -> Git:
    made = make(tmp_path / "a repository's")
    made.commit(state(A=3, C=3, E=5))
    return made


def without_gitseal() -> dict[str, str]:
    folders = [each for each in os.environ["PATH"].split(os.pathsep) if not (Path(each) / "gitseal").exists()]
    return os.environ | {"PATH": os.pathsep.join(folders)}


def shown(git: Git, environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(["git", "log", "-p"], cwd=git.top, check=True, capture_output=True, env=environ)
    assert done.stderr == b""
    return done.stdout.decode()


def replaced(git: Git, variable: str, value: str) -> None:
    """Makes a variable of the line another one, as if what it names had gone or changed."""
    line = git("config", "diff.gitseal.textconv").removesuffix("\n")
    (before,) = [part for part in shlex.split(line.replace(";", " ; ")) if part.startswith(f"{variable}=")]
    git("config", "diff.gitseal.textconv", line.replace(before, f"{variable}={value}"))


@pytest.mark.slow
def test_each_way_shows_the_same(git: Git, tmp_path: Path) -> None:
    quick = shown(git)
    assert SEALED in quick
    assert "ENC[" not in quick
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    for variable, value in (("s", "/gone"), ("p", "/gone"), ("g", "/gone"), ("s", str(broken))):
        drivers.install(Repository(git.top), PROGRAM)
        replaced(git, variable, value)
        assert shown(git) == quick
        if value == "/gone":
            assert drivers.state(Repository(git.top)).gone == "/gone"
    drivers.install(Repository(git.top), PROGRAM)
    replaced(git, "s", "/gone")
    replaced(git, "g", "/gone")
    assert "ENC[" in shown(git, without_gitseal())
    # gitseal itself is started by the same interpreter.
    drivers.install(Repository(git.top), PROGRAM)
    replaced(git, "p", str(broken))
    assert "ENC[" in shown(git)


def test_the_quick_way_starts_no_gitseal(git: Git) -> None:
    quick = shown(git)
    replaced(git, "g", "/gone")
    assert shown(git, without_gitseal()) == quick


def test_it_is_armed_and_an_older_line_is_not(git: Git) -> None:
    repository = Repository(git.top)
    assert drivers.state(repository).is_armed
    line = git("config", "diff.gitseal.textconv").removesuffix("\n")
    begin, end = line.index("s="), line.index("r driver textconv")
    git("config", "diff.gitseal.textconv", line[:begin] + line[end:])
    assert SEALED in shown(git)
    assert drivers.state(repository).missing == ("diff.gitseal.textconv",)
    assert drivers.install(repository, PROGRAM) == ("diff.gitseal.textconv",)
    assert drivers.state(repository).is_armed


@pytest.mark.parametrize("folder", ["with blanks", "it's", 'a"b', "$(touch pwned)", "a;b", "%s"])
def test_paths_of_any_make(git: Git, tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir()
    copy, python = place / "summary.py", place / "python"
    shutil.copy(SUMMARY, copy)
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} "$@"\n')
    python.chmod(0o755)
    quick = shown(git)
    settings = drivers.wanted(drivers.Programs(place / "gitseal", python, copy))
    git("config", "diff.gitseal.textconv", settings["diff.gitseal.textconv"])
    assert shown(git, without_gitseal()) == quick
    assert drivers.state(Repository(git.top)).gone == str(place / "gitseal")
    assert not list(git.top.glob("pwned"))


def test_nothing_that_a_repository_holds_steers_it(git: Git) -> None:
    """Git runs it at the top of the working tree: modules there would be imported if that were on the path."""
    quick = shown(git)
    for name in (
        "sys",
        "posix",
        "_sha256",
        "_sha2",
        "hashlib",
        "summary",
        "site",
        "sitecustomize",
        "encodings",
        "io",
        "gitseal",
    ):
        (git.top / f"{name}.py").write_text("open('pwned', 'w'); raise SystemExit(1)\n")
    (git.top / "pyvenv.cfg").write_text("home = .\n")
    environ = os.environ | {
        "PYTHONPATH": str(git.top),
        "PYTHONSTARTUP": str(git.top / "io.py"),
        "PYTHONHOME": "/nowhere",
    }
    assert shown(git, environ) == quick
    assert not (git.top / "pwned").exists()


def test_a_diff_that_is_to_be_applied_needs_the_file_itself(git: Git) -> None:
    """As the how-to says: what textconv shows is for people, and `git apply` refuses it."""
    git("checkout", "-q", "HEAD~")
    patch = git("diff", "HEAD", "main").encode()
    git("apply", "--check", stdin=patch, ok=(1,))
    git("apply", "--index", stdin=git("diff", "--no-textconv", "HEAD", "main").encode())
    assert git("diff", "--cached", "main") == ""
    assert git.file.read_bytes() != BASE.text
