"""Errors of commands: what the hint has is pasted, gitseal takes it, and no file and no value is lost or published by it."""

import re
from pathlib import Path

import pytest

from tests import programs
from tests.hints.test_commands_in_words import COMMAND, ENDS, is_command
from tests.world import World

# What a person did before, the command that is refused, and whether it goes through once the hint was followed.
CASES = [
    ("", "gitseal get -e production NOPE", False),
    ("", "gitseal get -e prodution A", False),
    ("", "gitseal get NOPE/x -e production", False),
    ("", "gitseal list -e nope", False),
    ("", "gitseal env add production", False),
    ("", "gitseal env remove production", False),
    ("", "gitseal env rename nope other", False),
    ("", "gitseal recipient remove nope", False),
    ("", "gitseal recipient add bob --group nope", False),
    ("", "gitseal rename -e production A B", False),
    ("", "gitseal unseal -e production A", False),
    ("", "gitseal plain A -e production", False),
    ("", "gitseal set -e production A/b=x", False),
    ("", "gitseal set -e production A=x --create-only", False),
    ("", "gitseal set -e production NEW=x --update-only", True),
    ("", "gitseal rekey --recover --name NOPE", False),
    ("", "gitseal explain NOPE -e production", False),
    ("", "gitseal deployed -e production nope", False),
    ("", "gitseal scan nope..HEAD", False),
    ("", "gitseal scan nope", False),
    ("", "gitseal review nope..HEAD", False),
    ("", "gitseal verify nope..HEAD", False),
    ("", "gitseal log --since nonsense", False),
    ("", "gitseal decrypt", False),
    ("echo A=x >'a b.env'; git add -f 'a b.env'", "gitseal render -e production --format dotenv -o 'a b.env'", False),
    ("mkdir 'a b'", "gitseal render -e production --format dotenv -o 'a b/x[1].env'", True),
    ("echo x >'a b$c'", "gitseal render -e production --format dotenv -o 'a b$c' --check", False),
    ("ln -s x link", "gitseal render -e production --format dotenv -o link", False),
]


def advised(stderr: str) -> list[str]:
    """The commands of the lines that are indented below an error."""
    told = [line.strip() for line in stderr.splitlines() if line.startswith("  ")]
    # That one gives a yes, which only a person can.
    lines = "\n".join(
        line for line in told if not re.match("if (you mean|that is right|it is no secret|you know)", line)
    )
    found = (re.sub(r", (?:then|or)\b.*", "", match[1]) for match in COMMAND.finditer(lines))
    return [line for line in found if is_command(line)]


def kept(top: Path) -> set[str]:
    """The files on disk outside of Git's own folder, by what they hold."""
    return {
        path.read_text() for path in top.rglob("*") if not {".git", ".gitignore"} & {*path.parts} and path.is_file()
    }


@pytest.mark.slow  # the law over every command in the code keeps the same kind of promise
@pytest.mark.parametrize(("before", "refused", "is_mended"), CASES, ids=[f"{b} {c}".strip() for b, c, _ in CASES])
def test_what_an_error_advises_is_taken_and_harms_nothing(
    world: World,
    before: str,
    refused: str,
    is_mended: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    (world.top / ".env").write_text("TOKEN=hush-4f1d0c6b\n")
    programs.run("sh", "-c", before, cwd=world.top)
    first = programs.run("sh", "-c", refused, cwd=world.top)
    assert first.returncode in {1, 2}, first.stdout + first.stderr
    files, tracked = kept(world.top), tracked_files(world.top)
    for line in advised(first.stderr):
        done = programs.run("sh", "-c", line, cwd=world.top)
        assert done.returncode not in {2, 3, 126, 127}, f"{line}\n{done.stderr}"
        assert "hush" not in done.stdout + done.stderr or line.startswith("gitseal get")
    added = tracked_files(world.top) - tracked
    assert added <= {".secrets/other.yaml", "app.py"}
    assert not {content for content in files if "gitseal:" not in content} - kept(world.top)
    assert (world.top / ".env").exists()
    if is_mended:
        again = programs.run("sh", "-c", refused, cwd=world.top)
        assert again.returncode == 0, again.stderr


def tracked_files(top: Path) -> set[str]:
    return set(programs.git(top, "ls-files", "-z").split("\0")) - {""}


def test_the_table_has_hints_to_follow() -> None:
    assert advised("gitseal: x\n  see them with: gitseal env list\n") == ["gitseal env list"]
    assert ENDS.sub("", "git add x, then go on") == "git add x"
