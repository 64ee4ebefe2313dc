"""The driver on policies and manifests in real repositories: every way in which Git merges them."""

import re
import shutil
from pathlib import Path

import pytest

from gitseal.arming import drivers
from gitseal.document.merging import conflict
from gitseal.git.repository import Repository
from gitseal.policy import parser
from tests.conflict.test_drivers import PROGRAM, Git
from tests.policy.merging.test_cases import ALL, CASES
from tests.slow import slow_but

ATTRIBUTES = ".secrets/*.yaml diff=gitseal merge=gitseal\n.secrets/policy.yaml !diff merge=gitseal\n"
JOINS = CASES / "policy" / "two-joins"


class PolicyRepository:
    """A repository with the drivers and the file of a case."""

    def __init__(self, top: Path, case: Path) -> None:
        self.git = Git(top)
        self.case = case
        self.file = top / ".secrets" / f"{case.parent.name}.yaml"
        self.file.parent.mkdir(parents=True)
        self.git("init", "-q")
        (top / ".gitattributes").write_text(ATTRIBUTES)
        drivers.install(Repository(top), PROGRAM)
        self.commit("base")
        self.git("branch", "theirs")
        self.commit("ours")
        self.git("checkout", "-q", "theirs")
        self.commit("theirs")
        self.git("checkout", "-q", "main")

    def commit(self, side: str) -> None:
        shutil.copy(self.case / f"{side}.yaml", self.file)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", side)

    @property
    def unlabelled(self) -> bytes:
        return re.sub(rb"(?m)^([<>]{7}) .*$", rb"\1", self.file.read_bytes())

    def wanted(self) -> bytes:
        return re.sub(rb"(?m)^([<>]{7}) .*$", rb"\1", (self.case / "merged.yaml").read_bytes())


MERGED = {"/".join(case.parts[-2:]): case for case in ALL if case.name != "added-on-both-sides"}
# What the driver makes of each is the work of tests/policy/merging; here Git calls it: one that merges, and one that does not.
QUICK = {"policy/two-joins", "policy/comments-in-conflict", "policy/carriage-returns"}


@pytest.mark.parametrize("case", slow_but(QUICK, MERGED))
def test_merge(tmp_path: Path, case: Path) -> None:
    repository = PolicyRepository(tmp_path / "repo", case)
    is_torn = (case / "conflicts.txt").exists()
    repository.git("merge", "-q", "--no-edit", "theirs", ok=(1,) if is_torn else (0,))
    assert repository.unlabelled == repository.wanted()
    unmerged = repository.git("diff", "--name-only", "--diff-filter=U").split()
    assert unmerged == ([f".secrets/{case.parent.name}.yaml"] if is_torn else [])


@pytest.mark.parametrize("way", ["rebase theirs", "cherry-pick theirs", "merge --squash theirs"])
def test_other_ways_to_merge(tmp_path: Path, way: str) -> None:
    repository = PolicyRepository(tmp_path / "repo", JOINS)
    repository.git(*way.split())
    assert repository.file.read_bytes() == repository.wanted()


def test_a_stash(tmp_path: Path) -> None:
    repository = PolicyRepository(tmp_path / "repo", JOINS)
    repository.git("checkout", "-q", "--detach", "theirs~")
    shutil.copy(JOINS / "theirs.yaml", repository.file)
    repository.git("stash", "-q")
    repository.git("checkout", "-q", "main")
    repository.git("stash", "pop", "-q")
    assert repository.file.read_bytes() == repository.wanted()


def test_criss_cross(tmp_path: Path) -> None:
    """Two merge bases: what Git hands over as the base is their merge, which the driver made as well."""
    repository = PolicyRepository(tmp_path / "repo", JOINS)
    git = repository.git
    ours, theirs = git("rev-parse", "main").strip(), git("rev-parse", "theirs").strip()
    git("merge", "-q", "--no-edit", theirs)
    git("checkout", "-q", "theirs")
    git("merge", "-q", "--no-edit", ours)
    text = repository.file.read_text()
    repository.file.write_text(
        text.replace("carol, dave]", "carol, dave, alice]").replace("[team]\n    ch", "[team, dave]\n    ch")
    )
    git("commit", "-qam", "more")
    git("checkout", "-q", "main")
    repository.file.write_text(text.replace("aliases: [prod]", "aliases: [prod, live]"))
    git("commit", "-qam", "alias")
    git("merge", "-q", "--no-edit", "theirs")
    held = parser.parse(repository.file.read_bytes())
    assert held.environments["production"].open == ("team", "dave")
    assert held.environments["production"].aliases == ("prod", "live")


def test_diff3_shows_the_base(tmp_path: Path) -> None:
    repository = PolicyRepository(tmp_path / "repo", CASES / "policy" / "a-list-that-would-be-empty")
    repository.git("config", "merge.conflictStyle", "diff3")
    repository.git("merge", "-q", "--no-edit", "theirs", ok=(1,))
    shown = repository.file.read_text()
    assert re.search(r"\|{7} .+\n    change: \[alice, bob\]\n=======\n", shown)
    assert conflict.sides(shown.encode()) is not None


def test_without_gitseal_git_merges_the_lines(tmp_path: Path) -> None:
    repository = PolicyRepository(tmp_path / "repo", JOINS)
    drivers.uninstall(Repository(repository.git.top))
    repository.git("merge", "-q", "--no-edit", "theirs", ok=(1,))
    assert b"<<<<<<< HEAD" in repository.file.read_bytes()
