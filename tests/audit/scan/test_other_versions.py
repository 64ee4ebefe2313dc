"""The hook knows the values of the working tree, of HEAD and of the trusted ref beside those of the index."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.scan import commits, policy
from gitseal.audit.scan.other_versions import may_have_secrets
from gitseal.audit.scan.staged import scan_staged
from gitseal.git.repository import Repository
from gitseal.project.workspace import Workspace
from gitseal.usecases.env import add_environment
from tests import world
from tests.world import World

Git = Callable[..., str]
OLD, NEW = "Xk29fKdm3920dkslKQ", "q+Wm/8Zr3Lp0Vt6Ys1Bn"


@pytest.fixture
def team(repo: Path, git: Git) -> World:
    made = world.start(repo)
    made.set(TOKEN=OLD)
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "--message", "sealed")
    return made


def told(team: World, git: Git, *values: str) -> list[str]:
    """The files in which a value of the team is found; each value is in one of its own."""
    for number, value in enumerate(values):
        (team.top / f"app{number}.py").write_text(f"key = '{value}'\n")
    git("add", "*.py")
    found = scan_staged(Repository(team.top), team.keyring).findings
    return [finding.path for finding in found if finding.rule == "team-value"]


def test_a_value_that_is_set_and_not_staged(team: World, git: Git) -> None:
    team.set(TOKEN=NEW)
    assert len(told(team, git, NEW)) == 1
    assert len(told(team, git, OLD)) == 1, "the commit has it still"
    # The filter that this left behind serves when nothing of it is staged, and when all is.
    assert len(told(team, git, NEW, OLD)) == 2
    git("add", ".secrets")
    assert len(told(team, git, NEW, OLD)) == 2


def test_a_value_that_the_commit_replaces_or_takes_out(team: World, git: Git) -> None:
    team.set(TOKEN=NEW)
    git("add", ".secrets")
    assert len(told(team, git, OLD)) == 1
    git("rm", "--quiet", "--cached", ".secrets/production.yaml")
    assert len(told(team, git, OLD)) == 1, "HEAD has it still"


def test_a_whole_environment_that_is_not_staged(team: World, git: Git) -> None:
    add_environment(Workspace(team.project, team.keyring), "staging", [])
    team.set("staging", KEY=NEW)
    assert len(told(team, git, NEW)) == 1


def test_a_name_that_becomes_plain_blocks_nothing(team: World, git: Git) -> None:
    """The value that was sealed is plain in the very file that is committed."""
    path = team.top / ".secrets/production.yaml"
    sealed = path.read_text()
    start = sealed.index("ENC[")
    path.write_text(sealed[:start] + OLD + sealed[sealed.index("]", start) + 1 :])
    git("add", ".secrets")
    team_values = [finding.rule for finding in scan_staged(Repository(team.top), team.keyring).findings]
    assert "team-value" not in team_values


def test_before_the_folder_is_staged_at_all(repo: Path, git: Git) -> None:
    made = world.start(repo)
    made.set(TOKEN=OLD)
    assert len(told(made, git, OLD)) == 1


def test_a_value_that_only_the_trusted_ref_has(team: World, git: Git) -> None:
    git("switch", "--quiet", "--create", "theirs")
    team.set(TOKEN=NEW)
    git("commit", "--quiet", "--no-verify", "--all", "--message", "rotated")
    git("update-ref", "refs/remotes/origin/main", "theirs")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git("config", "gitseal.trust", "refs/remotes/origin/main")
    git("switch", "--quiet", "main")
    assert len(told(team, git, NEW)) == 1


def test_a_branch_without_the_folder(team: World, git: Git) -> None:
    """Pages: an orphan branch, in which nothing says that there are secrets."""
    git("update-ref", "refs/remotes/origin/main", "main")
    git("config", "gitseal.trust", "refs/remotes/origin/main")
    git("switch", "--quiet", "--orphan", "pages")
    assert not (team.top / ".secrets").exists()
    assert len(told(team, git, OLD)) == 1
    git("commit", "--quiet", "--no-verify", "--message", "leak")
    repository = Repository(team.top)
    scanned = commits.scan_commits(repository, commits.between(repository, "HEAD"), team.keyring)
    assert [finding.rule for finding in scanned.findings] == ["team-value"]


def test_a_repository_without_secrets_costs_nothing(repo: Path) -> None:
    """A person's hooks may stand in all of their repositories."""
    assert not may_have_secrets(policy.of_index(Repository(repo)))
    world.start(repo)
    assert may_have_secrets(policy.of_index(Repository(repo)))
