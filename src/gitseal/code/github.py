"""GitHub workflows: `secrets.NAME` and `vars.NAME` in expressions. Their values lie in GitHub's own store."""

import re
from collections.abc import Iterator

from gitseal.code.uses import NameSource, Reading, Use

# An expression; `if:` is one without the braces (GitHub's "Evaluate expressions in workflows and actions").
_CONDITION = re.compile(r"\s*+(?:-\s++)?if:(.*)")
_NAME = re.compile(
    r"""(?<![\w.-])(secrets|vars)(?:\.([A-Za-z_][A-Za-z0-9_]*+)|\[\s*['"]([A-Za-z_][A-Za-z0-9_]*+)['"]\s*\])\s*(\|\||==|!=|&&)?"""
)
_KINDS = {"secrets": NameSource.GITHUB_SECRET, "vars": NameSource.GITHUB_VARIABLE}


def read(_path: str, content: bytes) -> Reading:
    """Read the names of GitHub's secrets and variables. A comparison, `||` and `&&` behind a name count as a default."""
    return Reading(tuple(_uses(content.decode("utf-8", "replace"))))


def _uses(text: str) -> Iterator[Use]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("#"):
            continue
        for expression in _expressions(line) if "secrets" in line or "vars" in line else ():
            for match in _NAME.finditer(expression):
                yield Use(match[2] or match[3], number, match[4] is not None, _KINDS[match[1]])


def _expressions(line: str) -> Iterator[str]:
    condition = _CONDITION.fullmatch(line)
    if condition:
        yield condition[1]
        return
    start = line.find("${{")
    end = line.find("}}", start)
    while start >= 0 and end >= 0:
        yield line[start:end]
        start = line.find("${{", end)
        end = line.find("}}", start)
