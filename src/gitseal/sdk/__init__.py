"""The Python API: `gitseal.load`, `gitseal.secret`, and a source for pydantic-settings (docs/reference/sdk.md).

It is for programs what the command line is for people. So it reads the environment, the working directory and the home, all
of them in `outside.py`; besides `cli` nothing else does. It never prompts: only the function that the caller gives to `load`
asks for a passphrase. Values stay hidden until somebody calls `reveal()`.
"""
