"""The hook knows the values of the working tree and of HEAD beside those of the index."""

from collections.abc import Callable
from pathlib import Path

import pytest

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
    assert len(told(team, git, OLD)) == 0, "there is no file any more that it could be in"


def test_a_whole_environment_that_is_not_staged(team: World, git: Git) -> None:
    add_environment(Workspace(team.project, team.keyring), "staging", [])
    team.set("staging", KEY=NEW)
    assert len(told(team, git, NEW)) == 1


def test_a_name_that_becomes_plain_blocks_nothing(team: World, git: Git) -> None:
    """The value that was sealed stands plain in the very file that is committed."""
    path = team.top / ".secrets/production.yaml"
    sealed = path.read_text()
    start = sealed.index("ENC[")
    path.write_text(sealed[:start] + OLD + sealed[sealed.index("]", start) + 1 :])
    git("add", ".secrets")
    team_values = [finding.rule for finding in scan_staged(Repository(team.top), team.keyring).findings]
    assert "team-value" not in team_values
