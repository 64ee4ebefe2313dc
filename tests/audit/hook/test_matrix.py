"""matrix.txt: what the hooks stop and let through, by real commits, merges and pushes with the real program."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.slow import slow_but
from tests.templates import Templates

MATRIX = Path(__file__).with_name("matrix.txt")

# `blocked` shows what gitseal said only where the case fails, so that a test's log holds no finding of a passing case.
PRELUDE = r"""
set -euo pipefail
said=
head_now() { git -c safe.directory='*' rev-parse -q --verify HEAD || echo none; }
fail() { printf 'FAILED: %s\n%s\n' "$*" "$said" >&2; exit 1; }
leak() { printf 'DB_PASSWORD=%s%s\n' "$SECRET" "$RANDOM" >"$1"; }
clean() { printf '# nothing but words %s\n' "$RANDOM" >"$1"; }
blocked() {
    local before; before=$(head_now)
    if said=$("$@" 2>&1); then fail "passed: $*"; fi
    [[ $said == *gitseal* ]] || fail "stopped, but not by gitseal: $*"
    [[ $said != *"this is a bug"* ]] || fail "a bug: $*"
    [[ $said != *"$SECRET"* ]] || fail "the secret was shown: $*"
    [[ $(head_now) == "$before" ]] || fail "HEAD has moved: $*"
}
passes() { said=$("$@" 2>&1) || fail "blocked: $*"; }
found() { [[ $said == *"$2"*": $1: "* ]] || fail "no finding $1 of $2"; }
armed() {
    if [[ $(git -C "$1" rev-parse --is-bare-repository) == true ]]; then
        gitseal -C "$1" hook install --server >/dev/null 2>&1
    else
        gitseal -C "$1" hook install >/dev/null 2>&1
    fi
}
needs() { "$@" >/dev/null 2>&1 || exit 77; }
owned-by-another() { [[ $(id -u) == 0 ]] && chown -R 12345 . ; }
seal() {
    [[ -d .secrets ]] || gitseal init -e "$1" --as test >/dev/null 2>&1
    printf '%s' "$3" | gitseal set -e "$1" "$2" >/dev/null 2>&1
}
"""
START = """
git init -q . && echo readme >readme && git add . && git commit -q -m first
gitseal hook install >/dev/null 2>&1
"""
_SKIPPED = 77


def cases() -> dict[str, str]:
    """The scripts of matrix.txt by their names."""
    _, *parts = MATRIX.read_text().split("\n== ")
    found = dict(part.split("\n", 1) for part in parts)
    assert len(found) == len(parts), "two cases have one name"
    return found


CASES = cases()
# Besides a large file: cases that have another beside them which keeps the same kind of promise, and stays in `make test`.
SLOW = {
    "a 100 MB file", "a comment that holds an assignment", "a conflict marker in a sealed file",
    "a key in a message that an editor wrote, in its comments, and below the scissors", "a key in the message of a merge",
    "a link with an env file's name, at what Git does not track", "attributes that change sealed files", "broken policy",
    "cherry-pick, revert, rebase and stash go by the commit hook, and not by the push", "commit --include and --only",
    "merge with a conflict, concluded by commit", "mode change", "no identity, sealed files",
    "relative core.hooksPath, in a linked worktree that has it not", "sparse checkout", "submodule",
    "pre-receive: a leak that a later commit takes out again", "commit --amend of a leak that took another way in, then pushed",
    "a local file that is forced in", "a team's value, encoded",
    "a team's value in a message, in names of files, branches and tags, in a tag and in a note",
    "allowed, and changed afterwards",
    "broken policy, and something else is committed", "pre-receive: a sealed change that nobody signed",
    "pre-receive: a sealed change where nobody may be asked", "the policy's own list",
    "what is pushed is named with blanks, and what it becomes with others",
    "pre-receive: messages, tags and blobs", "pre-receive: a branch that goes, and a tag", "commit -- path",
    "push of a new branch with nothing new", "what a compose file names", "stash and pop", "sparse index",
    "a file turned symlink", "a link with an env file's name, at a file of another name", "copy of a committed file",
    "a key in a message, in a linked worktree and from below the top", "rename with edit", "core.quotePath, either way",
    "merge of what a remote has already", "git am",
}  # fmt: skip


@pytest.mark.parametrize("name", slow_but(CASES.keys() - SLOW, list(CASES)))
def test_case(name: str, tmp_path: Path, templates: Templates) -> None:
    top = tmp_path / "repo"
    templates.copy("armed", top, lambda folder: subprocess.run(["bash", "-e", "-c", START], cwd=folder, check=True))
    environ = {**os.environ, "SECRET": "x9" + secrets.token_urlsafe(18)}
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", PRELUDE + CASES[name]],
        cwd=top,
        env=environ,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    if done.returncode == _SKIPPED:
        pytest.skip(f"this Git or machine does not know: {name}")
    assert done.returncode == 0, done.stdout + done.stderr
