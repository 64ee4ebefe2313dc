"""`review` over real repositories: which range, what the commits between did, what an identity adds."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.history.log import Selection, log
from gitseal.audit.review.range import ReviewOptions, find_range
from gitseal.audit.review.review import review
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.project.finding import find
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.review import model
from gitseal.review.model import YES, EnvironmentReview, NameChange, Review
from gitseal.usecases.init import Starter, init
from gitseal.usecases.rename import rename
from gitseal.usecases.unset import unset
from tests import programs
from tests.slow import slow_but
from tests.world import World, keyring_of, start

Git = Callable[..., str]
LOGGED = {"set", "changed", "removed", "resealed"}
FAST = ReviewOptions(verify=False, scan=False)


@pytest.fixture
def world(repo: Path, git: Git) -> World:
    made = start(repo, "production", "staging")
    made.set(A="hush-one-1", B="hush-two-2", C="hush-three-3")
    made.set("staging", A="hush-one-1")
    commit(git, "start")
    git("checkout", "--quiet", "-b", "topic")
    return made


def commit(git: Git, message: str = "change") -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", message)


def of(world: World, words: str = "", wanted: ReviewOptions = FAST, *, opens: bool = False) -> Review:
    return review(Repository(world.top), words, world.keyring if opens else None, wanted)


def actions(found: Review, environment: str = "production") -> dict[str, str]:
    return {each.name: each.action for each in one(found, environment).names}


def one(found: Review, environment: str = "production") -> EnvironmentReview:
    (those,) = [each for each in found.environments if each.name == environment]
    return those


def name(found: Review, wanted: str) -> NameChange:
    (those,) = [each for each in one(found).names if each.name == wanted]
    return those


def test_the_look_at_attributes_is_not_hidden_by_these(world: World, git: Git) -> None:
    (world.top / "app").mkdir()
    (world.top / "app" / ".gitattributes").write_text("* -diff\n", encoding="utf-8")
    commit(git)
    (risk,) = [risk for risk in of(world).risks if risk.rule == "attributes-changed"]
    (look,) = risk.hint.commands
    assert "+* -diff" in git(*look.words[1:])


def test_the_look_for_a_merge_that_dropped_a_side_shows_it(world: World, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "topic")
    git("checkout", "--quiet", "main")
    world.set(A="hush-one-2")
    commit(git)
    git("checkout", "--quiet", "topic")
    git("merge", "--quiet", "--strategy=ours", "--message", "drops", "main")
    (risk,) = [risk for risk in of(world, "main..topic").risks if risk.rule == "dropped-by-merge"]
    (look,) = risk.hint.commands
    assert "    drops" in git(*look.words[1:])


# --- which range


def test_without_words_from_the_default_branch_to_the_working_tree(world: World, git: Git) -> None:
    world.set(A="hush-one-2")
    commit(git)
    world.set(B="hush-two-3")
    found = of(world)
    assert (found.span.base_name, found.span.head_name, found.span.head) == ("main", "the working tree", "")
    assert actions(found) == {"A": model.CHANGED, "B": model.CHANGED}
    assert name(found, "A").last.commit == git("rev-parse", "HEAD").strip()
    assert name(found, "B").last == model.By()
    assert one(found).unchanged == 1


def test_an_upstream_comes_before_the_default_branch(world: World, git: Git) -> None:
    git("branch", "--quiet", "other", "main")
    git("branch", "--quiet", "--set-upstream-to=other")
    assert of(world).span.base_name == "other"


def test_a_branch_that_was_pushed_is_not_compared_with_its_own_copy(world: World, git: Git, tmp_path: Path) -> None:
    world.set(A="hush-one-2")
    commit(git)
    git("init", "--quiet", "--bare", str(tmp_path / "shop.git"))
    git("remote", "add", "origin", str(tmp_path / "shop.git"))
    git("push", "--quiet", "--set-upstream", "origin", "topic")
    found = of(world)
    assert found.span.base_name == "main"
    assert actions(found) == {"A": model.CHANGED}


def test_what_the_base_got_since_is_no_change_of_the_branch(world: World, git: Git) -> None:
    world.set(A="hush-one-2")
    commit(git)
    git("checkout", "--quiet", "main")
    world.set(B="hush-two-3")
    commit(git)
    for words in ("main..topic", "main...topic"):
        found = of(world, words)
        assert actions(found) == {"A": model.CHANGED}
        assert found.span.base == git("merge-base", "main", "topic").strip()
        assert found.notes == (
            f"main has moved on: compared is with where they parted, {found.span.base[:12]}",
            "main has moved on, and merging it would go well",
        )


def test_one_revision_is_compared_with_the_working_tree(world: World) -> None:
    world.set(NEW="hush-new-1")
    assert actions(of(world, "HEAD")) == {"NEW": model.ADDED}
    assert of(world, "main..").is_empty


def test_no_such_commit_no_commit_at_all_and_no_common_past(world: World, git: Git, tmp_path: Path) -> None:
    with pytest.raises(Error, match='there is no commit "nope"'):
        of(world, "nope..HEAD")
    git("checkout", "--quiet", "--orphan", "lonely")
    commit(git)
    with pytest.raises(Error, match="no commit in common"):
        of(world, "main..HEAD")
    git("init", "--quiet", tmp_path / "empty")
    with pytest.raises(Error, match="no commit yet"):
        review(Repository(tmp_path / "empty"), "")


def test_a_shallow_clone_says_so(world: World, git: Git, tmp_path: Path) -> None:
    for at in range(3):
        world.set(A=f"hush-one-{at}")
        commit(git)
    git("clone", "--quiet", "--depth=2", "--branch=topic", f"file://{world.top}", tmp_path / "shallow")
    found = review(Repository(tmp_path / "shallow"), "HEAD~1..HEAD", None, FAST)
    assert "this clone is shallow: what lies before its first commits was not looked at" in found.notes
    assert actions(found) == {"A": model.CHANGED}
    with pytest.raises(Error, match='there is no commit "main"') as caught:
        review(Repository(tmp_path / "shallow"), "main..HEAD", None, FAST)
    assert "git fetch --unshallow" in caught.value.hint


# --- what commits did


@pytest.mark.parametrize("seed", slow_but({0}, range(4)))
def test_the_names_of_a_range_are_those_of_the_log(world: World, git: Git, seed: int) -> None:
    """Over real histories with merges: what each commit did, by `log`, is what the range did, by `review`."""
    dice = random.Random(seed)
    base = git("rev-parse", "HEAD").strip()
    for step in range(10):
        act = dice.choice(("set", "set", "unset", "both", "branch"))
        if act == "branch" and step:
            git("checkout", "--quiet", "-b", f"side-{step}", "HEAD~1" if step > 1 else "HEAD")
            world.set(dice.choice(("production", "staging")), **{f"S{step}": "hush-side-1"})
            commit(git)
            git("checkout", "--quiet", "topic")
            git("merge", "--quiet", "--no-edit", "--strategy-option=ours", f"side-{step}")
            continue
        environment = "production,staging" if act == "both" else dice.choice(("production", "staging"))
        entries = find(world.top).read("production").entries
        if act == "unset" and len(entries) > 1:
            unset(
                Workspace(find(world.top), world.keyring), ("production",), (dice.choice(list(entries.values())).name,)
            )
        else:
            world.set(environment, **{dice.choice("ABCDE"): f"hush-{step}-{seed}"})
        commit(git)
    found = of(world, f"{base}..HEAD")
    inside = set(git("rev-list", f"{base}..HEAD").split())
    events = log(find(world.top), Selection()).events
    told = {(each.environment, each.name) for each in events if each.commit in inside and each.action in LOGGED}
    assert {(each.name, change.name) for each in found.environments for change in each.names} == told
    assert found.span.commits == len(inside)


def test_several_folders_each_with_its_own(world: World, git: Git) -> None:
    inner = world.top / "services" / "api"
    inner.mkdir(parents=True)
    made = x25519.generate()
    other = World(inner, keyring_of(made.text.reveal().decode()))
    init(inner, other.keyring, ("production",), Starter("alice", "", made.recipient))
    other.set(Z="hush-z-1")
    commit(git)
    found = of(world, "main..HEAD")
    assert [(each.folder, each.name, each.state) for each in found.environments] == [
        ("services/api/.secrets", "production", "added")
    ]
    assert [(each.who, each.names) for each in found.environments[0].access] == [("alice", 1)]


@pytest.mark.parametrize("form", ["--object-format=sha256", "--ref-format=reftable"])
def test_repositories_of_other_kinds(tmp_path: Path, form: str) -> None:
    top = tmp_path / "other"
    made = subprocess.run(["git", "init", "--quiet", form, str(top)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"this Git knows no {form}")

    def git(*words: str) -> str:
        return programs.git(top, *words)

    world = start(top, "production")
    world.set(A="hush-one-1")
    commit(git)
    world.set(A="hush-one-2", B="hush-two-1")
    commit(git)
    found = of(world, "HEAD~1..HEAD", ReviewOptions(), opens=True)
    assert actions(found) == {"A": model.CHANGED, "B": model.ADDED}
    assert found.risks == ()
    world.set(A="hush-one-3")
    assert actions(of(world, "HEAD")) == {"A": model.CHANGED}


# --- what an identity adds


def test_which_values_really_changed(world: World) -> None:
    world.set(A="hush-one-1", B="hush-two-9")
    found = of(world, opens=True)
    assert found.identity
    assert actions(found) == {"B": model.CHANGED}
    assert name(found, "B").value_changed == YES
    assert "hush" not in repr(found)
    assert not of(world).identity


def test_a_value_that_another_environment_has_too(world: World) -> None:
    world.set("staging", B="hush-two-2")
    found = of(world, opens=True)
    (change,) = one(found, "staging").names
    assert change.opened.equals == ("production:B",)


def test_a_renamed_name_says_what_it_was(world: World) -> None:
    rename(Workspace(find(world.top), world.keyring), ("production",), "C", "D")
    found = of(world, opens=True)
    assert actions(found) == {"C": model.REMOVED, "D": model.ADDED}
    assert name(found, "D").was == "C"


def test_weak_values_placeholders_and_broken_patterns(world: World) -> None:
    (world.top / ".secrets/manifest.yaml").write_text(
        'version: 1\nsecrets:\n  P: {pattern: "^sk_"}\n  T: {type: port}\n', encoding="utf-8"
    )
    world.set(P="hush-not-so", T="hush-99999", W="hush", X="changeme", E="")
    found = of(world, opens=True)
    problems = {each.name: each.opened.problems for each in one(found).names}
    assert problems["P"] == ("does not match its pattern",)
    assert problems["T"][0].startswith("is not a port")
    assert problems["W"] == ("is weak: shorter than 8 bytes",)
    assert problems["X"] == ("looks like a placeholder or a reference",)
    assert problems["E"] == ("is empty",)
    assert all(not each.opened.problems for each in one(of(world)).names)


def test_values_are_shown_where_both_ends_let_them(world: World, git: Git) -> None:
    world.set(A="hush-one-9", N="two\nlines")
    shown = of(world, wanted=FAST._replace(show_values=True), opens=True)
    assert name(shown, "A").opened[2:] == ("hush-one-1", "hush-one-9")
    assert name(shown, "N").opened[2:] == (None, "two\\nlines")
    policy = world.top / ".secrets/policy.yaml"
    text = policy.read_text()
    policy.write_text(text.replace("  production:\n", "  production:\n    reveal: false\n"))
    commit(git)
    policy.write_text(text)
    commit(git)
    hidden = of(world, "HEAD~1..HEAD", FAST._replace(show_values=True), opens=True)
    assert hidden.environments == ()
    world.set(A="hush-one-8")
    hidden = of(world, "HEAD~1", FAST._replace(show_values=True), opens=True)
    assert name(hidden, "A").opened[2:] == (None, None)
    assert name(hidden, "A").value_changed == YES


def test_what_no_identity_opens_is_told(world: World) -> None:
    world.set(A="hush-one-9")
    stranger = keyring_of(x25519.generate().text.reveal().decode())
    found = review(Repository(world.top), "", stranger, FAST)
    assert not found.identity
    assert "no identity at hand opens what changed: values were not looked at" in found.notes


def test_an_upstream_that_is_gone(repo: Path, git: Git) -> None:
    """What the branch was meant for was deleted after the merge: the default branch is compared with, as without an upstream."""
    start(repo, "e")
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    git("checkout", "--quiet", "-b", "topic")
    git("config", "branch.topic.remote", ".")
    git("config", "branch.topic.merge", "refs/heads/gone")
    assert find_range(Repository(repo), "").base_name == "main"
