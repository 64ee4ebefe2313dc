"""Dockerfiles: build arguments without a default, build secrets, and what the command takes in when the container starts.

What RUN takes in is left alone: no variable reaches it from outside but by ARG and by secrets.
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
    """Variables that `docker build` and the started container take from outside."""
    uses: list[Use] = []
    given: set[str] = set()
    defaulted: set[str] = set()
    for word, rest, line in _instructions(content.decode("utf-8", "replace").splitlines()):
        if word == "ARG":
            for name, assigned in _arguments(rest):
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
    """The instructions, each with its continuation lines; comments and here-documents are left out."""
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
        found = _INSTRUCTION.fullmatch(" ".join(parts))
        parts = []
        if found:
            yield _Instruction(found[1].upper(), found[2], start)
            here = _HEREDOC.search(found[2]) if found[1].upper() in {"RUN", "COPY", "ADD"} else None
            end = here[1] if here else ""


def _arguments(rest: str) -> Iterator[tuple[str, bool]]:
    for each in re.findall(r"""(?:[^\s"']|"[^"]*+"|'[^']*+')++""", rest):
        found = _NAME.match(each)
        if found:
            yield found[1], bool(found[2])


def _variables(rest: str) -> Iterator[str]:
    """`ENV A=1 B=2`, or the old `ENV A 1`."""
    first = _NAME.match(rest)
    if first and not first[2]:
        yield first[1]
        return
    for name, assigned in _arguments(rest):
        if assigned:
            yield name


def _secrets(rest: str) -> Iterator[tuple[str, bool]]:
    """Build secrets named like a variable: `--mount=type=secret,id=NAME`, and whether the build stops without it."""
    for mount in _SECRET.findall(rest):
        fields = dict(field.partition("=")[::2] for field in mount.split(","))
        name = fields.get("id", "")
        if re.fullmatch(r"[A-Z_][A-Z0-9_]*+", name):
            yield name, "required" in fields and fields["required"] != "false"
