"""`python -m gitseal` is the program."""

import subprocess
import sys
from pathlib import Path


def test_the_module_is_the_program(isolated: Path) -> None:
    def said(*words: str) -> tuple[int, bytes, bytes]:
        done = subprocess.run(words, cwd=isolated, check=False, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    for words in (["--version"], ["--help"], ["get", "A"], ["keygen", "--nothing"], ["schema", "policy"]):
        assert said(sys.executable, "-m", "gitseal", *words) == said("gitseal", *words)
