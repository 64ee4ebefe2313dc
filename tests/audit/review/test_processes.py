"""How many Git processes a review starts: a handful, however many commits and environments there are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from tests.git_calls import record_git
from tests.world import start

Git = Callable[..., str]
BUDGET = 10


def test_both_ends_of_a_range_are_looked_up_at_once(
    repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = start(repo, "production")
    world.set("production", A="hush-one-1")
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    git("checkout", "--quiet", "-b", "topic")
    world.set("production", A="hush-two-2")
    git("commit", "--quiet", "--all", "--message", "change")
    calls = record_git(tmp_path, monkeypatch)

    assert review(Repository(repo), "main..topic", world.keyring).span.commits == 1

    started = calls()
    assert 0 < len(started) <= BUDGET, started


@pytest.mark.parametrize("count", [1, 5])
def test_a_review_starts_at_most_ten_git_processes(
    repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    world = start(repo, *(f"e{number}" for number in range(count)))
    world.set(",".join(f"e{number}" for number in range(count)), A="hush-one-1", B="hush-two-2")
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    for number in range(count):
        world.set(f"e{number}", A=f"hush-other-{number}")
        (repo / f"code{number}.py").write_text("print(1)\n")
        git("add", "--all")
        git("commit", "--quiet", "--message", f"{number}")
    calls = record_git(tmp_path, monkeypatch)

    found = review(Repository(repo), f"HEAD~{count}..HEAD", world.keyring)

    assert found.span.commits == count
    assert len(found.environments) == count
    started = calls()
    assert 0 < len(started) <= BUDGET, started
    # What stands behind --stdin is not seen here: two logs of other paths look alike.
    seen = [call for call in started if "--stdin" not in call]
    assert len(set(seen)) == len(seen), "nothing is asked twice"
