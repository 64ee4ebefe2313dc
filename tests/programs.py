"""Real programs, started as tests start them: in a folder, with what stands in the environment and a little more."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# Ours, beside the Python that runs the tests, whatever PATH has.
GITSEAL = str(Path(sys.executable).parent / "gitseal")
# Nothing that a test starts takes a hundredth of it; a program that waits for somebody fails the test instead of hanging.
_LIMIT = 300


def run(
    *command: str | Path, cwd: Path, stdin: str | bytes = b"", environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Whatever came of it: status, standard output and standard error, whose bytes that are no UTF-8 become surrogates."""
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        check=False,
        timeout=_LIMIT,
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
