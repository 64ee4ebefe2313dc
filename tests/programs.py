"""Real programs, started as tests start them: in a folder, with what stands in the environment and a little more."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests import standing_by
from tests.standing_by import GITSEAL as GITSEAL  # noqa: PLC0414 - it is one of these programs

# Nothing that a test starts takes a hundredth of it; a program that waits for somebody fails the test instead of hanging.
_LIMIT = 300


def run(
    *command: str | Path, cwd: Path, stdin: str | bytes = b"", environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Whatever came of it: status, standard output and standard error, whose bytes that are no UTF-8 become surrogates."""
    content = stdin.encode() if isinstance(stdin, str) else stdin
    whole = {**os.environ, **(environ or {})}
    if command[0] == GITSEAL:
        done = standing_by.run(GITSEAL, command[1:], cwd=cwd, environ=whole, timeout=_LIMIT, stdin=content)
    else:
        done = subprocess.run(
            command, cwd=cwd, input=content, env=whole, capture_output=True, check=False, timeout=_LIMIT
        )
    texts = (text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)


def git(
    top: Path,
    *arguments: str | Path,
    stdin: str | bytes = b"",
    environ: Mapping[str, str] | None = None,
    ok: tuple[int, ...] = (0,),
) -> str:
    """What Git printed. Any status that is not in `ok` fails the test, with what Git said."""
    done = run("git", *arguments, cwd=top, stdin=stdin, environ=environ)
    assert done.returncode in ok, f"git {arguments} gave {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout
