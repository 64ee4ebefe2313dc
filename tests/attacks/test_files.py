"""`files` of the manifest, which whoever can commit writes: nothing lands where Git runs or publishes it, or through a link."""

import os
import subprocess
from pathlib import Path

import pytest

from gitseal.delivery import service_files
from gitseal.delivery.request import Request
from gitseal.document.value import text
from gitseal.errors import Error
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.usecases.render import collect
from gitseal.usecases.unset import unset
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, objects, put_value, write

IGNORED = "/out\n/hooks\n/.husky\n/node_modules\n"


@pytest.fixture
def alice(team: Team) -> Clone:
    """Alice's clone; she can open all that is in it, and ignores the folders that are written to."""
    unset(Workspace(team.alice.project, team.alice.keyring), ("production",), ("STRIPE_KEY",))
    team.alice.set("production", "DB_URL", NEEDLE)
    with (team.alice.top / ".gitignore").open("a") as file:
        file.write(IGNORED)
    team.alice.commit()
    return team.alice


def declare(place: Clone, path: str, more: str = "") -> None:
    """What mallory's branch brings: a manifest with a file at this path."""
    line = f"      - {{path: '{path}', secret: DB_URL{more}}}\n"
    place.project.manifest_path.write_text(f"version: 1\nservices:\n  api:\n    files:\n{line}")


def render(place: Clone, folder: Path) -> None:
    """`render --service api --files FOLDER`."""
    request = service_files.with_files(Request(service="api"), folder)
    going = collect(OpenedEnvironment(place.project, "production", place.keyring), request)
    with service_files.staged(folder, going.files) as put:
        put()


def is_nowhere(place: Clone) -> bool:
    """Whether the value stands in no file of the clone and around it, and in no Git object."""
    around = (path for path in place.top.parent.rglob("*") if path.is_file() and not path.is_symlink())
    return all(NEEDLE.encode() not in path.read_bytes() for path in around) and NEEDLE.encode() not in objects(
        place.top
    )


@pytest.mark.parametrize(
    "path",
    [
        ".git/hooks/pre-commit", ".GIT/hooks/pre-commit", ".git", ".gitattributes", ".gitmodules", "sub/.git/config",
        "../escaped", "a/../../escaped", "/etc/cron.d/x", "~/.ssh/authorized_keys", "./x", "a//x", ".secrets/policy.yaml",
        "a/.Secrets/x", "a\\..\\x", "x\u0000y", ".git./x", ".git /x", "", "a/", "..",
    ],
)  # fmt: skip
def test_a_path_that_leaves_its_folder_or_enters_gits_is_no_path(alice: Clone, path: str) -> None:
    declare(alice, path)
    with pytest.raises(Error):
        render(alice, alice.top / "out")
    assert is_nowhere(alice)
    assert not (alice.top / "out").exists()


def test_a_hook_path_below_the_top_is_refused(alice: Clone) -> None:
    """`.git` is not in the path where the folder given is Git's own, or `core.hooksPath` names another one."""
    declare(alice, "pre-commit")
    for folder in (alice.top / ".git" / "hooks", alice.top / ".git"):
        with pytest.raises(Error, match="belongs to Git or gitseal"):
            render(alice, folder)
    for configured, below, path in (
        ("hooks", "hooks", "pre-commit"),
        (".husky/_", ".", ".husky/_/husky.sh"),
        (str(alice.top / "hooks"), ".", "hooks/sub/x"),
    ):
        alice.git("config", "core.hooksPath", configured)
        declare(alice, path)
        with pytest.raises(Error, match="belongs to Git or gitseal"):
            render(alice, alice.top / below)
    assert is_nowhere(alice)


