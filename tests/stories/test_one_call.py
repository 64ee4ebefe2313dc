"""A line that goes without a shell means what a shell would make of it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from gitseal.cli.main import main
from tests import standing_by
from tests.stories.one_call import one_call

ENVIRON = {"TOP": "/top", "WORK": "/work", "HOME": "/home", "TESTS": "/tests", "PATH": "/usr/bin:/bin", "NAME": "a b"}
SHOW = (
    """gitseal() { python3 -c 'import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get("A")]))' "$@"; }"""
)


@pytest.mark.parametrize(
    "line",
    [
        "gitseal",
        "gitseal  get -e production A ",
        "gitseal set A=hush-a B='x;  $y | \"' 'C=d'\"e f\"g",
        "gitseal set '' \"\" A=",
        "A=1 gitseal -C $WORK/sub get A=2",
        "A='b c' gitseal get",
        "A=$TOP/x gitseal get é --only=a,b:c%d+@^",
        "gitseal review HEAD~2..main~",
        "gitseal add $(cat keys) --x $(cat $WORK/keys)",
    ],
)
def test_the_words_are_those_of_a_shell(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys").write_text("age1abc ssh-ed25519\nAAAA+/=\n")
    monkeypatch.setitem(ENVIRON, "WORK", str(tmp_path))
    call = one_call(line, ENVIRON, tmp_path)
    shown = subprocess.run(
        ["bash", "-c", f"{SHOW}\n{line}"], env=ENVIRON | {"LC_ALL": "C.UTF-8"}, check=True, capture_output=True
    )

    assert call is not None
    assert [call.words, call.environ.get("A")] == json.loads(shown.stdout)


@pytest.mark.parametrize(
    "line",
    [
        "gitseal get A | cat", "gitseal get A > f 2>&1",
        "gitseal get A >> f", "gitseal get A > /dev/full", "gitseal get 'a > b'", "gitseal get $(cat none)",
        "gitseal get A > a b", "gitseal get A 2>&1", "gitseal get A; true", "gitseal get A && true",
        "gitseal get A &", "gitseal get $(cat f)", "gitseal get `cat f`", "gitseal get $NAME", 'gitseal get "$TOP"',
        "gitseal get $TOPS", "gitseal get *", "gitseal get a?", "gitseal get [ab]", "gitseal get {a,b}", "gitseal get ~",
        "gitseal get \\a", "gitseal get # all", "gitseal get 'a", 'gitseal get "a', "git commit", "A=1", "", "tty gitseal",
    ],
)  # fmt: skip
def test_what_only_a_shell_can_tell_is_left_to_it(line: str) -> None:
    assert one_call(line, ENVIRON) is None


def test_the_file_that_takes_the_output_is_told_apart() -> None:
    call = one_call("gitseal get A > $WORK/value", ENVIRON)

    assert call is not None
    assert (call.words, call.output) == (["get", "A"], "/work/value")


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["get", "NOWHERE"],
        ["no-such-command"],
        ["run", "--", "sh", "-c", "pwd; env | sort; ls /proc/self/fd; kill -9 $$"],
    ],
    ids=lambda words: words[0],
)
def test_what_stands_by_does_what_a_new_process_does(words: list[str], repo: Path) -> None:
    """In status, streams, folder, environment and open files."""
    main(["init", "-e", "production", "--as", "alice"])
    environ = dict(os.environ) | {"OF_THE_STORY": "1"}
    ready = standing_by.run("gitseal", words, cwd=repo, environ=environ, timeout=60)
    new = subprocess.run(
        ["gitseal", *words], cwd=repo, env=environ, check=False, capture_output=True, stdin=subprocess.DEVNULL
    )

    assert (ready.returncode, ready.stdout, ready.stderr) == (new.returncode, new.stdout, new.stderr)


def test_another_gitseal_on_path_is_the_one_that_runs(tmp_path: Path) -> None:
    (tmp_path / "gitseal").write_text("#!/bin/sh\necho other\n")
    (tmp_path / "gitseal").chmod(0o755)
    environ = dict(os.environ) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    assert standing_by.run("gitseal", ["--version"], cwd=tmp_path, environ=environ, timeout=60).stdout == b"other\n"


def test_a_command_that_does_not_end_is_ended(repo: Path) -> None:
    main(["init", "-e", "production", "--as", "alice"])
    words = ["run", "--", "sleep", "60"]

    with pytest.raises(subprocess.TimeoutExpired):
        standing_by.run("gitseal", words, cwd=repo, environ=os.environ, timeout=0.5)

    assert standing_by.run("gitseal", ["--version"], cwd=repo, environ=os.environ, timeout=60).returncode == 0
