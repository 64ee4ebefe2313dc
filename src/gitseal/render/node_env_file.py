r"""`node-env-file`: a file for `node --env-file`.

A value in one of three quotes ends at the next quote of its kind. There are no escapes but `\n` in double quotes. Node takes
carriage returns out of the whole file before it reads it (src/node_dotenv.cc).
"""

from collections.abc import Sequence

from gitseal.render._env import assignments
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

_QUOTES = ("'", '"', "`")


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME=value` for each entry, which may span lines. Raises as `_env.records` does."""
    return assignments(entries, encode)


def encode(text: str) -> str:
    """The text in the first form that carries it. Raises CannotCarry if none does."""
    if "\r" in text:
        raise CannotCarry("a carriage return, which node takes out of the whole file")
    for quote in _QUOTES:
        if quote not in text and not (quote == '"' and "\\n" in text):
            return f"{quote}{text}{quote}"
    # It is not empty, or quotes would have carried it. Bare, it must neither begin like a quoted one nor lose its ends.
    if text.startswith(_QUOTES) or "\n" in text or "#" in text or text != text.strip(" \t"):
        raise CannotCarry("all three kinds of quotes, besides one at its start, a line feed, # or a blank at its end")
    return text
