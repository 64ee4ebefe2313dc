"""`resolve` on what merges leave: two files, write-only values, comments, files that a person began to mend."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from gitseal.audit.check.check import check
from gitseal.cli.resolving import Answers
from gitseal.conflict import conflicted_file, proposals
from gitseal.conflict.conflicted_file import ConflictedFile
from gitseal.conflict.proposals import TakenSide
from gitseal.document.value import text
from gitseal.errors import Error
from gitseal.project.belief.trust import Trust
from gitseal.project.names import parse_name
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import new_environment
from gitseal.sealing.writing import commit, writing
from gitseal.usecases import rekey, resolve
from gitseal.usecases.resolve import Done
from gitseal.usecases.unset import unset
from tests.slow import slow_but
from tests.world import World, start

Git = Callable[..., str]


@pytest.fixture
def world(repo: Path, git: Git) -> World:
    made = start(repo, "production")
    made.set(A="a", B="b", C="c")
    git("add", "-A")
    git("commit", "-qm", "start")
    return made


def merge(world: World, git: Git, theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    """Both sides do something, and Git merges the lines: there is no driver here."""
    git("checkout", "-qb", "side")
    theirs()
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "main")
    ours()
    git("commit", "-qam", "ours")
    subprocess.run(["git", "merge", "-q", "side"], cwd=world.top, capture_output=True, check=False)


def load(world: World) -> ConflictedFile:
    found = conflicted_file.load(world.project, "production")
    assert isinstance(found, ConflictedFile)
    return found


def finish(world: World, choice: TakenSide = TakenSide.THEIRS, found: ConflictedFile | None = None) -> Done:
    found = found or load(world)
    names = proposals.look(Workspace(world.project, world.keyring), found)
    chosen = {name.path: name.proposal or choice for name in names}
    return resolve.apply(Workspace(world.project, world.keyring), found, chosen)


def sound(world: World) -> bool:
    return not [each for each in check(world.project) if each.rule != "attribute"]


def test_what_only_the_lines_conflict_in_is_merged_by_name(world: World, git: Git) -> None:
    merge(world, git, lambda: world.set(B1="x"), lambda: world.set(B2="y"))
    found = conflicted_file.load(world.project, "production")
    assert isinstance(found, bytes)
    resolve.write_merged(world.project, "production", found)
    assert (world.get("B1"), world.get("B2")) == ("x", "y")
    assert sound(world)


def test_a_conflict_of_lines_around_several_names_asks_for_one(world: World, git: Git) -> None:
    merge(world, git, lambda: world.set(B="x", B1="1"), lambda: world.set(B="y", B2="2"))
    assert load(world).names == (("B",),)
    finish(world)
    assert [world.get(name) for name in ("B", "B1", "B2")] == ["x", "1", "2"]


@pytest.mark.parametrize("size", slow_but({140_000}, [140_000, 1_000_000]))
def test_a_value_that_is_longer_than_an_argument_is_resolved(world: World, git: Git, size: int) -> None:
    """Who set each side is found by comparing contents: no ciphertext is an argument of Git's (execve(2): 128 KiB)."""
    merge(world, git, lambda: world.set(B="x" * size), lambda: world.set(B="y" * size))
    (name,) = proposals.look(Workspace(world.project, world.keyring), load(world))
    origins = resolve.origins(world.project, load(world), name)
    assert [origin.commit if origin else None for origin in origins] == [
        git("rev-parse", "--short", side).strip() for side in ("main", "side")
    ]
    finish(world)
    assert world.get("B") == "x" * size


def test_the_same_value_on_both_sides_is_no_question(world: World, git: Git) -> None:
    """Sealed twice, the ciphertexts differ; whoever opens them sees that the values do not."""
    merge(world, git, lambda: world.set(B="x"), lambda: world.set(B="x"))
    found = load(world)
    (name,) = proposals.look(Workspace(world.project, world.keyring), found)
    assert name.proposal is not None
    (unseen,) = proposals.look(Workspace(world.project), found)
    assert unseen.proposal is None
    finish(world)
    assert world.get("B") == "x"


def test_two_files_in_one_place(repo: Path, git: Git) -> None:
    """Both branches made the environment: one file stays, the other's values are sealed anew in it."""
    world = start(repo, "production")
    path = world.project.path("production")
    git("add", "-A")
    git("commit", "-qm", "start")
    git("rm", "-q", "--cached", ".secrets/production.yaml")
    git("commit", "-qm", "none yet")
    git("checkout", "-q", "-b", "side")
    world.set(A="alpha", B="beta")
    mine = path.read_bytes()
    path.unlink()
    with writing(world.project):
        trust = Trust(Workspace(world.project, world.keyring))
        made = new_environment(trust, "production")
        commit(trust, {"production": None}, {"production": made})
    world.set(B="gamma", C="delta")
    git("add", "-A")
    git("commit", "-qm", "theirs")
    git("checkout", "-q", "main")
    path.write_bytes(mine)
    git("add", "-A")
    git("commit", "-qm", "ours")
    subprocess.run(["git", "merge", "-q", "side"], cwd=repo, capture_output=True, check=False)
    found = load(world)
    assert found.is_two_files
    finish(world, TakenSide.THEIRS)
    assert world.get("B") == "gamma"
    assert world.get("C") == "delta"
    assert sound(world)
    assert world.project.read("production").header.id == found.sides[0].header.id


def test_comments_of_both_sides_stay(world: World, git: Git) -> None:
    path = world.project.path("production")

    def change(words: str, value: str) -> None:
        path.write_text(path.read_text().replace("\nB:", f"\n# {words}\nB:"))
        world.set(B=value)

    merge(world, git, lambda: change("one", "x"), lambda: change("two", "y"))
    finish(world)
    written = path.read_text()
    assert written.count("# one") == written.count("# two") == 1
    assert world.get("B") == "x"


