r"""`node-env-file`: a file for `node --env-file`.

Any of three quotes, each up to the next of its kind, no escapes but `\n` between double quotes; carriage returns are taken
out of the whole file before it is read (src/node_dotenv.cc).
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
    """The text in the first form that carries it. Raises CannotCarry where none does."""
    if "\r" in text:
        raise CannotCarry("a carriage return, which node takes out of the whole file")
    for quote in _QUOTES:
        if quote not in text and not (quote == '"' and "\\n" in text):
            return f"{quote}{text}{quote}"
    # Something stands in it, or it would have fitted into quotes.
    if text.startswith(_QUOTES) or "\n" in text or "#" in text or text != text.strip(" \t"):
        raise CannotCarry("all three kinds of quotes, besides one at its start, a line feed, # or a blank at its end")
    return text
