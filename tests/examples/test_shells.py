"""The examples for direnv and mise: a shell has the values in the folder, all of them or none, and nothing keeps them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.project import HUSH, Project, start

VALUES = {"DATABASE_URL": f"postgres://shop:{HUSH}@db", "LOG_LEVEL": "it's\n$HOME"}
SHOWN = 'printf "%s|" "${DATABASE_URL-none}" "${LOG_LEVEL-none}"'
pytestmark = pytest.mark.slow


def project(repo: Path, example: str) -> Project:
    return start(repo, example, VALUES, environment="development")


def found_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and HUSH.encode() in path.read_bytes()]


@pytest.fixture
def direnv(repo: Path, peer: Callable[[str], str]) -> Project:
    made = project(repo, "direnv")
    made.done(peer("direnv"), "allow")
    return made


def test_direnv_loads_the_values(direnv: Project, isolated: Path) -> None:
    assert direnv.done("direnv", "exec", ".", "sh", "-c", SHOWN) == "".join(f"{value}|" for value in VALUES.values())
    assert direnv.holds_plaintext() == found_in(isolated) == []


def test_direnv_loads_none_if_one_does_not_open(direnv: Project) -> None:
    shown = direnv.run("bash", "-c", f'eval "$(direnv export bash)"; {SHOWN}', GITSEAL_IDENTITY="x")
    assert shown.stdout == "none|none|"
    assert "is not an identity" in shown.stderr
    assert direnv.run("direnv", "exec", ".", "echo", "started", GITSEAL_IDENTITY="x").stdout == ""


@pytest.fixture
def in_mise(repo: Path, mise: str) -> Project:
    made = project(repo, "mise")
    made.done(mise, "trust", "--quiet")
    return made


def test_a_task_of_mise_gets_the_values_and_shows_none(in_mise: Project, mise: str) -> None:
    (in_mise.folder / "shop.sh").write_text(f"#!/bin/sh\n{SHOWN}; test ${{#DATABASE_URL}} -gt 20\n")
    assert in_mise.done(mise, "run", "dev") == "[redacted:DATABASE_URL]|[redacted:LOG_LEVEL]|"
    assert "DATABASE_URL" not in in_mise.done(mise, "env", "-s", "bash")
    failed = in_mise.run(mise, "run", "dev", GITSEAL_IDENTITY="x")
    assert failed.returncode == 1
    assert failed.stdout == ""


def test_mise_loads_the_values_into_a_shell_or_starts_nothing(in_mise: Project, mise: str, isolated: Path) -> None:
    settings = in_mise.folder / "mise.toml"
    settings.write_text(settings.read_text().replace("# [env]", "[env]").replace("# _.source", "_.source"))
    in_mise.done(mise, "trust", "--quiet")
    assert in_mise.done(mise, "exec", "--", "sh", "-c", SHOWN) == "".join(f"{value}|" for value in VALUES.values())
    failed = in_mise.run(mise, "exec", "--", "echo", "started", GITSEAL_IDENTITY="x")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert in_mise.holds_plaintext() == found_in(isolated) == []
