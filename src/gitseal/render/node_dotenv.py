r"""`node-dotenv`: a file for npm's `dotenv`.

It knows no escapes but `\n` and `\r` in double quotes, so it depends on the text which quotes carry it, if any do.
"""

from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._javascript import bare, between, check_name, refusal
from gitseal.render._shape import Options, RenderedEntry

SECTIONS = False


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME=value` for each entry, which may span lines. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    """One assignment. Raises CannotCarry for `__proto__`, and as `encode` does."""
    check_name(name)
    return f"{name}={encode(text)}\n"


def encode(text: str) -> str:
    """The text in the first form that carries it. Raises CannotCarry if none does."""
    written = between("'", text) or _double(text) or between("`", text) or bare(text)
    if written is None:
        raise refusal(text)
    return written


def _double(text: str) -> str | None:
    # A backslash and an n that belong to the value would come back as a line feed, and nothing escapes a backslash.
    if "\\n" in text or "\\r" in text:
        return None
    return between('"', text.replace("\n", "\\n").replace("\r", "\\r"))
