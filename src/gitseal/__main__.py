"""`python -m gitseal`: the program, where its folder is not on PATH."""

import os
import sys

# `-m` puts the working directory first, and a repository may have a file yaml.py.
if sys.path[0] in {"", os.getcwd()}:  # noqa: PTH109 - pathlib would be looked for there as well
    del sys.path[0]

from gitseal.cli import run

run()
