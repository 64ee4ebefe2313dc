"""However many environments there are: Git is asked once for all of them, and each file is parsed once."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.check.check import check
from gitseal.document import document
from gitseal.document.document import Document
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.usecases.deployed import record
from gitseal.usecases.list_ import list_names
from gitseal.usecases.status import status
from tests.git_calls import record_git
from tests.world import World, start

Git = Callable[..., str]
FEW, MANY = 2, 8


def _check(world: World, project: Project) -> object:
    return check(project, (), world.keyring)


def _list(world: World, project: Project) -> object:
    return list_names(Workspace(project, world.keyring), project.environments)


def _status(_world: World, project: Project) -> object:
    return status(project, project.environments, now=1 << 31)


def world_of(top: Path, git: Git, count: int) -> World:
    """A project of that many environments, all committed and deployed, and one of them changed since."""
    names = [f"e{number}" for number in range(count)]
    world = start(top, *names)
    # A name with an interval, so that its age is asked for as well.
    world.project.manifest_path.write_text("version: 1\nsecrets:\n  B: {rotate: 90d}\n", encoding="utf-8")
    world.set(",".join(names), A="hush-one-1", B="hush-two-2")
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    for name in names:
        record(world.project, name)
    world.set("e1", A="hush-one-2")
    return world


@pytest.mark.parametrize(("command", "most"), [(_check, 1), (_list, 2), (_status, 4)])
def test_git_is_asked_once_for_all_environments(
    repo: Path,
    git: Git,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[World, Project], object],
    most: int,
) -> None:
    world = world_of(repo, git, MANY)
    calls = record_git(tmp_path, monkeypatch)
    command(world, world.project)
    started = calls()
    assert 0 < len(started) <= most, started


@pytest.mark.parametrize("command", [_check, _status])
def test_the_working_tree_is_compared_once_for_all_environments(
    repo: Path,
    git: Git,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[World, Project], object],
) -> None:
    world = world_of(repo, git, FEW)
    # Not an ordinary clone any more, so that only Git can tell.
    git("update-index", "--assume-unchanged", ".secrets/e0.yaml")
    calls = record_git(tmp_path, monkeypatch)
    command(world, world.project)
    assert len([call for call in calls() if "ls-files -v" in call]) == 1


@pytest.mark.parametrize("command", [_check, _list, _status])
def test_each_file_is_parsed_once(
    repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch, command: Callable[[World, Project], object]
) -> None:
    world = world_of(repo, git, FEW)
    parsed: Counter[bytes] = Counter()
    parse = document.parse

    def counting(data: bytes) -> Document:
        parsed[data] += 1
        return parse(data)

    monkeypatch.setattr(document, "parse", counting)
    command(world, world.project)
    assert len(parsed) == FEW
    assert set(parsed.values()) == {1}
