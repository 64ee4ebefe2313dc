"""A range that is walked once, held to what Git itself says of it."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import introduced, ranges
from gitseal.git.log import LogQuery, history
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange

Git = Callable[..., str]


def random_history(repo: Path, seed: int) -> list[str]:
    """A history with merges, whose dates say little about the order, all of it below one last merge; full ids, oldest first."""
    dice = random.Random(seed)
    stream, tips = [], list[int]()
    for number in range(1, 40):
        parents = dice.sample(tips, min(len(tips), dice.choice([1, 1, 1, 2, 3])))
        if number == 39:
            parents = tips[-20:]
        lines = [f"commit refs/heads/c{number}", f"mark :{number}"]
        lines += [f"committer t <t@example.com> {1_700_000_000 + dice.randrange(50)} +0000", "data 1", "x"]
        lines += [f"{word} :{parent}" for word, parent in zip(["from"] + ["merge"] * 30, parents, strict=False)]
        for _ in range(dice.randrange(3)):
            name = f"d{dice.randrange(3)}/f{dice.randrange(5)}"
            lines += [f"M 100644 inline {name}", "data 2", f"{dice.randrange(10, 99)}"]
        if dice.random() < 0.3:
            lines += [f"D d{dice.randrange(3)}/f{dice.randrange(5)}"]
        stream.append("\n".join(lines) + "\n\n")
        tips = [each for each in tips if each not in parents or dice.random() < 0.3] + [number]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo, input="".join(stream).encode(), check=True)
    listed = subprocess.run(
        ["git", "rev-parse", *(f"c{n}" for n in range(1, 40))], cwd=repo, capture_output=True, check=True
    )
    return listed.stdout.decode().split()


def test_a_range_knows_whether_it_begins_at_a_commit(repo: Path) -> None:
    ids = random_history(repo, 1)
    repository = Repository(repo)
    known = set()
    for head, base in [(ids[-1], ids[18]), *((ids[25], base) for base in ids[10:25:3]), (ids[10], ids[25])]:
        descends = ranges.descends(repository, head, base)
        assert WalkedRange(repository, (head, f"^{base}")).begins_at(base) == descends
        known.add(descends)
    assert known == {True, False}


@pytest.mark.parametrize("seed", range(4))
def test_one_walk_tells_what_git_tells_in_several(repo: Path, git: Git, seed: int) -> None:
    ids = random_history(repo, seed)
    repository, head, base = Repository(repo), ids[-1], ids[5]
    walked = WalkedRange(repository, (head, f"^{base}"))

    listed = git("rev-list", "--topo-order", "--reverse", "--parents", head, f"^{base}").splitlines()
    lines = (line.split() for line in listed)
    assert list(walked.parents.items()) == [(commit, tuple(parents)) for commit, *parents in lines]
    assert len(walked) == len(listed)
    assert list(walked.introduced()) == list(introduced.commits(repository, [head, f"^{base}"]))

    pairs = [(commit, parent) for commit, parents in walked.parents.items() for parent in parents or ("",)]
    assert list(walked.differences(pairs)) == list(ranges.differences(repository, pairs))

    wanted = LogQuery((), lambda path: path.startswith("d1/"), raw=True)
    assert list(walked.logged(wanted)) == list(history(repository, wanted, (head, f"^{base}")))


def test_a_range_of_nothing_is_false(repo: Path, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    head = git("rev-parse", "HEAD").strip()
    walked = WalkedRange(Repository(repo), (head, f"^{head}"))
    assert not walked
    assert walked.parents == {}


def test_a_commit_that_changed_nothing_counts(repo: Path, git: Git) -> None:
    for number in range(3):
        git("commit", "--quiet", "--allow-empty", "--message", f"{number}")
    walked = WalkedRange(Repository(repo), (git("rev-parse", "HEAD").strip(),))
    assert len(walked) == 3
    assert list(walked.logged(LogQuery((), bool))) == []
    assert [commit.brought for commit in walked.introduced()] == [[], [], []]


def test_a_commit_that_is_lost_is_an_error(repo: Path, git: Git) -> None:
    for number in range(2):
        git("commit", "--quiet", "--allow-empty", "--message", f"{number}")
    head, first = git("rev-parse", "HEAD", "HEAD~1").split()
    (repo / f".git/objects/{first[:2]}/{first[2:]}").unlink()
    with pytest.raises(Error, match="Git cannot list the commits of that range"):
        WalkedRange(Repository(repo), (head,))
