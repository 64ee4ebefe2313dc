"""The command that has Git ignore a file, as somebody pastes it."""

import os
from pathlib import Path

from gitseal.errors import shell_quoted

# What gitignore(5) takes for a pattern, and the sign that takes its meaning away.
_SPECIAL = "\\*?["


def ignore_file(top: Path, where: Path) -> str:
    """Adds an absolute path below the repository's top, and no other, to its `.gitignore`."""
    path = where.relative_to(top).as_posix()
    literal = "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in path)
    return ignore_pattern(top, f"/{literal[:-1]}\\ " if literal.endswith(" ") else f"/{literal}")


def ignore_pattern(folder: Path, pattern: str) -> str:
    """Adds a pattern to the `.gitignore` of a folder, as a line of its own, wherever somebody stands."""
    ignored = folder / ".gitignore"
    named = ".gitignore" if os.path.realpath(folder) == os.getcwd() else str(ignored)
    # A shell's `echo` may take a backslash for more than one, and a last line without an end would swallow the new one.
    how = f"echo {shell_quoted(pattern)}"
    if not _ends_a_line(ignored):
        how = f"printf '\\n%s\\n' {shell_quoted(pattern)}"
    elif "\\" in pattern:
        how = f"printf '%s\\n' {shell_quoted(pattern)}"
    return f"{how} >> {shell_quoted(named)}"


def _ends_a_line(file: Path) -> bool:
    try:
        return file.read_bytes()[-1:] in {b"", b"\n"}
    except OSError:
        return True