def test_what_a_person_mended_already_stays(world: World, git: Git) -> None:
    """One of two conflicts is decided in an editor, then `resolve` is asked for the other."""
    merge(world, git, lambda: world.set(A="x", C="x"), lambda: world.set(A="y", C="y"))
    path = world.project.path("production")
    lines = path.read_text().split("\n")
    first, middle, last = (
        next(n for n, line in enumerate(lines) if line.startswith(mark)) for mark in ("<<<", "===", ">>>")
    )
    path.write_text("\n".join([*lines[:first], *lines[middle + 1 : last], *lines[last + 1 :]]))
    assert load(world).names == (("C",),)
    finish(world, TakenSide.OURS)
    assert (world.get("A"), world.get("C")) == ("x", "y")


def test_markers_that_do_not_hold_together_are_refused(world: World, git: Git) -> None:
    merge(world, git, lambda: world.set(A="x"), lambda: world.set(A="y"))
    path = world.project.path("production")
    written = path.read_text()
    path.write_text(written.replace("=======\n", "=======\n  - odd\n"))
    with pytest.raises(Error, match="cannot be read"):
        conflicted_file.load(world.project, "production")
    path.write_text("\n".join(line for line in written.split("\n") if not line.startswith(">>>>>>>")))
    with pytest.raises(Error, match="conflict"):
        conflicted_file.load(world.project, "production")


def test_a_file_that_changes_meanwhile_is_left_alone(world: World, git: Git) -> None:
    merge(world, git, lambda: world.set(A="x"), lambda: world.set(A="y"))
    found = load(world)
    path = world.project.path("production")
    path.write_text(path.read_text() + "# more\n")
    with pytest.raises(Error, match="changed"):
        finish(world, TakenSide.THEIRS, found)


def test_a_removal_and_a_new_value(world: World, git: Git) -> None:
    def remove() -> None:
        unset(Workspace(world.project, world.keyring), ("production",), ("B",))

    merge(world, git, remove, lambda: world.set(B="y", A="1"))
    found = load(world)
    (name,) = proposals.look(Workspace(world.project, world.keyring), found)
    assert name.proposal is None
    assert [side.kind for side in name.sides] == ["sealed", "removed"]
    finish(world, TakenSide.THEIRS)
    with pytest.raises(Error):
        world.get("B")
    git("checkout", "-m", "--", ".secrets/production.yaml")
    chosen = {parse_name("B"): text("new")}
    resolve.apply(Workspace(world.project, world.keyring), load(world), chosen)
    assert world.get("B") == "new"
    assert sound(world)


def test_who_changed_what(world: World, git: Git) -> None:
    merge(world, git, lambda: world.set(A="x"), lambda: world.set(A="y"))
    found = load(world)
    (name,) = proposals.look(Workspace(world.project, world.keyring), found)
    ours, theirs = resolve.origins(world.project, found, name)
    assert ours is not None
    assert theirs is not None
    assert ours.commit == git("rev-parse", "--short", "main").strip()
    assert theirs.commit == git("rev-parse", "--short", "side").strip()


def test_neither_who_merged_nor_who_sealed_anew_set_a_value(world: World, git: Git) -> None:
    """As `log` has it: Bob set it, Carol merged his branch, and Dave gave the environment a new data key."""

    def theirs() -> None:
        git("checkout", "-qb", "bobs")
        world.set(A="bobs")
        git("commit", "-qam", "set", "--author", "Bob <bob@example.com>")
        git("checkout", "-q", "side")
        git("merge", "-q", "--no-ff", "-m", "merged", "bobs")
        workspace = Workspace(world.project, world.keyring)
        rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",), rotate=True))

    merge(world, git, theirs, lambda: world.set(A="ours"))
    file = load(world)
    (name,) = [each for each in proposals.look(Workspace(world.project, world.keyring), file) if each.text == "A"]
    _ours, origin = resolve.origins(world.project, file, name)
    assert origin is not None
    assert (origin.who, origin.commit) == ("Bob", git("rev-parse", "--short", "bobs").strip())


@pytest.mark.parametrize("is_swapped", [False, True])
def test_each_side_has_its_own_word_whoever_keeps_the_data_keys(world: World, git: Git, *, is_swapped: bool) -> None:
    merge(world, git, lambda: world.set(C="theirs"), lambda: world.set(C="ours"))
    found = load(world).swapped() if is_swapped else load(world)

    (said,) = finish(world, TakenSide.THEIRS, found).names

    assert said[1].startswith("ours" if is_swapped else "theirs")


@pytest.mark.parametrize("rest", ["ours", "theirs"])
@pytest.mark.parametrize("has", [TakenSide.OURS, TakenSide.THEIRS])
def test_all_other_names_drops_no_name_that_one_side_never_had(rest: str, has: TakenSide) -> None:
    there, missing = proposals.SideValue("sealed", "default"), proposals.SideValue(proposals.NOT_THERE, "")
    sides = (there, missing) if has is TakenSide.OURS else (missing, there)
    answers = Answers(cast("Any", None), {}, rest)
    assert answers.choose(proposals.Name(("A",), sides, None, ""), ("", "")) is has
    # A side that removed it did so on purpose.
    removed = tuple(side._replace(kind="removed") if side is missing else side for side in sides)
    chosen = answers.choose(proposals.Name(("A",), (removed[0], removed[1]), None, ""), ("", ""))
    assert chosen is TakenSide[rest.upper()]
