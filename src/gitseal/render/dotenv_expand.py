r"""`dotenv-expand`: a file for Vite, Next.js, Bun, and all else that expands `$NAME` in what npm's `dotenv` reads.

They expand between all quotes, and `\$` keeps them from it. Each brings a reader of its own for what stands between the
quotes, so a text takes quotes that it does not contain: what they read alike is less than what one of them reads.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._javascript import check_name
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

# What double quotes turn into something else, each reader by a list of its own.
_ESCAPE = re.compile(r"\\[a-z]")
# A text that needs no quotes, for whoever reads it: it may hold quotes, but not begin or end with one.
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=?&~^*-]([\x21\x22\x24-\x7e]*[A-Za-z0-9_./:@%+,=?&~^*\\-])?")
_QUOTES = ("'", '"', "`")


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME=value` for each entry, which may span lines. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    """One assignment. Raises CannotCarry for `__proto__`, and as `encode` does."""
    check_name(name)
    return f"{name}={encode(text)}\n"


def encode(text: str) -> str:
    """The text in the first quotes that carry it, else without. Raises CannotCarry if nothing does."""
    if "\\$" in text:
        raise CannotCarry("a backslash before a dollar sign, which dotenv-expand 11 takes away")
    if "\r" in text:
        raise CannotCarry("a carriage return, which becomes a line feed")
    body = text.replace("$", "\\$")
    # A backslash at the end would hide the closing quote.
    for quote in () if text.endswith("\\") else _QUOTES:
        if quote not in text and not (quote == '"' and _ESCAPE.search(text)):
            return f"{quote}{body}{quote}"
    if _BARE.fullmatch(text):
        return body
    if text.endswith("\\"):
        raise CannotCarry("a backslash at its end, which hides the closing quote, besides what only quotes carry")
    raise CannotCarry("all three kinds of quotes, besides what only quotes carry")
