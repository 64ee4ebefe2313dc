"""`python -m gitseal` is the program."""

import subprocess
import sys
from pathlib import Path

from tests.programs import run


def test_the_module_is_the_program(isolated: Path) -> None:
    def said(*words: str) -> tuple[int, bytes, bytes]:
        done = subprocess.run(words, cwd=isolated, check=False, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    for words in (["--version"], ["--help"], ["get", "A"], ["keygen", "--nothing"], ["schema", "policy"]):
        assert said(sys.executable, "-m", "gitseal", *words) == said("gitseal", *words)


def test_no_module_of_the_working_directory_runs(tmp_path: Path) -> None:
    for name in ("click", "cryptography", "datetime", "subprocess", "shutil"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    run(sys.executable, "-m", "gitseal", "whoami", cwd=tmp_path)
    assert not (tmp_path / "ran").exists()
