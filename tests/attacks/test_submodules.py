"""`.secrets` as a submodule, or behind one: a committed `*.local.yaml` in it is no override of this machine (attack 06)."""

import shutil
from pathlib import Path

import pytest

from gitseal.document.value import text
from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.sealing.local import overrides
from gitseal.usecases.set_ import set_values
from tests.attacks.conftest import Team
from tests.attacks.world import Clone
from tests.programs import git


def with_local_file(team: Team) -> None:
    """An override of alice's, as if mallory had made it: a data key that is wrapped for alice is all that it takes."""
    here = Workspace(team.alice.project, team.alice.keyring)
    project = overrides(here, "development", make=True)
    set_values(Workspace(project, team.alice.keyring), (project.name,), {("DB_URL",): text("postgres://mallory")})


def as_submodule(team: Team, folder: Path, *, checked_out: bool) -> Clone:
    """`folder` of alice's clone as a submodule, `.secrets` in it or the folder itself."""
    inner = team.alice.top.parent / "inner"
    shutil.copytree(folder, inner)
    git(inner, "init", "--quiet")
    git(inner, "add", "--all", "--force")
    git(inner, "commit", "--quiet", "--message", "brought")
    team.alice.git("rm", "-r", "--quiet", "--cached", "--ignore-unmatch", str(folder))
    shutil.rmtree(folder)
    team.alice.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), str(folder))
    if not checked_out:
        (folder / ".git").unlink()
    return team.alice


@pytest.mark.parametrize("checked_out", [True, False], ids=["checked out", "a gitlink alone"])
def test_an_override_in_a_submodule_is_not_read(team: Team, *, checked_out: bool) -> None:
    with_local_file(team)
    assert team.alice.get("development", "DB_URL") == "postgres://mallory"
    as_submodule(team, team.alice.top / ".secrets", checked_out=checked_out)
    with pytest.raises(Error, match="lies in the submodule"):
        team.alice.get("development", "DB_URL")


def test_nor_is_one_behind_a_submodule(team: Team) -> None:
    """The folder around `.secrets` is the submodule, and its own `.git` was taken away: its top would be the repository's."""
    with_local_file(team)
    shutil.copytree(team.alice.top / ".secrets", team.alice.top / "app" / ".secrets")
    as_submodule(team, team.alice.top / "app", checked_out=False)
    with pytest.raises(Error, match='lies in the submodule "app"'):
        Clone(team.alice.top / "app", team.alice.owner).get("development", "DB_URL")


def test_an_override_of_this_machine_is_read(team: Team) -> None:
    with_local_file(team)
    assert team.alice.get("development", "DB_URL") == "postgres://mallory"
