"""A commit on a branch that is not checked out is whole by `git fsck`, whatever kind of repository it is in."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Busy, Error
from gitseal.git.branch_commit import FileInFolder, commit_file
from gitseal.git.repository import Repository
from tests.attacks.verify.world import ssh_key

Git = Callable[..., str]
BRANCH = "refs/heads/join/bob"
FILE = FileInFolder("requests", "bob", b"a key\n")


def _git(top: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=top, check=True, capture_output=True, text=True).stdout.strip()


def _start(top: Path, *options: str) -> Repository:
    made = subprocess.run(["git", "init", "--quiet", *options, str(top)], check=False, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"this git knows no {options}")
    (top / "requests").mkdir()
    for name in ("requests/alice", "requests/a\tbob", "requests.txt", "a b"):
        (top / name).write_text(f"{name}\n")
    (top / "link").symlink_to("a b")
    _git(top, "add", ".")
    _git(top, "commit", "--quiet", "--message", "start")
    return Repository(top)


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",), ("--ref-format=reftable",)])
def test_only_the_file_is_new(tmp_path: Path, options: tuple[str, ...]) -> None:
    repository = _start(tmp_path, *options)
    head, index = _git(tmp_path, "rev-parse", "HEAD"), (tmp_path / ".git/index").read_bytes()
    made = commit_file(repository, BRANCH, head, FILE, "Ask")
    assert _git(tmp_path, "rev-parse", BRANCH) == made
    assert _git(tmp_path, "diff", "--name-status", "HEAD", made) == "A\trequests/bob"
    assert _git(tmp_path, "show", f"{made}:requests/bob") == "a key"
    assert _git(tmp_path, "log", "--format=%an %cn %s", f"HEAD..{made}").endswith("Ask")
    assert _git(tmp_path, "var", "GIT_AUTHOR_IDENT").partition(" <")[0] == _git(
        tmp_path, "log", "-1", "--format=%an", made
    )
    assert _git(tmp_path, "fsck", "--strict", "--full") == ""
    assert (_git(tmp_path, "status", "--porcelain"), (tmp_path / ".git/index").read_bytes()) == ("", index)
    again = commit_file(repository, BRANCH, made, FILE._replace(content=b"another\n"), "Ask again")
    assert _git(tmp_path, "diff", "--name-status", made, again) == "M\trequests/bob"


def test_the_first_file_makes_the_folder(tmp_path: Path) -> None:
    repository = _start(tmp_path)
    made = commit_file(repository, BRANCH, _git(tmp_path, "rev-parse", "HEAD"), FILE._replace(folder="new"), "Ask")
    assert _git(tmp_path, "diff", "--name-status", "HEAD", made) == "A\tnew/bob"


def test_it_is_signed_if_the_persons_commits_are(tmp_path: Path) -> None:
    repository, key = _start(tmp_path / "top"), ssh_key(tmp_path, "bob")
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", key.key), ("commit.gpgSign", "yes")):
        _git(repository.top, "config", name, value)
    made = commit_file(repository, BRANCH, _git(repository.top, "rev-parse", "HEAD"), FILE, "Ask")
    assert "gpgsig" in _git(repository.top, "cat-file", "commit", made)
    assert _git(repository.top, "diff", "--name-status", "HEAD", made) == "A\trequests/bob"
    _git(repository.top, "config", "user.signingKey", "/nowhere")
    with pytest.raises(Error, match="Git made no commit"):
        commit_file(repository, BRANCH, made, FILE._replace(content=b"x"), "Ask")
    assert _git(repository.top, "rev-parse", BRANCH) == made


def test_nothing_moves_below_a_working_tree(tmp_path: Path) -> None:
    repository = _start(tmp_path / "top")
    head = _git(repository.top, "rev-parse", "HEAD")
    _git(repository.top, "worktree", "add", "--quiet", "-b", "join/bob", str(tmp_path / "other"))
    with pytest.raises(Error, match="join/bob is checked out"):
        commit_file(repository, BRANCH, head, FILE, "Ask")
    assert _git(repository.top, "rev-parse", BRANCH) == head


@pytest.mark.parametrize("folder", ["requests.txt", "link"])
def test_a_folder_is_never_made_of_what_is_none(tmp_path: Path, folder: str) -> None:
    repository = _start(tmp_path)
    with pytest.raises(Error, match="is no folder"):
        commit_file(repository, BRANCH, _git(tmp_path, "rev-parse", "HEAD"), FILE._replace(folder=folder), "Ask")


def test_a_branch_in_the_way_is_told(tmp_path: Path) -> None:
    repository = _start(tmp_path)
    _git(tmp_path, "branch", "join")
    with pytest.raises(Busy, match="join/bob") as caught:
        commit_file(repository, BRANCH, _git(tmp_path, "rev-parse", "HEAD"), FILE, "Ask")
    assert caught.value.hint == "see what is in its way: git branch --list 'join*'"
