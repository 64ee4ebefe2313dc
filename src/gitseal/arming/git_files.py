"""The lines of `.gitattributes` and `.gitignore` that a `.secrets` needs beside it. They are the only tracked files here."""

import os
from pathlib import Path

from gitseal.files import atomic
from gitseal.files.reading import read_regular

_ATTRIBUTES = """\
.secrets/*.yaml diff=gitseal merge=gitseal
.secrets/policy.yaml !diff merge=gitseal
.secrets/manifest.yaml !diff merge=gitseal
.secrets/allow.yaml !diff merge=union
.secrets/*.local.yaml !diff !merge
"""
_IGNORED = """\
.env
.env.*
!.env.example
!.env.sample
!.env.template
.secrets/*.local.yaml
"""
FILES = {".gitattributes": _ATTRIBUTES, ".gitignore": _IGNORED}
"""The lines of each file, by its name."""


def write(root: Path) -> list[str]:
    """Adds what is missing beside the `.secrets` below `root`; gives the names of the files that changed."""
    return [name for name, lines in FILES.items() if add_lines(root / name, lines)]


def add_lines(path: Path, wanted: str) -> bool:
    """Appends the lines that a file does not have yet; its own lines stay as they are."""
    # As bytes: Git asks for no encoding in these files.
    before = read_regular(path) if os.path.lexists(path) else b""
    after = _with_lines(before, wanted)
    if after == before:
        return False
    atomic.write(path, after)
    return True


def is_written(before: bytes, after: bytes, name: str) -> bool:
    """True if `write` makes the one content of this file of the other, and nobody has changed anything else in it."""
    return after == _with_lines(before, FILES[name])


def _with_lines(before: bytes, wanted: str) -> bytes:
    missing = [line for line in wanted.encode().splitlines() if line not in before.splitlines()]
    separator = b"" if not before or before.endswith(b"\n") else b"\n"
    return before + separator + b"\n".join(missing) + b"\n" if missing else before
