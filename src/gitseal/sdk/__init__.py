"""The Python API: `gitseal.load`, `gitseal.secret`, and a source for pydantic-settings (docs/reference/sdk.md).

Its caller is a program, as the command line's is a person. So beside `cli` this floor alone reads the environment, the
working directory and the home, all of them in `outside.py`. It never prompts: a passphrase is asked for only by the
function that the caller hands to `load`. What it hands out is hidden until it is asked for by `reveal()`.
"""
