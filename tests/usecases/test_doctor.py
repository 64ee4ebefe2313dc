"""Each thing that doctor looks at: broken, named with a command, and well again after that command."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gitseal.arming.arm_clone import arm
from gitseal.identities import NO_IDENTITIES, Keyring, discover
from gitseal.project.workspace import Workspace
from gitseal.usecases.doctor import doctor
from tests.templates import Templates
from tests.world import World, start


def healthy(folder: Path) -> Keyring:
    """A clone `repo` of `origin.git` in which all is well; gives its keyring."""
    top = folder / "repo"
    subprocess.run(["git", "init", "--quiet", top], check=True)
    made = start(top)
    shell(
        made,
        """git add . && git commit --quiet -m start
        git clone --quiet --bare . ../origin.git
        git remote add origin "$(realpath ../origin.git)"
        git fetch --quiet origin && git remote set-head origin main""",
    )
    gitseal = shutil.which("gitseal")
    assert gitseal is not None
    assert arm(made.project, Path(gitseal)).left == ()
    return made.keyring


@pytest.fixture
def world(tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> World:
    keyring = templates.copy("healthy", tmp_path, healthy)
    monkeypatch.chdir(tmp_path / "repo")
    return World(tmp_path / "repo", keyring)


def to_mend(world: World) -> dict[str, str]:
    return {each.name: each.mend for each in doctor(Workspace(world.project, world.keyring)) if each.mend}


def shell(world: World, command: str) -> None:
    subprocess.run(["bash", "-c", command], cwd=world.top, check=True, capture_output=True)


def test_all_is_well(world: World) -> None:
    assert to_mend(world) == {}


BROKEN = [
    ("rm .git/hooks/pre-push", "hooks"),
    ("git config core.hooksPath .githooks", "core.hooksPath"),
    ("git config --unset diff.gitseal.textconv", "drivers"),
    ("git config diff.gitseal.cachetextconv true", "textconv cache"),
    ("git update-ref refs/notes/textconv/gitseal HEAD", "textconv cache"),
    ("echo >.gitattributes", ".gitattributes"),
    ("sed -i 's/!diff merge=gitseal/!diff !merge/' .gitattributes", ".gitattributes"),
    ("grep -v '^.env$' .gitignore >new; mv new .gitignore", ".gitignore"),
    ("sed -i /local/d .gitignore", ".gitignore"),
    ("git config --unset gitseal.trust; git symbolic-ref --delete refs/remotes/origin/HEAD", "trusted ref"),
    ("git config gitseal.trust refs/remotes/origin/gone", "trusted ref"),
    ("chmod g+w .git/gitseal", "known keys"),
    ("rm .secrets/production.yaml", "working tree"),
    ("git update-index --assume-unchanged .secrets/policy.yaml", "working tree"),
    ("git update-index --skip-worktree .secrets/development.yaml; rm .secrets/development.yaml", "working tree"),
    ("echo manifest.yaml >>.gitignore; git rm --quiet --cached .secrets/manifest.yaml", "working tree"),
]
QUICK = BROKEN[9]


@pytest.mark.slow
def test_what_is_broken_all_at_once_is_mended_by_what_is_said(world: World) -> None:
    at_once = {check: command for command, check in BROKEN if check != "core.hooksPath"}
    for command in at_once.values():
        shell(world, command)
    found = to_mend(world)
    assert found.keys() == at_once.keys()
    for command in found.values():
        shell(world, command)
    assert to_mend(world) == {}


@pytest.mark.slow
def test_every_mend_is_a_command_that_mends_or_a_decision_in_words(world: World) -> None:
    """The checks that are broken here between them take every way to a mend: what runs, mends."""
    for command, _check in BROKEN:
        shell(world, command)
    for _round in range(2):  # a folder for hooks that is not there hides that hooks are not
        for check in doctor(Workspace(world.project, world.keyring)):
            if check.mend and check.runs:
                shell(world, check.mend)
    assert to_mend(world) == {}


@pytest.mark.parametrize(
    ("broken", "check"),
    [pytest.param(*case, marks=() if case == QUICK else pytest.mark.slow) for case in BROKEN],
)
def test_what_is_broken_is_mended_by_what_is_said(world: World, broken: str, check: str) -> None:
    shell(world, broken)
    found = to_mend(world)
    assert check in found
    shell(world, found[check])
    assert check not in to_mend(world)


def test_a_ref_that_is_none_is_named(world: World) -> None:
    shell(world, "git config gitseal.trust nowhere")
    assert to_mend(world) == {
        "trusted ref": "trust what the remote has as its default: git config gitseal.trust refs/remotes/origin/main"
    }


def test_a_filter_on_sealed_files_is_named(world: World) -> None:
    shell(world, "echo '.secrets/*.yaml filter=other' >>.gitattributes")
    mend = "see which line says so, and take it out: git check-attr -a -- .secrets/production.yaml"
    assert to_mend(world)[".gitattributes"] == mend


def test_history_that_is_cut(world: World, tmp_path: Path) -> None:
    shell(world, f"git commit --quiet --allow-empty -m more && git clone --quiet --depth=1 {world.top.as_uri()} ../cut")
    found = to_mend(World(tmp_path / "cut", world.keyring))
    assert found["history"] == "git fetch --unshallow"


def test_nobody_at_hand(world: World) -> None:
    found = to_mend(World(world.top, NO_IDENTITIES))
    assert found == {"identities": "make one, and see whom to send what: gitseal init"}


def test_somebody_whom_the_policy_does_not_know(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=other, check=True)
    found = to_mend(World(world.top, start(other).keyring))
    assert found["identities"].startswith("ask to be let in: gitseal recipient request; your public key is age1")


def test_a_machine_without_git(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert list(to_mend(world)) == ["git"]


@pytest.mark.slow
def test_an_identity_that_others_can_read_is_closed(world: World, tmp_path: Path) -> None:
    identity = tmp_path / "the identity.txt"
    identity.write_bytes(b"\n".join(source.content() for source in world.keyring.sources))
    identity.chmod(0o644)
    keyring = discover({"GITSEAL_IDENTITY_FILE": str(identity)}, tmp_path, None)
    exposed = World(world.top, keyring)
    assert to_mend(exposed) == {"identities": f"chmod 600 '{identity}'"}
    shell(world, to_mend(exposed)["identities"])
    assert to_mend(World(world.top, discover({"GITSEAL_IDENTITY_FILE": str(identity)}, tmp_path, None))) == {}


def test_worktrees_of_a_bare_clone_get_a_trusted_ref_by_what_is_said(world: World, tmp_path: Path) -> None:
    shell(world, "git clone --quiet --bare ../origin.git ../bare && git -C ../bare worktree add --quiet ../worktree")
    linked = World(tmp_path / "worktree", world.keyring)
    mend = to_mend(linked)["trusted ref"]
    shell(linked, mend)
    assert "trusted ref" not in to_mend(linked)
