"""Compose files: what is interpolated, and `environment:` and `args:` entries that pass a variable through.

`env_file` is not followed: it names files that `render` writes.
"""

import re
from collections.abc import Iterator

from gitseal.code import _interpolation
from gitseal.code.uses import Reading, Use

_BLOCK = re.compile(r"(\s*)(?:- )?(?:environment|args):\s*(?:&\S+\s*)?(?:#.*)?")
_PASSED = re.compile(
    r"""\s*(?:-\s+["']?([A-Za-z_][A-Za-z0-9_]*+)["']?|["']?([A-Za-z_][A-Za-z0-9_]*+)["']?:)\s*(?:\s#.*)?"""
)

_BUILD = re.compile(r"\s*build:\s*(?:&\S+\s*)?")
_FIELD = re.compile(r"""\s*(context|dockerfile):\s+["']?([^"'\s]+)["']?\s*""")
_ARGUMENT = re.compile(r"""\s*(?:-\s+["']?([A-Za-z_][A-Za-z0-9_]*+)=|["']?([A-Za-z_][A-Za-z0-9_]*+)["']?:\s+)\S.*""")


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that `docker compose` takes from its own environment, and what it gives to Dockerfiles."""
    lines = [_without_comment(line) for line in content.decode("utf-8", "replace").split("\n")]
    return Reading((*_interpolated(lines), *_passed_through(lines)), built=tuple(_built(lines)))


def _interpolated(lines: list[str]) -> Iterator[Use]:
    for number, line in enumerate(lines, 1):
        for name, has_default in _interpolation.names(line):
            yield Use(name, number, has_default)


def _passed_through(lines: list[str]) -> Iterator[Use]:
    """Yield entries without a value, which pass a variable through: `- NAME` and `NAME:`."""
    # The indentation of the `environment:` or `args:` that we are in. Lists may stand at the same one as their key.
    margin: int | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        indent = len(line) - len(line.lstrip())
        if margin is not None and (indent > margin or (indent == margin and text.startswith("- "))):
            entry = _PASSED.fullmatch(line)
            if entry:
                yield Use(entry[1] or entry[2], number)
            continue
        margin = indent if _BLOCK.fullmatch(line) else None


def _built(lines: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the Dockerfiles of `build:` blocks, each with the build arguments that get a value there."""
    margin: int | None = None
    fields: dict[str, str] = {}
    given: set[str] = set()
    for line in [*lines, "end:"]:  # one more line at the margin, to end the last block
        indent = len(line) - len(line.lstrip())
        if not line.strip() or (margin is not None and indent > margin):
            field = _FIELD.fullmatch(line)
            argument = _ARGUMENT.fullmatch(line)
            if field:
                fields[field[1]] = field[2]
            elif argument:
                given.add(argument[1] or argument[2])
            continue
        if given:
            yield f"{fields.get('context', '.')}/{fields.get('dockerfile', 'Dockerfile')}", frozenset(given)
        fields, given = {}, set()
        margin = indent if _BUILD.fullmatch(line) else None


def _without_comment(line: str) -> str:
    """The line up to a comment: a `#` at its beginning or after a blank, outside of quotes."""
    if "#" not in line:
        return line
    quote = ""
    for at, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#" and (at == 0 or line[at - 1].isspace()):
            return line[:at]
    return line
