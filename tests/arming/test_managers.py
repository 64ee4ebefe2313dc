"""gitseal among the real husky, lefthook, simple-git-hooks and pre-commit: first, and seen when it is gone."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.arming import installation, managers, status
from gitseal.git.hooks import STAGES
from gitseal.git.repository import Repository
from tests import programs
from tests.arming.conftest import Program

Git = Callable[..., str]
Peer = Callable[[str], str]
BEFORE = "echo before >>../log"
PRE_COMMIT, MESSAGE = "pre-commit", "commit-msg .git/COMMIT_EDITMSG"


@pytest.fixture(autouse=True)
def _on_path(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([str(program.path.parent), os.environ["PATH"]]))


def run(repo: Path, *command: str) -> str:
    done = programs.run(*command, cwd=repo)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(repo: Path, program: Program) -> installation.Installed:
    return installation.install(Repository(repo), program.path)


def how(repo: Path) -> dict[str, str]:
    """What is said of each hook; the gitseal of these tests blocks nothing, so whatever is tried lets the leak through."""
    return {stage.name: stage.how for stage in status.status(Repository(repo))}


def push(repo: Path, git: Git) -> None:
    remote = repo.parent / "remote"
    if not remote.exists():
        git("init", "--quiet", "--bare", remote)
    git("push", "--quiet", remote, "main")


def lines_of(repo: Path, name: str) -> str:
    (found,) = (each for each in managers.managers(repo) if each.name == name)
    return found.lines


@pytest.fixture
def husky(repo: Path, peer: Peer) -> Callable[[], None]:
    program = peer("husky")
    (repo / ".husky").mkdir()
    (repo / ".husky/pre-commit").write_text(f"{BEFORE}\nexit 0\n")
    (repo / ".husky/pre-push").write_text("cat >>../log\n")
    return lambda: print(run(repo, program))


def test_husky_gets_its_lines_in_what_the_team_commits(
    repo: Path, git: Git, program: Program, commit: Git, husky: Callable[[], None]
) -> None:
    husky()
    before = {path.name: path.read_bytes() for path in (repo / ".husky").iterdir() if path.is_file()}
    done = install(repo, program)
    assert done.committed == done.changed == tuple(f".husky/{stage}" for stage in STAGES)
    assert install(repo, program).changed == ()

    husky()
    commit()
    assert program.calls(messages=True) == [f"gitseal hook run {PRE_COMMIT}", "before", f"gitseal hook run {MESSAGE}"]
    push(repo, git)
    called, ref, again = program.calls()
    assert called.startswith("gitseal hook run pre-push ")
    assert ref == again
    assert how(repo)["pre-merge-commit"].startswith("husky, .husky/pre-merge-commit")

    program.says_no.touch()
    (repo / "file").write_text("other")
    assert subprocess.run(["git", "commit", "-qam", "no"], cwd=repo, capture_output=True, check=False).returncode != 0

    installation.uninstall(Repository(repo))
    assert {path.name: path.read_bytes() for path in (repo / ".husky").iterdir() if path.is_file()} == before


def test_a_clone_that_husky_has_not_come_to_yet_is_armed_too(
    repo: Path, program: Program, commit: Git, husky: Callable[[], None]
) -> None:
    install(repo, program)
    commit()
    assert program.calls() == ["gitseal hook run pre-commit"]
    husky()
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "before"]


def test_husky_without_gitseal_is_seen(repo: Path, husky: Callable[[], None]) -> None:
    husky()
    assert how(repo) == {stage: f".husky/{stage} does not call gitseal" for stage in STAGES}


@pytest.mark.slow
def test_lefthook(repo: Path, git: Git, program: Program, commit: Git, peer: Peer) -> None:
    lefthook = peer("lefthook")
    configuration = repo / "lefthook.yml"
    text = f"post-checkout:\n  commands:\n    x:\n      run: {BEFORE}\n"
    configuration.write_text(text)
    run(repo, lefthook, "install")
    done = install(repo, program)
    assert [each.name for each in done.managers] == ["lefthook"]
    commit()
    assert program.calls() == ["gitseal hook run pre-commit"]

    # With the lines that are printed it is lefthook who calls gitseal, in every clone.
    configuration.write_text(text + lines_of(repo, "lefthook"))
    installation.uninstall(Repository(repo))
    run(repo, lefthook, "install")
    assert install(repo, program).changed == ()
    git("add", "lefthook.yml")
    commit()
    assert program.calls(messages=True) == [f"gitseal hook run {PRE_COMMIT}", f"gitseal hook run {MESSAGE}"]
    push(repo, git)
    called, ref = program.calls()
    assert called.startswith("gitseal hook run pre-push ")
    assert ref.startswith("refs/heads/main ")
    assert "by lefthook" in how(repo)["pre-merge-commit"]


def test_lefthook_over_gitseal_is_seen(repo: Path, program: Program, peer: Peer) -> None:
    install(repo, program)
    (repo / "lefthook.yml").write_text(f"pre-commit:\n  commands:\n    x:\n      run: {BEFORE}\n")
    run(repo, peer("lefthook"), "install")
    assert how(repo)["pre-commit"] == "lefthook has its own hook there"


@pytest.mark.slow
def test_simple_git_hooks(repo: Path, git: Git, program: Program, commit: Git, peer: Peer) -> None:
    simple = peer("simple-git-hooks")
    package = repo / "package.json"
    package.write_text(json.dumps({"name": "x", "simple-git-hooks": {"pre-commit": BEFORE}}, indent=2))
    run(repo, simple)
    assert [each.name for each in install(repo, program).managers] == ["simple-git-hooks"]
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "before"]

    run(repo, simple)
    assert how(repo)["pre-commit"] == "simple-git-hooks has its own hook there"
    assert how(repo)["pre-push"].startswith("no such hook")

    package.write_text('{"name": "x",\n' + lines_of(repo, "simple-git-hooks") + "}\n")
    run(repo, simple)
    assert install(repo, program).changed == ()
    commit()
    assert program.calls(messages=True) == [f"gitseal hook run {PRE_COMMIT}", f"gitseal hook run {MESSAGE}"]
    push(repo, git)
    called, ref = program.calls()
    assert called.startswith("gitseal hook run pre-push /")
    assert ref.startswith("refs/heads/main ")


CONFIGURATION = """\
repos:
  - repo: local
    hooks:
      - {id: before, name: before, language: system, entry: sh -c 'echo before >>../log', always_run: true, pass_filenames: false}
