"""`powershell`: `$env:` assignments, to be dot-sourced.

The output is ASCII, with one line for each name. Windows PowerShell reads a file without a byte order mark in the old code
page, and a pipe cuts at line ends; like this, both work. Texts of printable ASCII stand in single quotes. Others stand in
double quotes, with the escapes that every version since 5 knows, and `[char]` for the rest. That covers typographic quotes,
which PowerShell takes for quotes.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

_PRINTABLE = re.compile(r"[ -~]*")
_SPECIAL = re.compile(r'[^ -~]|[`"$]')
_ESCAPES = {"`": "``", '"': '`"', "$": "`$", "\n": "`n", "\r": "`r", "\t": "`t"}


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One line for each entry. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    """One assignment. Raises CannotCarry for the empty text."""
    if not text:
        raise CannotCarry("no text at all, by which PowerShell before 7.5 unsets a variable")
    return f"$env:{name} = {encode(text)}\n"


def encode(text: str) -> str:
    """The text as one string of PowerShell (about_Quoting_Rules)."""
    if _PRINTABLE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    units = sign.encode("utf-16-be").hex()  # a [char] is a unit of UTF-16
    return _ESCAPES.get(sign) or "".join(f"$([char]0x{units[at : at + 4]})" for at in range(0, len(units), 4))
