r"""`python-dotenv`: a file for the Python library of that name, which expands `${...}` everywhere unless told not to.

It knows no escape for a dollar sign (theskumar/python-dotenv, issue 422). But the variable without a name is never set,
so `${:-$}` is its default, a dollar sign that nothing looks at again, and `${:-}` is nothing: it stands between a
backslash and the closing quote, which versions before 1.2 took for `\"`. With `interpolate` off, for
`load_dotenv(interpolate=False)`, texts stand as they are.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import assignments
from gitseal.render._shape import Options, RenderedEntry

SECTIONS = False
OPTIONS = ("interpolate",)

_SPECIAL = re.compile(r'[\\"\r]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\r": "\\r"}
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,\\-]+")


def render(entries: Sequence[RenderedEntry], options: Options) -> bytes:
    """One `NAME="value"` for each entry, which may span lines. Raises as `_env.records` does."""
    return assignments(entries, encode if options.interpolate else literal)


def encode(text: str) -> str:
    """The text as it is read with interpolation."""
    if not text.endswith("\\"):
        return _quoted(text.replace("${", "${:-$}{"))
    return text if _BARE.fullmatch(text) else _quoted(text.replace("${", "${:-$}{") + "${:-}")


def literal(text: str) -> str:
    """The text as it is read without interpolation, by 1.2 and newer where a backslash ends it."""
    return text if text.endswith("\\") and _BARE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match[0]]
