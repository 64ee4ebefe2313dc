"""The questions asked of a repository, each against a real one."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import configuration
from gitseal.git.index import is_tracked
from gitseal.git.repository import Repository, find_top
from gitseal.git.trusted_ref import trusted_ref
from gitseal.git.versions import versions

Git = Callable[..., str]


@pytest.fixture
def repository(repo: Path, git: Git) -> Repository:
    (repo / "file").write_text("one\n")
    git("add", ".")
    git("commit", "-qm", "one")
    return Repository(repo)


def test_find_top(repo: Path, tmp_path: Path) -> None:
    (repo / "a" / "b").mkdir(parents=True)
    assert find_top(repo / "a" / "b") == repo
    assert find_top(tmp_path) is None


def test_the_git_directory_is_shared_by_worktrees(repository: Repository, git: Git, tmp_path: Path) -> None:
    git("worktree", "add", "-q", tmp_path / "tree")
    assert Repository(tmp_path / "tree").common_dir() == repository.common_dir() == repository.top / ".git"
    (tmp_path / "tree" / ".git").write_text("gitdir: /nowhere/at/all\n")
    with pytest.raises(Error, match=r'leads to "/nowhere/at/all"'):
        Repository(tmp_path / "tree").common_dir()


def test_a_file_of_a_revision(repository: Repository, git: Git) -> None:
    assert repository.file("HEAD", "file") == b"one\n"
    assert repository.file("HEAD", "other") is None
    assert repository.file("nowhere", "file") is None
    (repository.top / "link").symlink_to("file")
    git("add", ".")
    git("commit", "-qm", "link")
    assert repository.file("HEAD", "link") is None


@pytest.mark.parametrize("name", ["--output=x", "-x", "a b", ":(glob)*", "*", "ü", 'q"uote', "tab\tname"])
def test_a_path_is_a_path_and_a_revision_no_option(repository: Repository, git: Git, name: str) -> None:
    (repository.top / name).write_text("odd\n")
    git("--literal-pathspecs", "add", "--", name)
    git("commit", "-qm", "odd")
    assert repository.file("HEAD", name) == b"odd\n"
    assert is_tracked(repository, repository.top / name)
    assert list(versions(repository, name)) == [b"odd\n"]
    assert repository.commit(name) is None
    assert not (repository.top / "x").exists()


def test_every_version_ever_is_seen(repository: Repository, git: Git) -> None:
    path = repository.top / "file"

    def commit(content: str) -> None:
        path.write_text(content)
        git("commit", "-qam", content)

    commit("two\n")
    git("checkout", "-qb", "side")
    commit("side\n")
    git("checkout", "-q", "main")
    git("branch", "-qD", "side")
    commit("gone\n")
    git("reset", "-q", "--hard", "HEAD~")
    path.write_text("staged\n")
    git("add", "file")
    path.write_text("not even staged\n")
    assert set(versions(repository, "file")) == {b"one\n", b"two\n", b"side\n", b"gone\n", b"staged\n"}


def test_a_version_that_a_merge_dropped_is_seen(repository: Repository, git: Git) -> None:
    path = repository.top / "file"
    git("checkout", "-qb", "side")
    path.write_text("side\n")
    git("commit", "-qam", "side")
    git("checkout", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "main")
    git("merge", "-q", "-s", "ours", "-m", "merge", "side")
    git("branch", "-qD", "side")
    assert set(versions(repository, "file")) == {b"one\n", b"side\n"}


def test_a_repository_without_commits(repo: Path) -> None:
    repository = Repository(repo)
    assert list(versions(repository, "file")) == []
    assert repository.commit("HEAD") is None
    assert not repository.is_shallow()
    assert trusted_ref(repository) == ""


def test_shallow(repository: Repository, git: Git, tmp_path: Path) -> None:
    git("commit", "-q", "--allow-empty", "-m", "two")
    git("clone", "-q", "--depth", "1", f"file://{repository.top}", tmp_path / "shallow")
    assert Repository(tmp_path / "shallow").is_shallow()
    assert not repository.is_shallow()


def test_the_trusted_ref(repository: Repository, git: Git, tmp_path: Path) -> None:
    git("clone", "-q", repository.top, tmp_path / "clone")
    clone = Repository(tmp_path / "clone")
    assert trusted_ref(clone) == "refs/remotes/origin/main"
    git("config", "gitseal.trust", "nowhere", cwd=tmp_path / "clone")
    with pytest.raises(Error, match='names "nowhere", which is no branch here'):
        trusted_ref(clone)


def test_what_git_would_add(repository: Repository) -> None:
    (repository.top / ".gitignore").write_text("*.env\n!sample.env\n")
    assert repository.would_add(repository.top / "free.txt")
    assert repository.would_add(repository.top / "sample.env")
    assert not repository.would_add(repository.top / "a.env")


def test_attributes(repository: Repository) -> None:
    (repository.top / ".gitattributes").write_text("file -diff ident filter=x\n")
    found = repository.attributes("file", ["diff", "ident", "filter", "merge"])
    assert found == {"diff": "unset", "ident": "set", "filter": "x", "merge": "unspecified"}


def test_email_follows_includes(repo: Path, isolated: Path) -> None:
    (isolated / "more").write_text("[user]\n\temail = other@example.com\n")
    subprocess.run(["git", "config", "include.path", isolated / "more"], check=True)
    assert configuration.email(repo) == "other@example.com"


def test_no_git_on_the_machine(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Error, match="there is no git on this machine") as raised:
        repository.remotes()
    assert "get, list, render, run" in raised.value.hint


def test_the_variables_of_a_hook_do_not_aim_elsewhere(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_WORK_TREE", "/nowhere")
    assert repository.commit("HEAD") is not None


def test_no_replace_ref_deceives(repository: Repository, git: Git) -> None:
    """A replace ref shows another blob under the same id: what is believed must be what was committed."""
    forged = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], input=b"forged\n", cwd=repository.top, capture_output=True, check=True
    ).stdout.decode().strip()  # fmt: skip
    git("replace", git("rev-parse", "HEAD:file").strip(), forged)
    assert repository.file("HEAD", "file") == b"one\n"
