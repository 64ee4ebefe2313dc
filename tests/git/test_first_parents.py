"""When a branch came to have a commit."""

from collections.abc import Callable
from pathlib import Path

from gitseal.git.first_parents import FirstParents
from gitseal.git.repository import Repository


def test_what_a_merge_brought_came_with_the_merge(repo: Path, git: Callable[..., str]) -> None:
    def commit(message: str, *options: str) -> str:
        git("commit", "--quiet", "--allow-empty", "--message", message, *options)
        return git("rev-parse", "HEAD").strip()

    def merge(branch: str) -> str:
        git("merge", "--quiet", "--no-ff", "--message", f"merge {branch}", branch)
        return git("rev-parse", "HEAD").strip()

    first = commit("first")
    git("checkout", "--quiet", "-b", "inner")
    inner = commit("inner")
    git("checkout", "--quiet", "-b", "outer", first)
    outer = commit("outer")
    merge("inner")
    git("checkout", "--quiet", "-b", "gone", first)
    gone = commit("gone")
    git("checkout", "--quiet", "main")
    second = commit("second")
    merged = merge("outer")
    last = commit("last")
    line = FirstParents(Repository(repo), "refs/heads/main")
    arrivals = {first: first, inner: merged, outer: merged, second: second, merged: merged, last: last, gone: ""}
    assert {one: line.arrival(one) for one in arrivals} == arrivals


def test_history_is_walked_once_for_any_number_of_commits(repo: Path, git: Callable[..., str]) -> None:
    def commits(branch: str) -> None:
        for number in range(3):
            git("commit", "--quiet", "--allow-empty", "--message", f"{branch} {number}")

    commits("main")
    git("checkout", "--quiet", "-b", "side")
    commits("side")
    git("checkout", "--quiet", "main")
    commits("main again")
    git("merge", "--quiet", "--no-ff", "--message", "merged", "side")
    first, merged, side = (git("rev-parse", name).strip() for name in ("main~1", "main", "side"))
    line = FirstParents(Repository(repo), "refs/heads/main")
    assert (line.arrival(first), line.arrival(side)) == (first, merged)
    git("update-ref", "-d", "refs/heads/main")  # whoever asked Git again would be told nothing
    assert {line.arrival(commit) for commit in git("rev-list", "side").split()[:3]} == {merged}
