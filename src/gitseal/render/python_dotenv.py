r"""`python-dotenv`: a file for the Python library of that name, which expands `${...}` everywhere unless told not to.

It knows no escape for a dollar sign (theskumar/python-dotenv, issue 422). But a variable without a name is never set, so
`${:-$}` gives its default: a dollar sign that is not looked at again. And `${:-}` gives nothing: it stands between a
backslash and the closing quote, which versions before 1.2 took for `\"` together. With `interpolate` off, for
`load_dotenv(interpolate=False)`, texts need none of that.
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
    """The text for a reader that interpolates, which is the default."""
    if not text.endswith("\\"):
        return _quoted(text.replace("${", "${:-$}{"))
    return text if _BARE.fullmatch(text) else _quoted(text.replace("${", "${:-$}{") + "${:-}")


def literal(text: str) -> str:
    """The text for a reader that does not interpolate. If a backslash ends it, that must be version 1.2 or newer."""
    return text if text.endswith("\\") and _BARE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match[0]]