"""


@pytest.fixture
def framework(repo: Path, git: Git, peer: Peer) -> Callable[..., str]:
    program = peer("pre-commit")
    (repo / ".pre-commit-config.yaml").write_text(CONFIGURATION)
    git("add", ".pre-commit-config.yaml")
    return lambda *arguments: run(repo, program, *arguments)


@pytest.mark.slow
def test_the_framework_before_and_after_gitseal(
    repo: Path, program: Program, commit: Git, framework: Callable[..., str]
) -> None:
    framework("install")
    before = (repo / ".git/hooks/pre-commit").read_bytes()
    assert [each.name for each in install(repo, program).managers] == ["pre-commit"]
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "before"]

    # Once more it takes gitseal's for an older hook, and runs that first.
    framework("install")
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "before"]

    framework("uninstall")
    installation.uninstall(Repository(repo))
    assert (repo / ".git/hooks/pre-commit").read_bytes() == before


def test_the_framework_over_gitseal_is_seen(repo: Path, program: Program, framework: Callable[..., str]) -> None:
    install(repo, program)
    framework("install", "--overwrite")
    assert how(repo)["pre-commit"] == "pre-commit has its own hook there"


@pytest.mark.slow
def test_the_framework_with_the_lines_that_are_printed(
    repo: Path, git: Git, program: Program, commit: Git, framework: Callable[..., str]
) -> None:
    framework("validate-manifest", str(Path(__file__).parents[2] / ".pre-commit-hooks.yaml"))
    (repo / ".pre-commit-config.yaml").write_text(lines_of(repo, "pre-commit"))
    git("add", ".pre-commit-config.yaml")
    framework("install")
    assert install(repo, program).changed == ()
    commit()
    push(repo, git)
    by_stage = [f"gitseal hook run {PRE_COMMIT}", f"gitseal hook run {MESSAGE}", f"gitseal hook run {PRE_COMMIT}"]
    assert program.calls(messages=True) == by_stage
    assert "by pre-commit" in how(repo)["pre-push"]
    assert "by pre-commit" in how(repo)["commit-msg"]


@pytest.mark.slow
def test_the_framework_that_calls_gitseal_for_files_alone(
    repo: Path, program: Program, commit: Git, framework: Callable[..., str]
) -> None:
    """Its configuration is of an older gitseal, and it has a hook for messages of its own: gitseal stands before that one."""
    text = lines_of(repo, "pre-commit").partition("      - id: gitseal-message")[0]
    of_messages = CONFIGURATION.partition("hooks:\n")[2].replace("always_run", "stages: [commit-msg], always_run")
    (repo / ".pre-commit-config.yaml").write_text(text + of_messages)
    framework("install")
    assert how(repo)["commit-msg"] == "pre-commit has its own hook there"
    assert [stage for stage in install(repo, program).changed if "before" not in stage] == [".git/hooks/commit-msg"]
    (repo / "a").write_text("a\n")
    run(repo, "git", "add", ".")
    commit()
    assert program.calls(messages=True)[-2:] == [f"gitseal hook run {MESSAGE}", "before"]
