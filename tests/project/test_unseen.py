"""The working tree is not the repository: each command in each such state, by the table in `unseen.txt`."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from gitseal.arming.arm_clone import arm
from gitseal.cli.main import main
from tests.git_calls import record_git
from tests.slow import slow_but
from tests.templates import Templates
from tests.world import World, start

TABLE = Path(__file__).with_name("unseen.txt")
EXPECTED = re.compile(r"(\d) (.+?)(?: ~ (.+))?")


class Line(NamedTuple):
    """One line of the table, with its number there."""

    number: int
    text: str


def sections() -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    lines: list[Line] = []
    for number, text in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if text.startswith("== "):
            lines = found.setdefault(text[3:], [])
        elif text and not text.startswith("#"):
            lines.append(Line(number, text))
    return found


def clone(folder: Path) -> World:
    """An armed clone with a commit of two environments."""
    top = folder / "clone"
    subprocess.run(["git", "init", "--quiet", top], check=True)
    world = start(top, "development", "production")
    world.set("development,production", A="hush-value-1")
    (top / "src").mkdir()
    (top / "src/main.py").write_text("print(1)\n")
    gitseal = shutil.which("gitseal")
    assert gitseal is not None
    arm(world.project, Path(gitseal))
    subprocess.run(["git", "add", "--all"], cwd=top, check=True)
    # `doctor` would miss a trusted ref.
    subprocess.run(["git", "config", "gitseal.trust", "refs/heads/main"], cwd=top, check=True)
    subprocess.run(["git", "commit", "--quiet", "--no-verify", "--message", "start"], cwd=top, check=True)
    return world


@pytest.fixture
def world(tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> World:
    made = templates.copy("unseen", tmp_path, clone)
    content = next(content for source in made.keyring.sources if (content := source.content()))
    monkeypatch.setenv("GITSEAL_IDENTITY", content.decode())
    monkeypatch.setenv("CLONE", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    return World(tmp_path / "clone", made.keyring)


# One of each kind: left out, gone, in the way of a commit, unknown to Git, and more than one `.secrets`.
QUICK = {
    "ordinary", "a file left out by a sparse checkout", "a file deleted", "ignored by Git", "no Git on the machine",
    "several .secrets", "a bare repository",
}  # fmt: skip


def test_the_quick_states_are_there() -> None:
    assert sections().keys() >= QUICK


@pytest.mark.parametrize("state", slow_but(QUICK, list(sections())))
def test_every_command_knows_what_it_cannot_see(
    world: World, state: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if state.startswith("foreign") and os.geteuid() != 0:
        pytest.skip("only root gives files away")
    wrong = []
    for number, text in sections()[state]:
        if text.startswith("$ "):
            subprocess.run(["bash", "-e", "-c", text[2:]], check=True, capture_output=True)
        elif text.startswith("@ "):
            monkeypatch.chdir(world.top / text[2:])
        elif text.startswith("PATH "):
            monkeypatch.setenv("PATH", text[5:])
        else:
            match = EXPECTED.fullmatch(text)
            assert match, text
            words, pattern = match[2].replace("CLONE", str(world.top)), match[3] or ""
            status = main(words.split())
            shown = "".join(capfd.readouterr())
            if status != int(match[1]) or not re.search(pattern, shown, re.MULTILINE):
                wrong.append(f"{TABLE.name}:{number}: {text}\nstatus {status}\n{shown}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", [".", "src"])
def test_in_an_ordinary_clone_git_is_not_asked_for_it(
    world: World, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.top / folder)
    calls = record_git(tmp_path, monkeypatch)
    for words in ("get -e production A", "render -e production --format json", "env list"):
        assert main(words.split()) == 0
        assert calls() == [], words
    for words in ("set -e production B=2", "list", "check", "rekey --yes", "status"):
        assert main(words.split()) == 0
        about_files = [call for call in calls() if "ls-files -v" in call or "check-ignore" in call]
        assert about_files == [], words
