"""Folders of many commits, read at once: what is read of each is what is read of it alone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import snapshot
from gitseal.git.repository import Repository
from tests import programs

FOLDERS = (".secrets", "a b/.secrets", "line\nfeed/.secrets", os.fsdecode(b"caf\xe9/.secrets"))


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_many_commits_at_once_as_each_alone(tmp_path: Path, form: str) -> None:
    def git(*words: str) -> str:
        return programs.git(tmp_path, *words).strip()

    git("init", "--quiet", f"--object-format={form}")
    commits = []
    for number, folder in enumerate(FOLDERS):
        (tmp_path / folder / "schema").mkdir(parents=True)
        (tmp_path / folder / "schema/x.json").write_text("{}")
        (tmp_path / folder / "policy.yaml").write_text(f"number: {number}")
        (tmp_path / folder / "link.yaml").symlink_to("policy.yaml")
        git("add", "--all")
        git("commit", "--quiet", "--message", f"{number}")
        commits.append(git("rev-parse", "HEAD"))
    repository = Repository(tmp_path)
    asked = [(commit, folder) for commit in commits for folder in FOLDERS]

    found = snapshot.of_commits(repository, asked)

    for (commit, folder), many in zip(asked, found, strict=True):
        alone = snapshot.of_commit(repository, commit, folder)
        start = os.fsencode(folder)
        assert set(many.names(start)) == set(alone.names(start))
        path = start + b"/policy.yaml"
        assert many.read(path) == alone.read(path)
        if many.places:
            assert many.places[path] == alone.places[path]
            with pytest.raises(Error, match="is a symbolic link"):
                many.read(start + b"/link.yaml")


def test_what_is_no_folder_has_no_files(repo: Path, git: Callable[..., str]) -> None:
    (repo / ".secrets").write_text("a file")
    git("add", "--all")
    git("commit", "--quiet", "--message", "one")
    commit = git("rev-parse", "HEAD").strip()
    (found,) = snapshot.of_commits(Repository(repo), [(commit, ".secrets")])
    assert found.places == {}
    assert snapshot.of_commits(Repository(repo), []) == []


def test_a_folder_that_is_lost_is_an_error(repo: Path, git: Callable[..., str]) -> None:
    (repo / ".secrets").mkdir()
    (repo / ".secrets/policy.yaml").write_text("version: 1")
    git("add", "--all")
    git("commit", "--quiet", "--message", "one")
    commit, tree = git("rev-parse", "HEAD", "HEAD:.secrets").split()
    (repo / f".git/objects/{tree[:2]}/{tree[2:]}").unlink()
    with pytest.raises(Error, match="Git cannot show"):
        snapshot.of_commits(Repository(repo), [(commit, ".secrets")])
