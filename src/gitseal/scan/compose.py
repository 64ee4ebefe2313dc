"""The env files that a compose file names, by its lines: the hook reads no YAML on its way."""

import posixpath
import re
from collections.abc import Iterator

_NAME = re.compile(rb"(?:docker-)?compose[^/]*\.ya?ml", re.IGNORECASE)
# Lines come without blanks at their ends: an expression that left these out itself would take the square of their number.
# Texts, which `re` compiles when a compose file is met: most commits have none.
# `env_file: x`, `env_file: [x, y]`, or `env_file:` with `- x`, `- path: x` or `path: x` below it (compose-spec, env_file).
_ENV_FILE = rb"(\s*(?:- )?)env_file\s*:\s*(.*)"
_ITEM = rb"\s*(?:-\s+)?(?:path\s*:\s*)?(.*)"
_COMMENT = rb"(?:^|\s)#.*"


def is_compose(path: bytes) -> bool:
    """True if a path has the name of a compose file."""
    return _NAME.fullmatch(path.rpartition(b"/")[2]) is not None


def env_files(path: bytes, content: bytes) -> Iterator[bytes]:
    """The paths that a compose file at `path` names as env files, relative to the repository's top.

    What leads out of the repository or holds a variable is left out.
    """
    folder = path.rpartition(b"/")[0]
    for named in _named(content.splitlines()):
        name = named.strip(b"\"'")
        target = posixpath.normpath(posixpath.join(folder, name))
        if name and b"$" not in name and not target.startswith((b"../", b"/")) and target not in {b".", b".."}:
            yield target


def _named(lines: list[bytes]) -> Iterator[bytes]:
    margin: int | None = None
    for raw in lines:
        line = re.sub(_COMMENT, b"", raw).rstrip()
        if not line:
            continue
        indent = len(line) - len(line.lstrip())
        if margin is not None and (indent > margin or (indent == margin and line.lstrip().startswith(b"- "))):
            match = re.fullmatch(_ITEM, line)
            if match and not re.match(rb"(?:required|format)\s*:", match[1]):
                yield match[1]
            continue
        margin = None
        begun = re.fullmatch(_ENV_FILE, line)
        if begun and not begun[2]:
            margin = len(begun[1])
        elif begun:
            yield from (item.strip() for item in begun[2].strip(b"[]").split(b","))
