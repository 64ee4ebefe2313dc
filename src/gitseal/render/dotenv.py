"""`dotenv`: one file that all readers that take quotes away read alike: shells, systemd, python-dotenv, node, compose.

These readers agree on little, so the dialect is what they share: single quotes around a value in which none of them
finds anything to do, else double quotes around an even plainer one, else a refusal. `docker run --env-file` and
`$GITHUB_ENV` never take quotes away and are dialects of their own. Tried against the readers in
tests/render/test_readers.py.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import assignments
from gitseal.render._shape import CannotCarry, Entry, Options

SECTIONS = False

_NOT_IN_SINGLE = re.compile(r"['\r]|\\\\|\\\Z|\$\{|\n\n\Z")
# systemd (`unichar_is_valid`) drops a whole file for one of these.
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)
_NOT_IN_DOUBLE = re.compile(r'[$`\\"\r\n]')

# What keeps a value out of single quotes, with the readers that would get it wrong, the most telling first.
_REASONS = (
    ("\r", "a carriage return, which python-dotenv, node and others turn into a line feed or drop"),
    ("${", "${, which python-dotenv expands even in single quotes"),
    ("'", 'a single quote besides one of $ ` \\ " or a line feed: no kind of quotes carries both everywhere'),
    ("\\\\", "two backslashes in a row, of which python-dotenv drops one"),
)


def render(entries: Sequence[Entry], _options: Options) -> bytes:
    """One `NAME='value'` line for each entry. Raises as `_env.records` does."""
    return assignments(entries, encode)


def encode(text: str) -> str:
    """The text in quotes that all the readers take away again. Raises CannotCarry where there are none."""
    if not text.isascii() and _NONCHARACTER.search(text):
        raise CannotCarry("a Unicode noncharacter, for which systemd drops the whole file")
    if _NOT_IN_SINGLE.search(text) is None:
        return f"'{text}'"
    if _NOT_IN_DOUBLE.search(text) is None:
        return f'"{text}"'
    raise CannotCarry(_reason(text))


def _reason(text: str) -> str:
    for sign, reason in _REASONS:
        if sign in text:
            return reason
    if text.endswith("\\"):
        return "a backslash at its end, which hides the closing quote from python-dotenv"
    return "more than one line feed at its end, which not every reader keeps"
