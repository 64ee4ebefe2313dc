"""What commits bring, by the log of real repositories, and their blobs in one stream."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import introduced, snapshot
from gitseal.git.repository import Repository
from gitseal.git.staged import staged, tracked

Git = Callable[..., str]


def commit(git: Git, repo: Path, *names: str) -> str:
    for name in names:
        path = repo / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f"{name} {os.urandom(4).hex()}\n")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "x")
    return git("rev-parse", "HEAD").strip()


def paths(found: introduced.IntroducingCommit) -> list[bytes]:
    return [each.path for each in found.brought]


def test_a_range_comes_oldest_first_with_what_each_commit_brought(git: Git, repo: Path) -> None:
    first, second = commit(git, repo, "a"), commit(git, repo, "a", "b/c")
    found = list(introduced.commits(Repository(repo), [second]))
    assert [(each.id, each.parents, paths(each)) for each in found] == [
        (first, (), [b"a"]),
        (second, (first,), [b"a", b"b/c"]),
    ]
    assert introduced.count(Repository(repo), [second]) == 2
    assert [each.id for each in introduced.commits(Repository(repo), [second, f"^{first}"])] == [second]


def test_names_that_look_like_the_log_are_names(git: Git, repo: Path) -> None:
    names = ["commit 0123", ":100644", "a\nb", "\n:x", "--stdin"]
    commit(git, repo, *names)
    (found,) = introduced.commits(Repository(repo), ["HEAD"])
    assert sorted(paths(found)) == sorted(os.fsencode(name) for name in names)


def test_a_merge_brings_what_no_parent_has(git: Git, repo: Path) -> None:
    commit(git, repo, "a")
    git("switch", "--quiet", "--create", "other")
    commit(git, repo, "b")
    git("switch", "--quiet", "main")
    commit(git, repo, "c")
    git("merge", "--quiet", "--no-commit", "other")
    (repo / "evil").write_text("x")
    commit(git, repo)
    merge = list(introduced.commits(Repository(repo), ["HEAD"]))[-1]
    assert len(merge.parents) == 2
    assert paths(merge) == [b"evil"]


def test_settings_that_change_the_log_change_nothing(git: Git, repo: Path) -> None:
    for setting in ("log.showRoot=false", "log.follow=true", "diff.renames=copies", "color.ui=always", "core.abbrev=5"):
        git("config", *setting.split("="))
    commit(git, repo, "a")
    git("mv", "a", "b")
    moved = commit(git, repo)
    found = list(introduced.commits(Repository(repo), ["HEAD"]))
    assert [paths(each) for each in found] == [[b"a"], [b"b"]]
    assert found[1].id == moved
    assert len(found[0].brought[0].object_id) == len(moved)


def test_a_range_that_is_none_is_said(git: Git, repo: Path) -> None:
    commit(git, repo, "a")
    with pytest.raises(Error, match="every commit"):
        list(introduced.commits(Repository(repo), ["0" * 40]))
    with pytest.raises(Error, match="no such range"):
        introduced.count(Repository(repo), ["nothing"])


def test_blobs_stream_in_order_whatever_is_left_unread(git: Git, repo: Path) -> None:
    (repo / "large").write_bytes(bytes(range(256)) * 20_000)
    commit(git, repo, "small")
    requests = [":large", ":small", ":no such file", "HEAD", ":small"]
    sizes = [(blob.kind, blob.size) for blob in Repository(repo).objects.stream(requests)]
    assert [kind for kind, _ in sizes] == ["blob", "blob", "missing", "commit", "blob"]
    contents = [blob.read() for blob in Repository(repo).objects.stream(requests)]
    assert contents[0] == (repo / "large").read_bytes()
    assert contents[1] == contents[4] == (repo / "small").read_bytes()
    for _ in Repository(repo).objects.stream([":large"] * 1000):
        break  # Git is stopped with its pipes full


def test_staged_is_what_a_commit_would_bring(git: Git, repo: Path) -> None:
    repository = Repository(repo)
    (repo / "a").write_text("a")
    (repo / "b").write_text("b")
    git("add", ".")
    assert [each.path for each in staged(repository)] == [b"a", b"b"]
    git("commit", "--quiet", "--message", "x")
    assert staged(repository) == []
    git("mv", "a", "c")
    git("rm", "--quiet", "b")
    (repo / "later").write_text("x")
    git("add", "--intent-to-add", "later")
    assert [each.path for each in staged(repository)] == [b"c"]
    assert b"later" in [each.path for each in tracked(repository)]


def test_a_snapshot_is_the_index_or_a_commit_and_follows_no_link(git: Git, repo: Path) -> None:
    folder = repo / ".secrets"
    folder.mkdir()
    (folder / "policy.yaml").write_text("old")
    (folder / "link.yaml").symlink_to("/etc/passwd")
    first = commit(git, repo)
    (folder / "policy.yaml").write_text("new")
    git("add", "--all")
    (folder / "policy.yaml").write_text("working tree")
    repository = Repository(repo)
    old = snapshot.of_commit(repository, first, ".secrets")
    new = snapshot.of_index(repository, ":(top,glob)**/.secrets/*")
    assert (old.read(b".secrets/policy.yaml"), new.read(b".secrets/policy.yaml")) == (b"old", b"new")
    assert sorted(old.names(b".secrets")) == [b"link.yaml", b"policy.yaml"]
    assert old.read(b".secrets/other") is None
    with pytest.raises(Error, match="symbolic link"):
        old.read(b".secrets/link.yaml")


def test_sha256_repositories_are_no_other_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256", tmp_path / "new"], check=True)
    monkeypatch.chdir(tmp_path / "new")
    (tmp_path / "new" / "a").write_text("a")
    subprocess.run(["git", "add", "a"], check=True)
    (found,) = staged(Repository(tmp_path / "new"))
    assert len(found.object_id) == 64
    assert [blob.read() for blob in Repository(tmp_path / "new").objects.stream([found.object_id])] == [b"a"]
