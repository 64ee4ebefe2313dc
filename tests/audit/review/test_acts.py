"""Acts over real repositories: one thing that somebody did is one act, whatever follows from it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.review.model import Review
from gitseal.usecases.recipient import add_recipient, remove_recipient
from gitseal.usecases.rekey import apply, plan
from tests.world import World, start

Git = Callable[..., str]
FAST = ReviewOptions(scan=False)


def commit(git: Git, message: str) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


def project(repo: Path, git: Git, *environments: str) -> World:
    world = start(repo, *environments)
    world.set(environments[0], A="hush-one-1", B="hush-two-2")
    commit(git, "start")
    git("checkout", "--quiet", "-b", "topic")
    return world


def rekeyed(world: World) -> None:
    workspace = Workspace(world.project, world.keyring)
    names = tuple(world.project.environments)
    apply(workspace, names, plan(workspace, names))


def of(world: World, words: str = "main..topic") -> Review:
    return review(Repository(world.top), words, None, FAST)


@pytest.mark.parametrize("count", [1, 40])
def test_one_person_in_the_one_group_is_one_act(repo: Path, git: Git, count: int) -> None:
    world = project(repo, git, *(f"env{at}" for at in range(count)))
    key = x25519.generate().recipient
    add_recipient(Workspace(world.project, world.keyring), "carol", [key], groups=["team"])
    rekeyed(world)
    commit(git, "Carol comes")

    told = of(world)

    (act,) = told.acts
    assert act.sentence.startswith("carol joins team: opens env0 (2 names)")
    assert act.sentence.endswith(f". Key {key}: ask carol whether it is theirs")
    assert act.findings == told.risks
    assert len(act.findings) == 2 + 2 * count
    assert told.headline.startswith("carol gains env0")
    (person,) = told.people
    assert (person.who, person.state, len(person.rights)) == ("carol", "added", count)


def test_a_grant_in_one_commit_and_its_files_in_the_next_are_one_act(repo: Path, git: Git) -> None:
    world = project(repo, git, "production")
    add_recipient(Workspace(world.project, world.keyring), "carol", [x25519.generate().recipient], groups=["team"])
    git("commit", "--quiet", "--all", "--no-verify", "--message", "the policy")
    rekeyed(world)
    commit(git, "the file")

    (act,) = of(world).acts

    assert len(act.commits) == 2


def test_who_leaves_with_new_data_keys_is_one_act(repo: Path, git: Git) -> None:
    world = start(repo, "production", "staging")
    add_recipient(Workspace(world.project, world.keyring), "bob", [x25519.generate().recipient], groups=["team"])
    rekeyed(world)
    world.set("production,staging", A="hush-one-1")
    commit(git, "start")
    git("checkout", "--quiet", "-b", "topic")
    remove_recipient(world.project, "bob")
    rekeyed(world)
    commit(git, "Bob leaves")

    (act,) = of(world).acts

    assert act.sentence == "bob leaves: no longer opens production and staging, under new data keys now"
    assert of(world).headline == "bob loses production and staging. 1 thing to look at."


def test_a_first_policy_is_one_act_with_its_environments(repo: Path, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    git("checkout", "--quiet", "-b", "topic")
    world = start(repo, "development", "production")
    (repo / ".gitattributes").unlink(missing_ok=True)
    commit(git, "secrets")

    (act,) = of(world).acts

    assert act.sentence.startswith("development and production are new environments, open to alice")
    assert "first-policy" in {finding.rule for finding in act.findings}
