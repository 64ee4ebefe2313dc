"""The events of histories with merges, conflicts, rekeys and signatures; and what `list` makes of them."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.history.log import Selection, Signatures, log
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases.list_ import list_names
from gitseal.usecases.recipient import add_recipient, remove_recipient
from gitseal.usecases.rekey import apply, plan
from gitseal.usecases.unset import unset
from tests.world import World, start

Git = Callable[..., str]


@pytest.fixture
def world(repo: Path) -> World:
    return start(repo, "production")


@pytest.fixture
def commit(world: World, git: Git) -> Callable[[str], str]:
    def make(message: str) -> str:
        git("add", "-A")
        git("commit", "-qm", message)
        return git("rev-parse", "HEAD").strip()

    return make


def told(world: World, commit: str = "", **selection: object) -> list[str]:
    found = log(world.project, Selection(**selection)).events  # type: ignore[arg-type]
    return [f"{each.action} {each.name or each.access}".strip() for each in found if commit in {"", each.commit}]


def last(world: World, name: str) -> str:
    (row,) = list_names(Workspace(world.project, world.keyring), ("production",), (name,))
    return row.last.commit if row.last else ""


def test_a_merge_tells_what_it_changed_itself(world: World, commit: Callable[[str], str], git: Git) -> None:
    world.set(A="hush", B="hush", C="hush", D="hush")
    base = commit("base")
    git("checkout", "-qb", "side")
    world.set(A="hush-side", C="hush-side")
    side = commit("side")
    git("checkout", "-q", "main")
    world.set(D="hush-main")
    main = commit("main")
    git("merge", "-q", "--no-commit", "side")
    world.set(B="hush-evil", E="hush-evil")
    merge = commit("merge")
    assert told(world, merge) == ["changed B", "set E"]
    steps = ["changed B", "set E", "changed D", "changed A", "changed C", *(f"set {name}" for name in "ABCD")]
    assert sorted(told(world)) == sorted([*steps, "granted alice", "policy"])
    assert [last(world, name) for name in "ABCDE"] == [side, merge, side, main, merge]
    assert told(world, name="B") == ["changed B", "set B", "granted alice"]
    assert told(world, base, name="A") == ["set A", "granted alice"]


def test_a_criss_cross_that_takes_one_side_is_no_change_of_the_merge(
    world: World, commit: Callable[[str], str], git: Git
) -> None:
    world.set(A="hush", Z="hush")
    commit("base")
    git("checkout", "-qb", "side")
    world.set(A="hush-side")
    side = commit("side")
    git("checkout", "-q", "main")
    world.set(A="hush-main")
    main = commit("main")
    git("merge", "-q", "-X", "ours", "-m", "kept ours", "side")
    kept = git("rev-parse", "HEAD").strip()
    git("checkout", "-q", "side")
    git("merge", "-q", "-X", "theirs", "-m", "took theirs", main)
    git("checkout", "-q", "main")
    git("merge", "-q", "-m", "cross", "side")
    assert told(world, name="A") == ["changed A", "changed A", "set A", "granted alice"]
    assert told(world, kept) == []
    assert last(world, "A") == main != side


def test_a_committed_conflict_is_told_and_hides_nothing(world: World, commit: Callable[[str], str], git: Git) -> None:
    world.set(A="hush", B="hush")
    commit("base")
    path = world.top / ".secrets/production.yaml"
    sound = path.read_text()
    path.write_text(sound.replace("A:\n", "<<<<<<< ours\nA:\n", 1))
    broken = commit("broken")
    path.write_text(sound)
    world.set(B="hush-while-nobody-looked")
    mended = commit("mended")
    assert told(world, broken) == ["malformed"]
    assert told(world, mended) == ["changed B", "malformed"]


def test_access_and_data_keys(world: World, commit: Callable[[str], str]) -> None:
    world.set(A="hush", B="hush")
    commit("base")
    both = ("production",)
    add_recipient(Workspace(world.project, world.keyring), "bob", [x25519.generate().recipient], groups=["team"])
    apply(Workspace(world.project, world.keyring), both, plan(Workspace(world.project, world.keyring), both))
    granted = commit("bob comes")
    assert sorted(told(world, granted)) == ["granted bob", "policy"]
    remove_recipient(world.project, "bob")
    apply(Workspace(world.project, world.keyring), both, plan(Workspace(world.project, world.keyring), both))
    revoked = commit("bob goes")
    assert sorted(told(world, revoked)) == ["policy", "rekeyed default", "resealed A", "resealed B", "revoked bob"]
    assert "revoked bob" in told(world, name="A")
    assert set(told(world, environments=("staging",))) == {"policy"}


def test_what_is_gone_has_a_past(world: World, commit: Callable[[str], str]) -> None:
    world.set(A="hush", B="hush")
    commit("base")
    unset(Workspace(world.project, world.keyring), ("production",), ("A",))
    gone = commit("gone")
    (world.top / ".secrets/production.yaml").unlink()
    commit("no more")
    assert told(world, gone) == ["removed A"]
    assert told(world, environments=("production",))[:2] == ["removed B", "revoked alice"]


def test_signatures_are_held_against_the_policy(
    world: World, commit: Callable[[str], str], git: Git, isolated: Path
) -> None:
    key = isolated / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    world.set(A="hush")
    unsigned = commit("unsigned")
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", f"{key}.pub"), ("commit.gpgSign", "true")):
        git("config", name, value)
    world.set(A="hush2")
    by_nobody = commit("signed")
    path = world.top / ".secrets/policy.yaml"
    public = key.with_suffix(".pub").read_text().strip()
    path.write_text(path.read_text().replace("  alice:\n", f'  alice:\n    signing: ["{public}"]\n', 1))

    def states(how: Signatures) -> dict[str, tuple[str, tuple[str, ...]]]:
        events = log(world.project, Selection(name="A", signatures=how)).events
        return {each.commit: (each.signed.state, each.signed.by) for each in events}

    assert states(Signatures.CHECK) == {unsigned: ("no", ()), by_nobody: ("good", ("alice",))}
    assert states(Signatures.GLANCE) == {unsigned: ("no", ()), by_nobody: ("unchecked", ())}
    path.write_text(path.read_text().replace(public, "ssh-ed25519 AAAA"))
    git("update-ref", "refs/remotes/origin/trusted", unsigned)
    git("config", "gitseal.trust", "origin/trusted")
    assert states(Signatures.CHECK)[by_nobody] == ("unknown", ())


@pytest.mark.parametrize("form", ["sha256", "reftable"])
def test_repositories_that_only_the_binary_reads(tmp_path: Path, form: str, git: Git) -> None:
    top = tmp_path / "other"
    option = "--object-format=sha256" if form == "sha256" else "--ref-format=reftable"
    if subprocess.run(["git", "init", "-q", option, top], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"this git knows no {form}")
    os.chdir(top)
    world = start(top, "production")
    world.set(A="hush")
    git("add", "-A", cwd=top)
    git("commit", "-qm", "one", cwd=top)
    assert told(world, name="A") == ["set A", "granted alice"]
    assert len(last(world, "A")) in {40, 64}
