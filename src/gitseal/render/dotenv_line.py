"""`dotenv-line`: `dotenv` for readers that take each line by itself: django-environ, decouple, honcho, foreman, dotenv of Ruby 2.

They cut a value at its first line end, and take its next line for a variable of its own if that looks like one. None of them
agrees with another on how to write a line end between quotes, so a value that has one is refused.
"""

from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry
from gitseal.render.dotenv import record as dotenv_record

SECTIONS = False


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME='value'` line for each entry. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    """One line. Raises CannotCarry for a value with a line end, and as `dotenv.record` does."""
    # honcho and django-environ split lines as Python does: also at a form feed, a next line and others of Unicode.
    if len(text.splitlines()) > 1 or text.splitlines(keepends=True) != text.splitlines():
        raise CannotCarry("a line end, where this reader cuts the value")
    if "\\n" in text:
        raise CannotCarry("a literal \\n, which honcho turns into a line end in all quotes")
    if len(text) > 1 and text[0] == text[-1] == '"':
        raise CannotCarry("double quotes at both ends, which django-environ takes away besides ours")
    return dotenv_record(name, text)
