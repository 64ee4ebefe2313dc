"""Every command with --json writes JSON in which nothing steers a terminal, whatever the repository says."""

import json
import re
from pathlib import Path

import pytest

import gitseal.cli
from gitseal.cli.main import main
from gitseal.recipients import x25519
from gitseal.usecases.init import Starter, init
from tests.programs import git
from tests.world import World, keyring_of

# CSI as one byte, an override and an isolate of direction, a line separator, and what a workflow takes for a command.
ODD = "a\x9b31mred\u202eb\u2066c\u2028##[group]d"
COMMANDS = [
    ("access",),
    ("check",),
    ("diff", "HEAD:production", "production", "--all"),
    ("diff", "HEAD:production", "production", "--all", "--show-values"),
    ("doctor",),
    ("due",),
    ("env", "list"),
    ("explain", "-e", "production", "A"),
    ("hook", "status"),
    ("impact", "--person", "alice"),
    ("list", "--show-values"),
    ("log",),
    ("log", "--signatures"),
    ("offboard", "alice", "--report"),
    ("publish", "--dry-run", "--accept-target", "shop"),
    ("recipient", "list"),
    ("rekey", "--dry-run"),
    ("resolve", "--list"),
    ("review", "HEAD~..HEAD"),
    ("scan", "HEAD~..HEAD"),
    ("status",),
    ("verify", "HEAD~..HEAD"),
    ("whoami",),
]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    top = tmp_path / f"top{ODD}"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    made = x25519.generate()
    text = made.text.reveal().decode()
    for name, content in {
        "HOME": str(tmp_path),
        "GITSEAL_IDENTITY": text,
        "GIT_AUTHOR_NAME": ODD,
        "GIT_COMMITTER_NAME": ODD,
    }.items():
        monkeypatch.setenv(name, content)
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "a@example.com")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "a@example.com")
    monkeypatch.chdir(top)
    init(top, keyring_of(text), ("production",), Starter("alice", "", made.recipient))
    policy = top / ".secrets/policy.yaml"
    escaped = json.dumps(ODD)
    policy.write_text(policy.read_text().replace("  alice:\n", f"  alice:\n    email: {escaped}\n", 1))
    assert escaped in policy.read_text()
    with policy.open("a") as file:
        file.write('publish:\n  shop: {environments: [production], to: "exec:true"}\n')
    world = World(top, keyring_of(text))
    world.set(A=ODD)
    (top / ODD).write_text("A=1\n")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", ODD)
    world.set(A=f"{ODD}2", B="x")
    git(top, "commit", "-q", "-a", "-m", ODD)
    git(top, "config", "gitseal.trust", git(top, "branch", "--show-current").strip())
    return world


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_in_json_steers_a_terminal(
    world: World, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert world.top.is_dir()
    status = main([*command, "--json"])
    out, err = capsys.readouterr()
    assert status in {0, 1}, err
    assert not [line for line in (out + err).split("\n") if not line.isprintable() or "##[" in line]
    if out:
        json.loads(out)


def test_every_command_with_json_is_tried() -> None:
    folder = Path(gitseal.cli.__file__).parent
    option = re.compile(r'@json_option|"--json"')
    having = {
        path.stem.rstrip("_")
        for path in folder.glob("*.py")
        if option.search(path.read_text()) and path.stem != "options"
    }
    assert having == {command[0] for command in COMMANDS}
