"""No `git` that gitseal starts takes its orders from files of the tree (attack 07): one hostile repository tries all of it."""

import subprocess
from pathlib import Path

import pytest

from gitseal.cli import dispatch
from gitseal.git.index import offered_below
from tests.attacks.conftest import Team
from tests.git_calls import record_git
from tests.slow import slow_but

# What a branch can bring as ordinary files. PWN writes down that it ran; each setting is one that makes Git start a program.
CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = false
\tworktree = ..
\tfsmonitor = "{pwn}"
\tpager = "{pwn}"
\teditor = "{pwn}"
\tsshCommand = "{pwn}"
\thooksPath = "{hooks}"
\tuntrackedCache = true
[diff]
\texternal = "{pwn}"
[diff "evil"]
\tcommand = "{pwn}"
\ttextconv = "{pwn}"
[filter "evil"]
\tclean = "{pwn}"
\tsmudge = "{pwn}"
\tprocess = "{pwn}"
[merge "evil"]
\tdriver = "{pwn}"
[gpg]
\tprogram = "{pwn}"
[gpg "ssh"]
\tprogram = "{pwn}"
[log]
\tshowSignature = true
[remote "origin"]
\turl = "ext::{pwn}"
\tpromisor = true
[extensions]
\tpartialClone = origin
[alias]
\tstatus = "!{pwn}"
"""
# The process ends after a command, so what asks Git for objects is left to that end; here many commands share one process.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
COMMANDS = [
    ["check", "--code", "src"],
    ["check", "--code", "."],
    ["review"],
    ["review", "HEAD~1..HEAD"],
    ["scan"],
    ["scan", "src"],
    ["scan", "--staged"],
    ["scan", "--history"],
    ["hook", "run", "pre-commit"],
    ["hook", "status"],
    ["list", "-e", "development"],
    ["get", "DB_URL", "-e", "development"],
    ["set", "-e", "development", "NEW=value"],
    ["rekey", "--dry-run"],
    ["log"],
    ["log", "--signatures"],
    ["status"],
    ["deployed", "-e", "development"],
    ["verify", "HEAD~1..HEAD"],
    ["doctor"],
    ["whoami"],
    ["diff", "HEAD:development", "development"],
    ["render", "-e", "development", "--except", "STRIPE_*", "-o", "src/.env"],
]


def hostile(top: Path, pwned: Path) -> None:
    """Embedded bare repositories in several folders, with attributes, submodules and configurations of every kind."""
    pwn = f"touch {pwned}; false"
    for folder in (top / "src", top / "src" / "deep", top / "app.git"):
        for inner in ("objects", "refs", "hooks"):
            (folder / inner).mkdir(parents=True, exist_ok=True)
            (folder / inner / ".keep").touch()
        (folder / "HEAD").write_text("ref: refs/heads/main\n")
        (folder / "config").write_text(CONFIG.format(pwn=pwn, hooks=folder / "hooks"))
        for hook in ("pre-commit", "reference-transaction", "post-index-change"):
            (folder / "hooks" / hook).write_text(f"#!/bin/sh\n{pwn}\n")
            (folder / "hooks" / hook).chmod(0o755)
        (folder / "app.py").write_text('import os\nos.environ["DB_URL"]\n')
    with (top / ".gitattributes").open("a") as attributes:
        attributes.write("*.py diff=evil filter=evil merge=evil\nsrc/** diff=evil\n")
    (top / ".gitmodules").write_text(f'[submodule "x"]\n\tpath = x\n\turl = ext::{pwn}\n\tupdate = !{pwn}\n')
    (top / ".gitconfig").write_text(CONFIG.format(pwn=pwn, hooks=top / "src" / "hooks"))
    (top / "--upload-pack=touch").write_text("x")
    (top / "-c core.pager=x").write_text("x")


@pytest.fixture
def attacked(team: Team, tmp_path: Path) -> Team:
    hostile(team.mallory.top, tmp_path / "pwned")
    team.infect(team.alice)
    return team


@pytest.mark.parametrize("folder", slow_but({"src/deep"}, [".", "src", "src/deep", "app.git"]))
def test_nothing_of_the_tree_runs_and_git_is_asked_at_the_top(
    attacked: Team, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attacked.alice.owner is not None
    calls = record_git(tmp_path, monkeypatch)
    monkeypatch.setenv("GITSEAL_IDENTITY", attacked.alice.owner.identity)
    monkeypatch.chdir(attacked.alice.top / folder)
    for words in COMMANDS:
        dispatch(words)
        assert not (tmp_path / "pwned").exists(), words
        started = [call for call in calls() if call.startswith("-C ")]
        assert {call.split(" ")[1] for call in started} <= {str(attacked.alice.top), "/"}, (words, started)


def test_a_question_below_the_top_would_have_run_it(attacked: Team, tmp_path: Path) -> None:
    """The control: this Git does what the embedded configuration says, if it is started there without our settings."""
    done = subprocess.run(["git", "ls-files"], cwd=attacked.alice.top / "src", capture_output=True, check=False)
    assert (tmp_path / "pwned").exists() or b"cannot use bare repository" in done.stderr


def test_a_folder_of_code_is_listed_all_the_same(attacked: Team, capsys: pytest.CaptureFixture[str]) -> None:
    listed = offered_below(attacked.alice.top, "src") or []
    assert b"app.py" in listed
    assert b"deep/app.py" in listed
    assert not any(path.startswith(b"src/") for path in listed)
    assert capsys.readouterr().out == ""