def test_a_file_is_never_one_that_anyone_can_run(alice: Clone) -> None:
    for mode in ("0700", "0755", "0622", "4600"):
        declare(alice, "x", f', mode: "{mode}"')
        with pytest.raises(Error):
            render(alice, alice.top / "out")
    (alice.top / "out").mkdir()
    (alice.top / "out" / "x").write_text("#!/bin/sh\n")
    (alice.top / "out" / "x").chmod(0o755)
    declare(alice, "x")
    render(alice, alice.top / "out")
    assert (alice.top / "out" / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("link", ["out", "out/tls", "out/tls/key", "deep/out"])
def test_a_link_that_someone_committed_is_not_followed(alice: Clone, link: str) -> None:
    """The same path, and a link at one of its places that leads out of the repository."""
    home = alice.top.parent / "home"
    home.mkdir()
    (home / "authorized_keys").write_text("kept")
    place = alice.top / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(home / "authorized_keys" if link.endswith("key") else home)
    declare(alice, "tls/key" if link.startswith("out") else "key")
    with pytest.raises(Error, match="symbolic link"):
        render(alice, alice.top / (link if link == "deep/out" else "out"))
    assert is_nowhere(alice)
    assert [path.name for path in home.iterdir()] == ["authorized_keys"]


def test_a_link_above_the_folder_is_not_followed_either(alice: Clone) -> None:
    home = alice.top.parent / "home"
    (home / "out").mkdir(parents=True)
    (alice.top / "deploy").symlink_to(home)
    declare(alice, "key")
    with pytest.raises(Error, match=r"deploy\" is a symbolic link"):
        render(alice, alice.top / "deploy" / "out")
    assert is_nowhere(alice)


def test_no_tracked_file_is_replaced_and_none_is_made_that_git_would_add(alice: Clone) -> None:
    declare(alice, "build.sh")
    (alice.top / "out").mkdir()
    (alice.top / "out" / "build.sh").write_text("tracked\n")
    alice.git("add", "--force", "out/build.sh")
    with pytest.raises(Error, match="is tracked by Git"):
        render(alice, alice.top / "out")
    with pytest.raises(Error, match="is not ignored by Git"):
        render(alice, alice.top / "other")
    alice.commit()
    assert is_nowhere(alice)


def test_a_submodule_is_a_repository_of_its_own(alice: Clone) -> None:
    """What is ignored above a nested repository may be tracked in it."""
    inner = alice.top / "out" / "inner"
    inner.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=inner, check=True)
    declare(alice, "inner/x")
    with pytest.raises(Error, match="is not ignored by Git"):
        render(alice, alice.top / "out")
    assert is_nowhere(alice)


def test_one_place_that_is_refused_keeps_all_from_being_written(alice: Clone) -> None:
    alice.project.manifest_path.write_text(
        "version: 1\nservices:\n  api:\n    files:\n"
        "      - {path: out/a, secret: DB_URL}\n      - {path: b, secret: DB_URL}\n"
    )
    with pytest.raises(Error, match='b" is not ignored by Git'):
        render(alice, alice.top)
    assert is_nowhere(alice)
    assert not (alice.top / "out").exists()


def test_a_value_that_no_member_took_over_is_no_file(alice: Clone, team: Team) -> None:
    """A protected environment's write-only value could be anyone's: as a file it would be read like a real one."""
    assert team
    alice.policy("  production:\n", "  production:\n    protected: true\n")
    public = alice.read("production").header.access["default"].public
    write(alice, "production", put_value(public, "DB_URL", text("forged")))
    declare(alice, "key")
    with pytest.raises(Error, match='"DB_URL" has no value for the file "key" of api'):
        render(alice, alice.top / "out")


def test_the_variable_of_the_files_is_not_anyones_to_set(alice: Clone) -> None:
    """GITSEAL_FILES as a secret would aim a program at files of the attacker's."""
    Clone(alice.top, None).set("production", "GITSEAL_FILES", "/tmp/evil")  # noqa: S108 - never touched
    assert alice.owner is not None
    done = subprocess.run(
        ["gitseal", "run", "-e", "production", "--", "env"],
        cwd=alice.top, env={**os.environ, "GITSEAL_IDENTITY": alice.owner.identity}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"GITSEAL_FILES would steer" in done.stderr
