"""What people write is a branch if there is one, whatever tags somebody has pushed (attack 03)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.git.trusted_ref import trusted_ref

Git = Callable[..., str]
BRANCH = "refs/remotes/origin/main"


@pytest.fixture
def commits(repo: Path, git: Git) -> tuple[str, str]:
    """The commit that all branches are at, and another that somebody would have taken for it."""
    git("commit", "--quiet", "--allow-empty", "--message", "evil")
    evil = git("rev-parse", "HEAD").strip()
    git("commit", "--quiet", "--allow-empty", "--message", "good")
    good = git("rev-parse", "HEAD").strip()
    git("update-ref", BRANCH, good)
    git("symbolic-ref", "refs/remotes/origin/HEAD", BRANCH)
    git("config", "remote.origin.url", "/nowhere")
    git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    return good, evil


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("origin/main", "origin/main"),
        ("origin/main", "origin/main^0"),
        ("origin/main", "origin/main@{0}^{commit}"),
        ("remotes/origin/main", "remotes/origin/main"),
        ("refs/remotes/origin/main", BRANCH),
        ("main", "main"),
        ("heads/main", "heads/main"),
        ("refs/heads/main", "refs/heads/main"),
        ("HEAD", "HEAD"),
        ("HEAD", "@"),
        ("origin", "origin"),
        ("origin/HEAD", "origin/HEAD"),
        ("main", "main@{0}"),
        ("origin/main", "main@{upstream}"),
        ("origin/main", "@{u}"),
    ],
)
def test_a_tag_is_never_taken_for_a_branch(
    repo: Path, git: Git, commits: tuple[str, str], tag: str, words: str
) -> None:
    good, evil = commits
    git("branch", "--set-upstream-to", "origin/main")
    git("update-ref", "--create-reflog", "-m", "x", BRANCH, evil)
    git("update-ref", "-m", "x", BRANCH, good)
    git("update-ref", f"refs/tags/{tag}", evil)
    assert refs.commit(Repository(repo), words) == good


def test_the_tag_is_told_once(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    git("tag", "origin/main", commits[1])
    repository = Repository(repo)
    refs.commit(repository, "origin/main")
    refs.commit(repository, "origin/main~0")
    assert repository.notes == [
        f'the tag "origin/main" has the name of {BRANCH} and is not used; delete it: git tag -d origin/main'
    ]


@pytest.mark.parametrize("name", ["origin/gone", "heads/gone", "remotes/origin/gone", "other"])
def test_a_tag_does_not_stand_in_for_a_branch_that_is_not_here(
    repo: Path, git: Git, commits: tuple[str, str], name: str
) -> None:
    git("update-ref", "refs/remotes/origin/other", commits[0])
    git("update-ref", f"refs/tags/{name}", commits[1])
    with pytest.raises(Error, match="is no branch here"):
        refs.commit(Repository(repo), name)
    assert refs.commit(Repository(repo), f"refs/tags/{name}") == commits[1]


@pytest.mark.parametrize("name", ["refs/remotes/origin/gone", "refs/heads/gone"])
def test_a_full_name_is_exactly_that(repo: Path, git: Git, commits: tuple[str, str], name: str) -> None:
    git("update-ref", f"refs/tags/{name}", commits[1])
    assert git("rev-parse", name).strip() == commits[1], "Git itself takes the tag"
    assert refs.commit(Repository(repo), name) is None
    assert refs.full_name(Repository(repo), name) == ""


def test_a_tag_by_its_name_and_what_is_no_ref(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    good, evil = commits
    git("tag", "v1.0", evil)
    git("tag", "--annotate", "--message", "x", "v2.0", good)
    repository = Repository(repo)
    assert refs.commit(repository, "v1.0") == evil
    assert refs.commit(repository, "v2.0") == good
    assert refs.full_name(repository, "v2.0") == "refs/tags/v2.0"
    assert refs.commit(repository, good) == good
    assert refs.commit(repository, good[:10]) == good
    assert refs.commit(repository, "HEAD^{/evil}") == evil
    assert refs.commit(repository, "nothing") is None
    assert refs.commit(repository, "no such\nthing") is None
    assert refs.commit(repository, "--all") is None
    assert not repository.notes


def test_the_beginning_of_an_id(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    good, evil = commits
    git("tag", good[:10], evil)
    git("tag", f"v1.0-3-g{good[:10]}", evil)
    repository = Repository(repo)
    assert refs.commit(repository, good[:10]) == good
    assert refs.commit(repository, f"v1.0-3-g{good[:10]}") == good
    assert len(repository.notes) == 2


def test_an_unborn_head_is_no_tag(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    git("update-ref", "refs/tags/HEAD", commits[1])
    git("symbolic-ref", "HEAD", "refs/heads/unborn")
    repository = Repository(repo)
    assert git("rev-parse", "HEAD").strip() == commits[1], "Git itself takes the tag"
    assert refs.commit(repository, "HEAD") is None
    assert refs.head(repository) == refs.Branch("refs/heads/unborn", None)


def test_the_branch_before(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    git("switch", "--quiet", "--create", "topic", commits[1])
    git("switch", "--quiet", "main")
    git("update-ref", "refs/tags/topic", commits[0])
    assert refs.commit(Repository(repo), "@{-1}") == commits[1]


def test_the_trusted_ref(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    git("tag", "origin/main", commits[1])
    assert trusted_ref(Repository(repo)) == BRANCH
    git("config", "gitseal.trust", "origin/main")
    assert trusted_ref(Repository(repo)) == BRANCH
    git("config", "gitseal.trust", "refs/remotes/origin/gone")
    git("update-ref", "refs/tags/refs/remotes/origin/gone", commits[1])
    gone = trusted_ref(Repository(repo))
    assert refs.commit(Repository(repo), gone) is None, "a tag of that full name is not the branch"


def test_files_tell_that_no_ref_of_a_kind_exists(repo: Path, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "-m", "one")
    repository = Repository(repo)
    assert not refs.may_exist(repository, "refs/gitseal/incoming/")
    git("update-ref", "refs/gitseal/incoming/origin/x", "HEAD")
    assert refs.may_exist(repository, "refs/gitseal/incoming/")
    git("pack-refs", "--all")
    git("update-ref", "refs/heads/other", "HEAD")
    assert refs.may_exist(repository, "refs/gitseal/incoming/")


def test_more_refs_than_git_takes_as_arguments(repo: Path, git: Git, commits: tuple[str, str]) -> None:
    """A push of all tags of an old repository, say."""
    git("symbolic-ref", "refs/heads/also", BRANCH)
    git("symbolic-ref", "refs/heads/later", "refs/heads/not-yet")
    repository = Repository(repo)
    names = [f"refs/tags/{'long' * 10}-{number}" for number in range(60_000)]
    few = ["refs/heads/also", "refs/heads/later", "refs/heads/nowhere", BRANCH]
    found = {"refs/heads/also": BRANCH, "refs/heads/later": "refs/heads/not-yet"}
    assert refs.targets(repository, few) == found
    assert refs.targets(repository, [*names, *few]) == found
    assert refs.exact(repository, [*names, *few]) == dict.fromkeys(("refs/heads/also", BRANCH), commits[0])
