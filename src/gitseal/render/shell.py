"""`shell`: assignments for bash, dash and zsh, to be sourced or evaluated, and exported if asked for."""

import re
from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._shape import Options, RenderedEntry
from gitseal.render.dotenv import shells_take

SECTIONS = False
OPTIONS = ("export",)

# Without `=`: zsh replaces `=ls` at the start of a value, or after a colon in it, by the path of the command.
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,-]+")


def render(entries: Sequence[RenderedEntry], options: Options) -> bytes:
    """One assignment for each entry, which may span lines. Raises as `_env.records` does."""
    prefix = "export " if options.export else ""
    return records(entries, lambda name, text: f"{prefix}{shells_take(name)}={encode(text)}\n")


def encode(text: str) -> str:
    """The text as one shell word: bare if no shell sees anything special in it, else in single quotes (POSIX, 2.2.2)."""
    if _BARE.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
