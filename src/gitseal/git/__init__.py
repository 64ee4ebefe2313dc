"""Git: small functions, each one command of the `git` binary with explicit flags and its reason.

Names and paths that come from a repository are never options: they follow `--` or go through standard input. A library
serves where it is better, in a file of its own that is imported only there.
"""
