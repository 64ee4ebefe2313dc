"""Dockerfiles: build arguments without a default, build secrets, and variables that the command uses at the start.

The variables that RUN uses do not count: they come from outside only by ARG and by secrets, and those are read.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gitseal.code import _interpolation
from gitseal.code.uses import Reading, Use

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*+)(=?)")
_SECRET = re.compile(r"--mount=(?=\S*type=secret)(\S+)")
_HEREDOC = re.compile(r"""<<-?["']?([A-Za-z_][A-Za-z0-9_]*+)["']?""")
_STARTS = {"CMD", "ENTRYPOINT"}


class _Instruction(NamedTuple):
    word: str
    rest: str
    line: int


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that `docker build` and the started container take from outside."""
    uses: list[Use] = []
    given: set[str] = set()
    defaulted: set[str] = set()
    for word, rest, line in _instructions(content.decode("utf-8", "replace").splitlines()):
        if word == "ARG":
            for name, assigned in _arguments(rest):
                # `ARG X` in a later stage brings the X with its default back from before the first FROM.
                uses.append(Use(name, line, assigned or name in defaulted))
                defaulted |= {name} if assigned else set()
        elif word == "ENV":
            given |= set(_variables(rest))
        elif word == "RUN":
            uses += [Use(name, line, not is_required) for name, is_required in _secrets(rest)]
        elif word in _STARTS:
            taken = _interpolation.names(rest, doubled=False)
            uses += [Use(name, line, has_default) for name, has_default in taken if name not in given]
    return Reading(tuple(uses))


def _instructions(lines: list[str]) -> Iterator[_Instruction]:
    """Yield the instructions, each with its continuation lines joined, without comments and here-documents."""
    end = ""
    parts: list[str] = []
    start = 0
    for number, line in enumerate(lines, 1):
        if end:
            end = "" if line.strip() == end else end
            continue
        if line.lstrip().startswith("#") or (parts and not line.strip()):
            continue
        start = start if parts else number
        stripped = line.rstrip()
        parts.append(stripped.removesuffix("\\"))
        if stripped.endswith("\\"):
            continue
        instruction = _INSTRUCTION.fullmatch(" ".join(parts))
        parts = []
        if instruction:
            word, rest = instruction[1].upper(), instruction[2]
            yield _Instruction(word, rest, start)
            here = _HEREDOC.search(rest) if word in {"RUN", "COPY", "ADD"} else None
            end = here[1] if here else ""


def _arguments(rest: str) -> Iterator[tuple[str, bool]]:
    """Yield each name of `A B=1 C="x y"`, and whether it gets a value."""
    for word in re.findall(r"""(?:[^\s"']|"[^"]*+"|'[^']*+')++""", rest):
        name = _NAME.match(word)
        if name:
            yield name[1], bool(name[2])


def _variables(rest: str) -> Iterator[str]:
    """Yield the names that ENV sets: `ENV A=1 B=2`, or the old form `ENV A 1`, which sets one."""
    first = _NAME.match(rest)
    if first and not first[2]:
        yield first[1]
        return
    for name, assigned in _arguments(rest):
        if assigned:
            yield name


def _secrets(rest: str) -> Iterator[tuple[str, bool]]:
    """Yield build secrets that are named like a variable, and whether the build stops without them.

    A secret is `--mount=type=secret,id=NAME`.
    """
    for mount in _SECRET.findall(rest):
        fields = dict(field.partition("=")[::2] for field in mount.split(","))
        name = fields.get("id", "")
        if re.fullmatch(r"[A-Z_][A-Z0-9_]*+", name):
            yield name, "required" in fields and fields["required"] != "false"
