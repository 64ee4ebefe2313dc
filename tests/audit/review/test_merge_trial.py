"""A base that has moved on: what a review says of the merge is what the merge then does."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.check.check import check
from gitseal.audit.review.merge_trial import MERGE_BREAKS, MERGE_CONFLICT, Trial, try_merge
from gitseal.audit.review.range import find_range
from gitseal.git.repository import Repository
from gitseal.project.finding import find
from gitseal.project.workspace import Workspace
from gitseal.usecases.rekey import apply, plan
from tests.world import World, start

Git = Callable[..., str]
SEALED = ".secrets/production.yaml"
POLICY = ".secrets/policy.yaml"


@pytest.fixture
def world(repo: Path, git: Git) -> World:
    made = start(repo, "production")
    made.set(A="hush-one", C="hush-three", E="hush-five")
    commit(git, "start")
    git("checkout", "--quiet", "-b", "topic")
    return made


def commit(git: Git, message: str = "change") -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


def on_main(git: Git, change: Callable[[], object]) -> None:
    git("checkout", "--quiet", "main")
    change()
    commit(git, "meanwhile")
    git("checkout", "--quiet", "topic")


def tried(world: World) -> Trial:
    repository = Repository(world.top)
    return try_merge(repository, find_range(repository, "main..topic"))


def merge_as_a_forge(git: Git, top: Path) -> bool:
    """Merges main into the branch with no driver of gitseal's, and says whether that was clean."""
    plain = ["-c", "merge.gitseal.driver=git merge-file %A %O %B", "-c", "core.hooksPath=/dev/null"]
    done = subprocess.run(
        ["git", *plain, "merge", "--quiet", "--no-edit", "main"], cwd=top, capture_output=True, check=False
    )
    return done.returncode == 0


def rekeyed(world: World) -> None:
    workspace = Workspace(world.project, world.keyring)
    apply(workspace, ("production",), plan(workspace, ("production",), rotate=True))


def with_policy(world: World, old: str, new: str) -> None:
    file = world.top / POLICY
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_base_that_has_not_moved_on_is_not_merged(world: World, git: Git) -> None:
    world.set(A="hush-two")
    commit(git)
    assert tried(world) == Trial()


def test_neither_is_one_that_changed_nothing_of_gitseals(world: World, git: Git) -> None:
    world.set(A="hush-two")
    commit(git)
    on_main(git, lambda: (world.top / "README").write_text("more"))
    assert tried(world) == Trial()


def test_other_names_merge(world: World, git: Git) -> None:
    world.set(A="hush-two")
    commit(git)
    on_main(git, lambda: world.set(E="hush-six"))
    assert tried(world).findings == ()
    assert [str(note) for note in tried(world).notes] == ["main has moved on, and merging it would go well"]
    assert merge_as_a_forge(git, world.top)
    assert check(find(world.top)) == []


def test_a_name_that_both_changed_is_a_conflict_by_name(world: World, git: Git) -> None:
    world.set(A="hush-two")
    commit(git)
    on_main(git, lambda: world.set(A="hush-six"))
    (finding,) = tried(world).findings
    assert (finding.rule, finding.severity, finding.path) == (MERGE_CONFLICT.id, MERGE_CONFLICT.severity, SEALED)
    assert finding.message == 'a merge with main stops here: both sides changed "A"'
    assert finding.hint.endswith("git merge refs/heads/main")
    assert "gitseal resolve" in finding.hint
    assert not merge_as_a_forge(git, world.top)


def test_what_only_a_forge_stops_at_is_a_note(world: World, git: Git) -> None:
    world.set(B1="hush-two")
    commit(git)
    on_main(git, lambda: world.set(B2="hush-six"))
    (finding,) = tried(world).findings
    assert (finding.rule, finding.severity) == (MERGE_CONFLICT.id, "note")
    assert not merge_as_a_forge(git, world.top)


def test_a_value_under_a_key_that_main_replaced_breaks_it(world: World, git: Git) -> None:
    """Main seals every name anew, and a new name between two of them meets none of those lines."""
    world.set(B="hush-two")
    commit(git)
    on_main(git, lambda: rekeyed(world))
    (finding,) = tried(world).findings
    assert (finding.rule, finding.severity, finding.path) == (MERGE_BREAKS.id, "error", SEALED)
    words = '"B" is sealed under a data key that was replaced (stale)'
    assert finding.message == f"to merge main is clean on a forge, and leaves this: {words}"
    assert finding.hint.endswith("git merge refs/heads/main")
    assert merge_as_a_forge(git, world.top)
    assert [each.rule for each in check(find(world.top))] == ["stale"]


def test_a_rule_on_one_side_and_a_value_on_the_other_break_it(world: World, git: Git) -> None:
    """No file changed on both sides, and the state that comes out is not what the policy says."""
    world.set(STRIPE_KEY="hush-two")
    commit(git)
    rule = "rules:\n  - {names: [STRIPE_KEY], access: payments, open: [alice]}\n"
    on_main(git, lambda: (world.top / POLICY).write_text((world.top / POLICY).read_text() + rule))
    (finding,) = tried(world).findings
    assert (finding.rule, finding.path) == (MERGE_BREAKS.id, SEALED)
    assert finding.message.startswith('to merge main is clean on a forge, and leaves this: "STRIPE_KEY" is sealed to ')
    assert finding.hint.endswith("git merge refs/heads/main && gitseal rekey -e production")
    assert merge_as_a_forge(git, world.top)
    assert [each.rule for each in check(find(world.top))] == ["wrong-group"]


def test_removed_on_one_side_and_changed_on_the_other(world: World, git: Git) -> None:
    git("rm", "--quiet", SEALED)
    git("commit", "--quiet", "--message", "gone")
    on_main(git, lambda: world.set(A="hush-six"))
    (finding,) = tried(world).findings
    assert (finding.rule, finding.message) == (
        MERGE_CONFLICT.id,
        "a merge with main stops here: both sides changed the same file",
    )
    assert not merge_as_a_forge(git, world.top)


def test_several_merge_bases_are_not_tried(world: World, git: Git) -> None:
    world.set(A="hush-two")
    commit(git)
    on_main(git, lambda: world.set(E="hush-six"))
    git("branch", "--quiet", "old", "topic")
    git("merge", "--quiet", "--no-edit", "main")
    on_main(git, lambda: git("merge", "--quiet", "--no-edit", "old") and world.set(C="hush-seven"))
    world.set(A="hush-nine")
    commit(git)
    assert tried(world).findings == ()
    assert "several merge bases" in str(tried(world).notes)


def test_nothing_is_written(world: World, git: Git) -> None:
    world.set(A="hush-two")
    commit(git)
    on_main(git, lambda: world.set(A="hush-six"))
    before = git("count-objects", "-v")
    tried(world)
    assert git("count-objects", "-v") == before
    assert git("status", "--porcelain") == ""
