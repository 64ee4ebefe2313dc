"""Which ref is trusted, and what people mean by a name: never a tag that happens to have it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.git.trusted_ref import as_fetched, candidates, is_set, to_write, trusted_ref, way_back

Git = Callable[..., str]


@pytest.fixture
def clone(repo: Path, git: Git, tmp_path: Path) -> Path:
    """A clone with main and release on its remote, and a commit of its own on a branch."""
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("branch", "release")
    git("clone", "-q", repo, tmp_path / "clone")
    git("checkout", "-q", "-b", "feature", cwd=tmp_path / "clone")
    git("commit", "-q", "--allow-empty", "-m", "two", cwd=tmp_path / "clone")
    return tmp_path / "clone"


def test_without_a_setting_it_is_the_default_branch_of_origin(clone: Path, git: Git) -> None:
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/main"
    git("remote", "set-head", "origin", "--delete", cwd=clone)
    assert trusted_ref(Repository(clone)) == ""


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        ("refs/remotes/origin/release", "refs/remotes/origin/release"),
        ("origin/release", "refs/remotes/origin/release"),
        ("origin", "refs/remotes/origin/HEAD"),
        ("feature", "refs/heads/feature"),
        ("refs/heads/feature", "refs/heads/feature"),
        ("refs/remotes/origin/not-yet", "refs/remotes/origin/not-yet"),
    ],
)
def test_a_setting_is_a_full_name_or_becomes_one(clone: Path, git: Git, value: str, ref: str) -> None:
    git("config", "gitseal.trust", value, cwd=clone)
    assert trusted_ref(Repository(clone)) == ref


@pytest.mark.parametrize("value", ["nowhere", "v1", "HEAD~0", "0" * 40])
def test_a_short_name_that_is_no_branch_is_an_error(clone: Path, git: Git, value: str) -> None:
    git("tag", "v1", cwd=clone)
    git("config", "gitseal.trust", value, cwd=clone)
    with pytest.raises(Error, match="which is no branch here"):
        trusted_ref(Repository(clone))


def test_of_several_values_the_one_that_heads_branch_tracks(clone: Path, git: Git) -> None:
    for ref in ("refs/remotes/origin/main", "refs/remotes/origin/release"):
        git("config", "--add", "gitseal.trust", ref, cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/main"
    git("checkout", "-q", "-b", "fix", "--track", "origin/release", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/release"
    git("checkout", "-q", "--detach", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/main"


def test_a_branch_of_this_repository_stands_for_what_its_remote_has(clone: Path, git: Git) -> None:
    git("config", "gitseal.trust", "refs/heads/feature", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/heads/feature"
    git("push", "-q", "origin", "feature", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/feature"
    git("branch", "-q", "--set-upstream-to=origin/release", "feature", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/feature"


@pytest.mark.parametrize(
    ("before", "branch", "ref"),
    [
        ([], "release", "refs/remotes/origin/release"),
        (["branch --set-upstream-to=fork/release feature"], "feature", "refs/remotes/origin/feature"),
        (["switch -c release --track fork/release"], "release", "refs/remotes/origin/release"),
        (["switch -c release --track origin/main"], "release", "refs/remotes/origin/release"),
        (["switch -c release --track feature"], "release", "refs/remotes/origin/release"),
        (["config gitseal.trust refs/remotes/fork/main"], "release", "refs/remotes/fork/release"),
        (["remote rename origin theirs"], "release", "refs/remotes/theirs/release"),
        (["remote rename origin theirs", "remote remove fork"], "release", "refs/remotes/theirs/release"),
    ],
)
def test_what_a_branch_tracks_does_not_say_which_branch_counts(
    clone: Path, git: Git, before: list[str], branch: str, ref: str
) -> None:
    git("remote", "add", "fork", git("config", "remote.origin.url", cwd=clone).strip(), cwd=clone)
    git("fetch", "-q", "fork", cwd=clone)
    git("config", "gitseal.trust", "refs/remotes/origin/main", cwd=clone)
    for command in before:
        git(*command.split(), cwd=clone)
    if "rename" in " ".join(before):
        git("config", "gitseal.trust", "refs/remotes/theirs/main", cwd=clone)
    assert as_fetched(Repository(clone), f"refs/heads/{branch}") == ref


def test_no_branch_is_a_forks_because_it_tracks_it(clone: Path, git: Git) -> None:
    git("remote", "add", "fork", git("config", "remote.origin.url", cwd=clone).strip(), cwd=clone)
    git("fetch", "-q", "fork", cwd=clone)
    git("config", "gitseal.trust", "refs/heads/main", cwd=clone)
    git("branch", "-q", "--set-upstream-to=fork/main", "main", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/remotes/origin/main"
    git("remote", "rename", "origin", "theirs", cwd=clone)
    with pytest.raises(Error, match='nothing says whose "main" is meant: fork, theirs') as caught:
        trusted_ref(Repository(clone))
    assert caught.value.hint == "say which one counts, such as: git config gitseal.trust refs/remotes/fork/main"
    git("config", "gitseal.trust", "refs/heads/of-nobody", cwd=clone)
    assert trusted_ref(Repository(clone)) == "refs/heads/of-nobody"
    with pytest.raises(Error, match='nothing says whose "of-nobody" is meant'):
        as_fetched(Repository(clone), "refs/heads/release")


@pytest.mark.parametrize("value", ["main", "refs/heads/main", "theirs/main", "refs/remotes/theirs/main", "only-here"])
def test_the_trusted_ref_is_among_its_candidates_whatever_the_remote_is_called(
    clone: Path, git: Git, value: str
) -> None:
    git("branch", "only-here", cwd=clone)
    git("remote", "rename", "origin", "theirs", cwd=clone)
    git("config", "gitseal.trust", value, cwd=clone)
    assert trusted_ref(Repository(clone)) in candidates(Repository(clone))


def test_a_tag_of_a_refs_name_is_told_and_not_used(clone: Path, git: Git) -> None:
    two, one = git("rev-parse", "HEAD", cwd=clone).strip(), git("rev-parse", "origin/main", cwd=clone).strip()
    for name in ("origin/main", "feature", "other"):
        git("tag", name, "HEAD" if name != "feature" else "HEAD~", cwd=clone)
    repository = Repository(clone)
    assert refs.commit(repository, "origin/main") == one
    assert refs.commit(repository, "origin/main^{commit}") == one
    assert refs.commit(repository, "feature") == two
    assert refs.commit(repository, "feature~1") == one
    assert refs.commit(repository, "refs/tags/origin/main") == two
    assert refs.commit(repository, "other") == two
    assert refs.commit(repository, one) == one
    assert refs.commit(repository, "nowhere") is None
    assert set(repository.notes) == {
        'the tag "origin/main" has the name of refs/remotes/origin/main and is not used; delete it: git tag -d origin/main',
        'the tag "feature" has the name of refs/heads/feature and is not used; delete it: git tag -d feature',
    }


def test_a_branch_that_is_called_like_gits_own_files_is_not_taken_for_them(clone: Path, git: Git) -> None:
    git("update-ref", "refs/heads/HEAD", "HEAD~", cwd=clone)
    git("update-ref", "refs/heads/MERGE_HEAD", "HEAD~", cwd=clone)
    repository = Repository(clone)
    assert refs.commit(repository, "HEAD") == git("rev-parse", "HEAD", cwd=clone).strip()
    assert refs.full_name(repository, "MERGE_HEAD") == ""
    assert refs.commit(repository, "MERGE_HEAD") is None
    assert repository.commit("MERGE_HEAD") is None


def test_what_init_writes(repo: Path, clone: Path, git: Git, tmp_path: Path) -> None:
    assert not is_set(Repository(clone))
    assert to_write(Repository(clone), founding=False) == "refs/remotes/origin/main"
    # A project without a remote trusts the branch on which it began.
    assert to_write(Repository(repo), founding=True) == "refs/heads/main"
    assert to_write(Repository(repo), founding=False) == ""
    # A clone of the empty repository of a forge: its branch is there before the remote has it.
    git("init", "-q", "--bare", "-b", "trunk", tmp_path / "empty.git")
    git("clone", "-q", tmp_path / "empty.git", tmp_path / "founder")
    branch = git("symbolic-ref", "--short", "HEAD", cwd=tmp_path / "founder").strip()
    assert to_write(Repository(tmp_path / "founder"), founding=True) == f"refs/remotes/origin/{branch}"
    # A remote of another name; and a clone that does not know what is the default must not trust the branch at hand.
    git("clone", "-q", "--origin", "upstream", repo, tmp_path / "other")
    assert to_write(Repository(tmp_path / "other"), founding=False) == "refs/remotes/upstream/main"
    git("remote", "set-head", "upstream", "--delete", cwd=tmp_path / "other")
    assert to_write(Repository(tmp_path / "other"), founding=False) == ""


def test_the_way_back_to_a_trusted_ref_that_is_gone(repo: Path, clone: Path, git: Git, tmp_path: Path) -> None:
    def after(command: str, *arguments: object, cwd: Path = clone) -> str:
        git(command, *arguments, cwd=cwd)
        return way_back(Repository(cwd), trusted_ref(Repository(cwd)))

    assert (
        after("config", "gitseal.trust", "refs/remotes/origin/gone")
        == "git config gitseal.trust refs/remotes/origin/main"
    )
    assert "git remote set-head origin --auto" in after("remote", "set-head", "origin", "--delete")
    # A branch that was renamed, in a project without a remote.
    git("config", "gitseal.trust", "refs/heads/main", cwd=repo)
    assert after("branch", "-m", "main", "trunk", cwd=repo) == "git config gitseal.trust refs/heads/trunk"
    # Before the first push nothing is gone.
    git("init", "-q", "--bare", tmp_path / "empty.git")
    git("clone", "-q", tmp_path / "empty.git", tmp_path / "founder")
    assert after("config", "gitseal.trust", "refs/remotes/origin/main", cwd=tmp_path / "founder") == ""
