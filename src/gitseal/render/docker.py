"""`docker`: a file for `docker run --env-file`, which takes each line literally.

It knows no quotes and no escapes, so a text of two lines has no form there (docker/cli, issue 3630).
"""

from collections.abc import Sequence

from gitseal.render._env import container_remarks, records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False
remarks = container_remarks

_LINE = 65_535  # bytes: bufio.Scanner takes 64 KiB with the line feed


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One line `NAME=value` for each entry, the value as it is. Raises as `_env.records` does."""
    return records(entries, record, container_names=True)


def record(name: str, text: str) -> str:
    """One line. Raises CannotCarry for a value that a line cannot hold."""
    if "\n" in text:
        raise CannotCarry("a line feed, which ends the value in a file without quotes")
    if text.endswith("\r"):
        raise CannotCarry("a carriage return at its end, which is taken for a part of the line's end")
    line = f"{name}={text}"
    # A character has at most 4 bytes, so a short text need not be encoded to know its length.
    if len(line) > _LINE // 4 and len(line.encode()) > _LINE:
        raise CannotCarry("more than the 64 KiB that docker reads of a line")
    return line + "\n"
