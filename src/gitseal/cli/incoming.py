"""A value that comes in by standard input or is typed at the terminal."""

import sys

from gitseal.cli import terminal
from gitseal.cli.talk import say
from gitseal.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Byte order marks.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def incoming(name: str, environments: "Sequence[str]", way_out: str, *, asks_twice: bool = False) -> tuple[bytes, bool]:
    """The bytes of a value, and True if somebody typed them; else standard input has them.

    Raises Error, with `way_out` in its hint, if standard input was closed; and as `terminal.ask_value` does.
    """
    if sys.stdin is None:  # what Python makes of a closed one
        raise Error(f'there is no standard input to take "{name}" from', f"leave it open, or: {way_out}")
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(), False
    return terminal.ask_value(name, environments, confirm=asks_twice).reveal(), True


def as_it_came(name: str, content: bytes, *, is_text: bool, trims: bool) -> bytes:
    """A value from standard input or a file, and a word about the line end that programs such as echo write after it."""
    if is_text and content.startswith(_UTF_16):
        raise Error(f'the value of "{name}" is UTF-16, and text is UTF-8', "convert it first: iconv -f UTF-16 -t UTF-8")
    trimmed = content.removesuffix(b"\n").removesuffix(b"\r") if content.endswith(b"\n") else content
    if not trims and is_text and trimmed != content and b"\n" not in trimmed:
        say(f"gitseal: the line end after the value of {name} is part of it; to leave it out, add: --trim")
    return trimmed if trims else content
