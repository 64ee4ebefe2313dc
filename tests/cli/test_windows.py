"""On Windows there is a sentence instead of a traceback; nothing more can be tried here."""

import sys

from tests import programs
from tests.conftest import TOP


def test_windows_is_told_what_serves_there() -> None:
    done = programs.run(
        sys.executable, "-c", "import sys\nsys.platform = 'win32'\nfrom gitseal.cli import run\nrun()", cwd=TOP
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gitseal: this is Windows, which gitseal cannot run on\n  use it in WSL")
