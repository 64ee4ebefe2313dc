"""No word of the repository acts where it is shown (attack 19): on a terminal, in the log of a build, in a program's JSON.

Every command runs over a repository whose names, paths, authors, branches and texts try to, and every byte that it writes is
looked at. What `get` and `render` hand out is somebody's value, and not looked at.
"""

import json
import os
import re
import sys
import unicodedata
from pathlib import Path

import pytest

from gitseal.cli import dispatch
from gitseal.report.escaping import json_text, line, printable
from tests.attacks.conftest import Team
from tests.attacks.world import Clone
from tests.programs import git
from tests.slow import slow_but

EVIL = "x\n::error::by a word\x1b[2J\x9b1m\u202e ##[add-mask]x ##vso[task.setvariable]"
# In double quotes, as YAML and JSON have it.
QUOTED = json.dumps(EVIL)
FOLDER = "dir\n::stop-commands::t\x1b[2J"
FILE = "f\n::error::by a file\x1b[2J.env"
# The process ends after a command, so what asks Git for objects is left to that end; here many commands share one process.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
COMMANDS = [
    ["check"], ["check", "--json"], ["check", "--code", "."], ["explain", "DB_URL", "-e", "production"],
    ["explain", "DB_URL", "-e", "production", "--json"], ["recipient", "list"], ["recipient", "list", "--json"],
    ["env", "list"], ["env", "list", "--json"], ["list", "-e", "production"], ["list", "-e", "production", "--json"],
    ["whoami"], ["whoami", "--json"], ["doctor"], ["doctor", "--json"], ["status"], ["status", "--json"], ["log"],
    ["log", "--json"], ["log", "--signatures"], ["rekey", "--dry-run"], ["rekey", "--dry-run", "--json"], ["review"],
    ["review", "--json"], ["review", "--format", "markdown"], ["review", "--format", "sarif"], ["review", "HEAD~1..HEAD"],
    ["verify", "HEAD~1..HEAD"], ["scan"], ["scan", "--json"], ["scan", "--format", "sarif"], ["scan", "--format", "gitlab"],
    ["scan", "--history"], ["scan", "--staged"], ["hook", "run", "pre-commit"], ["hook", "status"], ["hook", "install"],
    ["hook", "allow", FILE, "--reason", EVIL], ["sync", "push", FILE, "-e", "production"], ["import", FILE, "-e", "production"],
    ["set", "-e", "production", f"{EVIL}=1"], ["get", EVIL, "-e", "production"], ["get", "X", "-e", EVIL],
    ["unset", EVIL, "-e", "production"], ["rename", "DB_URL", EVIL, "-e", "production"],
    ["template", FILE + "x", "-e", "production"],
    ["copy", "production", EVIL, "DB_URL"], ["diff", EVIL, "production"], ["-C", EVIL, "list"], ["recipient", "add", EVIL, "x"],
    ["recipient", "remove", EVIL], ["env", "add", EVIL], ["env", "rename", "production", EVIL], ["verify", f"{EVIL}..HEAD"],
    ["resolve", "--list"], ["deployed", EVIL], ["init"],
    ["render", "-e", "production", "-o", f"no/{EVIL}"], [EVIL], ["list", f"--{EVIL}"],
]  # fmt: skip


def evil_manifest(place: Clone) -> None:
    fields = f"description: {QUOTED}, owner: {QUOTED}, required: [{QUOTED}]"
    place.project.manifest_path.write_text(f"version: 1\nsecrets:\n  DB_URL: {{{fields}}}\n")


def evil_policy(place: Clone) -> None:
    place.policy("    keys: [", f"    email: {QUOTED}\n    signing: [{QUOTED}]\n    keys: [{QUOTED}, ")


def evil_allowances(place: Clone) -> None:
    text = f"version: 1\nallowed:\n  - {{path: {QUOTED}, sha256: {'0' * 64}, reason: {QUOTED}}}\n"
    (place.project.folder / "allow.yaml").write_text(text)


# Authors, texts, branches and paths try it in every case.
@pytest.fixture(params=slow_but({"policy"}, ["manifest", "policy", "allowances", "folder", "authors"]))
def attacked(team: Team, request: pytest.FixtureRequest) -> tuple[Clone, Path]:
    """Alice's clone and the folder to work in, with one kind of word that tries to act."""
    alice, start = team.alice, team.alice.top
    if request.param == "manifest":
        evil_manifest(alice)
    elif request.param == "policy":
        evil_policy(alice)
    elif request.param == "allowances":
        evil_allowances(alice)
    elif request.param == "folder":
        start = alice.top / FOLDER
        start.mkdir()
        (start / ".secrets").mkdir()
        for path in (alice.top / ".secrets").glob("*.yaml"):
            (start / ".secrets" / path.name).write_bytes(path.read_bytes())
    (start / FILE).write_text("A=b4f1d0c6b9e2f7a8\n")
    author = ["-c", "user.name=::error::by\x1b[2J an author", "-c", "user.email=e\u202e@x"]
    git(alice.top, "add", "--all", "--force")
    git(alice.top, *author, "commit", "--quiet", "--message", EVIL)
    git(alice.top, "branch", "b\u202e##x-by-a-branch")
    (start / FILE).write_text("A=b4f1d0c6b9e2f7a9\n")
    git(alice.top, "add", "--all", "--force")
    return alice, start


def acts(written: str) -> list[str]:
    """The lines that would do something where they are shown."""
    found = [text for text in written.split("\n") if text.lstrip().startswith("::")]
    found += re.findall(r".*##[A-Za-z]*\[.*", written)
    return found + [repr(text) for text in written.split("\n") if any(map(_steers, text))]


def _steers(character: str) -> bool:
    return character != "\t" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_no_command_sends_one(
    attacked: tuple[Clone, Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    alice, start = attacked
    assert alice.owner is not None
    monkeypatch.setenv("GITSEAL_IDENTITY", alice.owner.identity)
    monkeypatch.chdir(start)
    broken = {}
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        for words in COMMANDS:
            status = dispatch(words)
            written = "\n".join(capfd.readouterr())
            assert status != 3, (words, written)
            if found := acts(written):
                broken[" ".join(words)] = found
    assert broken == {}


def test_a_workflow_command_for_github_is_ours_alone(
    attacked: tuple[Clone, Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(attacked[1])
    dispatch(["scan", "--staged", "--format", "github"])
    ours = re.compile(r"::(error|warning|notice) file=[^\n]*::[^\n]*")
    assert [text for text in capfd.readouterr().out.splitlines() if not ours.fullmatch(text)] == []


@pytest.mark.parametrize(
    "text", [EVIL, "::x", "   ::x", "a::x", "##[x]", "##vso[x]", "####[x]", "\udcff", "\x85", "\u2028", "\ufeff"]
)
def test_the_escapers_leave_nothing_that_acts(text: str) -> None:
    assert acts(line(text)) == []
    assert not any(map(_steers, printable(text)))
    written = json_text({"a": text, text: [text]})
    assert acts(written) == []
    assert json.loads(written) == {"a": text, text: [text]}
