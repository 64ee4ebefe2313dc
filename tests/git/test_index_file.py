"""What the index file itself says of a folder's files, beside what Git says of them."""

import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gitseal.git.index_file import IndexFile
from gitseal.git.repository import Repository
from tests import growth

Git = Callable[..., str]
FILES = (".secrets/a.yaml", ".secrets/b.yaml", f".secrets/{'c' * 240}.yaml")
BESIDE = (".secrets/deeper/d.yaml", "x/.secrets/e.yaml", ".secrets/notes.txt", "secrets/f.yaml")


@pytest.fixture
def tracked(repo: Path, git: Git) -> Path:
    for name in (*FILES, *BESIDE):
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text("x\n")
    git("add", "--all")
    return repo


def simple(top: Path) -> frozenset[str] | None:
    return IndexFile(Repository(str(top))).all_simple(".secrets", ".yaml")


def test_the_simply_tracked_files_of_a_folder(tracked: Path) -> None:
    assert simple(tracked) == frozenset(FILES)


@pytest.mark.parametrize(
    "words",
    [
        ("update-index", "--assume-unchanged"),
        ("update-index", "--skip-worktree"),
        ("rm", "--cached", "--quiet"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_is_not(tracked: Path, git: Git, words: tuple[str, ...], name: str) -> None:
    git(*words, "--", name)
    assert simple(tracked) != frozenset(FILES)


def test_a_file_in_conflict(tracked: Path, git: Git) -> None:
    blob = git("rev-parse", ":.secrets/a.yaml").strip()
    stages = "".join(f"100644 {blob} {stage}\t.secrets/a.yaml\n" for stage in (1, 2, 3))
    git("rm", "--cached", "--quiet", "--", ".secrets/a.yaml")
    git("update-index", "--index-info", stdin=stages)
    assert simple(tracked) is None


def test_a_folder_that_ends_the_same(tracked: Path, git: Git) -> None:
    (tracked / "x.secrets").mkdir()
    (tracked / "x.secrets/a.yaml").write_text("x\n")
    git("add", "--all")
    assert simple(tracked) is None


def test_an_index_that_git_wrote_otherwise(tracked: Path, git: Git) -> None:
    git("update-index", "--index-version=4")
    assert simple(tracked) != frozenset(FILES)


def unchanged(top: Path) -> dict[str, str]:
    return IndexFile(Repository(str(top))).unchanged(".secrets", ".yaml", 40)


@pytest.fixture
def settled(tracked: Path, git: Git) -> Path:
    """All is older than the index, so that no file can have changed since Git looked at it."""
    for name in FILES:
        os.utime(tracked / name, (1, 1))
    git("add", "--all")
    assert set(unchanged(tracked)) == set(FILES)
    return tracked


def test_the_ids_of_unchanged_files(settled: Path, git: Git) -> None:
    listed = (line.split() for line in git("ls-files", "--stage", "--", *FILES).splitlines())
    assert unchanged(settled) == {path: object_id for _mode, object_id, _stage, path in listed}


@pytest.mark.parametrize("text", ["longer\n", "y\n", "x\n"])
def test_a_file_that_was_written_since(settled: Path, text: str) -> None:
    path = settled / FILES[0]
    path.write_text(text)
    # Whoever sets the time back cannot set back when the file changed.
    os.utime(path, (1, 1))
    assert set(unchanged(settled)) == {*FILES[1:]}


def test_a_file_in_the_place_of_another(settled: Path) -> None:
    (settled / FILES[1]).replace(settled / FILES[0])
    assert set(unchanged(settled)) == {FILES[2]}


def test_a_file_that_changed_when_the_index_was_written(settled: Path) -> None:
    os.utime(settled / ".git/index", (1, 1))
    assert unchanged(settled) == {}


def test_a_file_that_git_does_not_look_at(settled: Path, git: Git) -> None:
    git("update-index", "--assume-unchanged", FILES[0])
    assert set(unchanged(settled)) == {*FILES[1:]}


def test_ids_of_another_length(tmp_path: Path, git: Git) -> None:
    top = tmp_path / "sha256"
    git("init", "--quiet", "--object-format=sha256", top)
    (top / ".secrets").mkdir()
    (top / FILES[0]).write_text("x\n")
    os.utime(top / FILES[0], (1, 1))
    git("add", "--all", cwd=top)
    blob = git("rev-parse", f":{FILES[0]}", cwd=top).strip()
    assert IndexFile(Repository(str(top))).unchanged(".secrets", ".yaml", 64) == {FILES[0]: blob}
    assert unchanged(top) == {}


def test_many_files_take_one_pass(tmp_path: Path) -> None:
    def asked(count: int) -> Callable[[], object]:
        names = [f".secrets/e{number}.yaml".encode() for number in range(count)]
        (tmp_path / ".git").mkdir(exist_ok=True)
        entries = (random.Random(0).randbytes(60) + len(name).to_bytes(2) + name + b"\0" for name in names)
        (tmp_path / ".git/index").write_bytes(b"DIRC" + b"".join(entries))
        return partial(simple, tmp_path)

    growth.assert_linear(asked)
