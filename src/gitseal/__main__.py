"""`python -m gitseal`: the program, where its folder is not on PATH."""

from gitseal.cli import run

run()
