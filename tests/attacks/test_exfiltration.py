"""Ways out: names that steer loaders, the child's environment, targets that Git would publish, attributes that hide."""

import os
import subprocess
from pathlib import Path

import pytest

from gitseal.audit.check.check import check
from gitseal.delivery import targets
from gitseal.delivery.request import Request
from gitseal.errors import Error
from gitseal.policy import dangerous_names
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.usecases import render as rendering
from gitseal.usecases.run import prepare
from gitseal.variables import IDENTITY_VARIABLES
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone

STEERING = [
    "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "PATH", "ENV", "BASH_ENV", "IFS",
    "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "NODE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP", "PERL5OPT", "RUBYOPT",
    "JAVA_TOOL_OPTIONS", "PROMPT_COMMAND", "GITSEAL_IDENTITY_FILE", "npm_config_script_shell", "CARGO_TARGET_X86_RUNNER",
    "RUSTC_WRAPPER", "GOFLAGS", "MAKEFLAGS", "MAVEN_OPTS", "ERL_FLAGS", "SHELL", "BUNDLE_GEMFILE",
]  # fmt: skip


def _render(place: Clone, dialect: str = "dotenv", excepted: str = "NOTHING") -> bytes:
    selection = Request(excepted=(excepted,))
    return rendering.render(OpenedEnvironment(place.project, "production", place.keyring), dialect, selection).content


def _run(place: Clone, inherited: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return prepare(OpenedEnvironment(place.project, "production", place.keyring), Request(), inherited).environ


@pytest.fixture
def alone(team: Team) -> Clone:
    """Alice's clone with nothing in it that she cannot open."""
    from gitseal.usecases.unset import unset

    unset(Workspace(team.alice.project, team.alice.keyring), ("production",), ("STRIPE_KEY",))
    return team.alice


@pytest.mark.parametrize("name", STEERING)
def test_names_that_steer_loaders_are_refused(alone: Clone, name: str) -> None:
    """Mallory can bring one in write-only; it would run her code wherever the environment is used."""
    Clone(alone.top, None).set("production", name, "/tmp/evil.so")  # noqa: S108 - never touched
    for act in (lambda: _render(alone), lambda: _run(alone, {}), lambda: _render(alone, "shell")):
        with pytest.raises(Error, match=f"{name} would steer"):
            act()
    assert _render(alone, excepted=name)


def test_a_name_that_the_policy_allows_goes_through(alone: Clone) -> None:
    alone.set("production", "PYTHONUNBUFFERED", "1")
    alone.policy("version: 1\n", "version: 1\nallow_names: [PYTHONUNBUFFERED]\n")
    assert b"PYTHONUNBUFFERED" in _render(alone)


def test_names_in_another_case_are_no_loaders_names() -> None:
    """Environment variables are told apart by case wherever gitseal runs; what is not in the table is not refused."""
    assert not dangerous_names.steers("ld_preload")
    # Credentials of registries and proxies, which say what is fetched and not what is run.
    for name in ("CARGO_REGISTRY_TOKEN", "NPM_TOKEN", "YARN_NPM_AUTH_TOKEN", "GOPROXY", "PIP_INDEX_URL", "https_proxy"):
        assert not dangerous_names.steers(name)
    assert dangerous_names.steers("LD_ANYTHING")


def test_the_child_gets_no_identity(alone: Clone) -> None:
    inherited = {name.encode(): b"AGE-SECRET-KEY-1" for name in IDENTITY_VARIABLES} | {b"KEPT": b"yes"}
    assert _run(alone, inherited) == {b"KEPT": b"yes", b"DB_URL": b"postgres://production"}


def test_a_real_child_gets_no_identity(alone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the command line, to the very end: what `env` prints."""
    assert alone.owner is not None
    environ = {**os.environ, "GITSEAL_IDENTITY": alone.owner.identity, "SOPS_AGE_KEY": "also secret"}
    done = subprocess.run(
        ["gitseal", "run", "-e", "production", "--", "env"],
        cwd=alone.top,
        env=environ,
        capture_output=True,
        check=True,
    )
    assert b"DB_URL=postgres://production\n" in done.stdout
    assert b"AGE-SECRET-KEY" not in done.stdout
    assert b"also secret" not in done.stdout


def test_the_editor_gets_no_identity(alone: Clone, tmp_path: Path) -> None:
    assert alone.owner is not None
    seen = tmp_path / "seen"
    environ = {**os.environ, "GITSEAL_IDENTITY": alone.owner.identity, "EDITOR": f"env > '{seen}'; true"}
    subprocess.run(["gitseal", "edit", "-e", "production"], cwd=alone.top, env=environ, capture_output=True, check=True)
    assert "PATH=" in seen.read_text()
    assert "AGE-SECRET-KEY" not in seen.read_text()


def test_git_gets_no_identity(alone: Clone, tmp_path: Path) -> None:
    """Git starts programs of its own, such as a file monitor or a transport."""
    assert alone.owner is not None
    seen = tmp_path / "seen"
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\nenv >> "{seen}"\nexec /usr/bin/git "$@"\n')
    fake.chmod(0o755)
    environ = {**os.environ, "GITSEAL_IDENTITY": alone.owner.identity}
    environ["PATH"] = f"{fake.parent}:{environ['PATH']}"
    subprocess.run(["gitseal", "rekey", "--dry-run"], cwd=alone.top, env=environ, capture_output=True, check=True)
    assert "AGE-SECRET-KEY" not in seen.read_text()


def test_a_rendered_file_is_private_and_nothing_that_git_would_publish(alone: Clone) -> None:
    alone.set("production", "DB_URL", NEEDLE)
    content = _render(alone)
    tracked = alone.top / "tracked.env"
    tracked.write_text("")
    alone.git("add", "--force", "tracked.env")
    linked = alone.top / ".env.linked"
    linked.symlink_to(alone.top / "elsewhere")
    for target, words in (
        (tracked, "is tracked by Git"),
        (alone.top / "config.txt", "is not ignored by Git"),
        (alone.path("production"), "tracked"),
        (linked, "symbolic link"),
    ):
        with pytest.raises(Error, match=words):
            targets.write(target, content)
    target = alone.top / ".env"
    target.write_text("old")
    target.chmod(0o644)
    targets.write(target, content)
    assert target.stat().st_mode & 0o777 == 0o600
    alone.commit()
    assert (
        NEEDLE.encode()
        not in subprocess.run(
            ["git", "cat-file", "--batch-all-objects", "--batch"], cwd=alone.top, capture_output=True, check=True
        ).stdout
    )


@pytest.mark.parametrize(
    "line", ["-diff", "filter=x", "ident", "working-tree-encoding=latin-1", "linguist-generated", "binary"]
)
def test_attributes_that_hide_a_sealed_file_are_told(team: Team, line: str) -> None:
    """A reviewer would not see what changed, or Git would hand the file to a program."""
    with (team.mallory.project.folder / ".gitattributes").open("a") as file:
        file.write(f"*.yaml {line}\n")
    team.infect(team.alice)
    assert "attribute" in {finding.rule for finding in check(team.alice.project)}
