"""No output of ours follows a link that the repository holds (attack 28): committed by anyone, it may lead anywhere."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.cli import dispatch
from tests.attacks.conftest import Team
from tests.attacks.world import Clone
from tests.programs import git

# Each is a command line that writes to a path, given as {}.
OUTPUTS = {
    "render -o": ["render", "-e", "development", "--except", "STRIPE_*", "-o", "{}"],
    "render -o, append": ["render", "-e", "development", "--except", "STRIPE_*", "--format", "github-env", "-o", "{}"],
    "sync pull": ["sync", "pull", "{}", "-e", "development"],
    "template -o": ["template", "template.txt", "-e", "development", "-o", "{}"],
    "review -o": ["review", "-o", "{}"],
    "keygen -o": ["keygen", "-o", "{}"],
}


def to_a_folder(place: Path, outside: Path) -> str:
    (place / "out").symlink_to(outside)
    return "out/.env"


def to_a_folder_above(place: Path, outside: Path) -> str:
    (outside / "deep").mkdir()
    (place / "out").symlink_to(outside)
    return "out/deep/.env"


def to_another_repository(place: Path, outside: Path) -> str:
    git(outside, "init", "--quiet")
    (outside / ".gitignore").write_text(".env\n")
    (place / "out").symlink_to(outside)
    return "out/.env"


def to_the_file(place: Path, outside: Path) -> str:
    (place / ".env").symlink_to(outside / ".env")
    return ".env"


def by_a_way_back(place: Path, outside: Path) -> str:
    (outside / "deep").mkdir()
    (place / "out").symlink_to(outside / "deep")
    return "out/../.env"


LINKS = [to_a_folder, to_a_folder_above, to_another_repository, to_the_file, by_a_way_back]


def run(place: Clone, words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    assert place.owner is not None
    monkeypatch.setenv("GITSEAL_IDENTITY", place.owner.identity)
    monkeypatch.chdir(place.top)
    return dispatch(words)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("words", OUTPUTS.values(), ids=OUTPUTS)
def test_nothing_is_written_through_a_link(
    team: Team,
    words: list[str],
    link: Callable[[Path, Path], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = link(team.alice.top, outside)
    (team.alice.top / "template.txt").write_text("${secret:DB_URL}")
    # `sync pull` takes the whole environment, and alice is not in `payments`.
    assert run(team.alice, ["unset", "STRIPE_KEY", "-e", "development"], monkeypatch) == 0
    before = {path for path in outside.rglob("*") if ".git/" not in str(path)}
    status = run(team.alice, [word.format(target) for word in words], monkeypatch)
    assert status == 1
    assert "is a symbolic link" in capsys.readouterr().err
    assert {path for path in outside.rglob("*") if ".git/" not in str(path)} == before


def test_a_link_above_the_working_tree_is_the_machines_own(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "way").symlink_to(team.alice.top)
    words = ["render", "-e", "development", "--except", "STRIPE_*", "-o", str(tmp_path / "way" / ".env")]
    assert run(team.alice, words, monkeypatch) == 0
    assert (team.alice.top / ".env").exists()


def test_init_goes_to_no_folder_elsewhere(tmp_path: Path) -> None:
    top, outside = tmp_path / "top", tmp_path / "outside"
    top.mkdir()
    outside.mkdir()
    git(top, "init", "--quiet")
    (top / "app").symlink_to(outside)
    words = [sys.executable, "-m", "gitseal", "-C", "app", "init", "--as", "alice"]
    done = subprocess.run(words, cwd=top, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert list(outside.iterdir()) == []
