r"""`dotenvx`: a file for `@dotenvx/dotenvx`.

Single quotes are the only ones in which it neither expands `$NAME` nor runs `$(...)`, and `\'` is a quote there. Elsewhere
`\$` keeps it from expanding, but nothing keeps it from running.
"""

import re
from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._javascript import bare, between, check_name, refusal
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

_ESCAPED_QUOTE = re.compile(r"\\'")
_ESCAPE = re.compile(r"\\[nrt]")
_OBJECT_NAMES = (
    "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf __defineGetter__ "
    "__defineSetter__ __lookupGetter__ __lookupSetter__"
)
_OBJECT = frozenset(_OBJECT_NAMES.split())


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME=value` for each entry, which may span lines. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    """The assignment. Raises CannotCarry for what every object of JavaScript has, and where `encode` does."""
    check_name(name)
    if name in _OBJECT:
        raise CannotCarry("a name on which dotenvx fails")
    return f"{name}={encode(text)}\n"


def encode(text: str) -> str:
    """The text in the first form that carries it. Raises CannotCarry where none does, and for dotenvx's own tokens."""
    if text.startswith("encrypted:"):
        raise CannotCarry("encrypted: at its start, by which dotenvx tries to decrypt it")
    for form in _FORMS:
        found = form(text)
        if found is not None:
            return found
    raise refusal(text)


def _plain(text: str) -> str | None:
    return None if "'" in text else between("'", text)


def _double(text: str) -> str | None:
    if _ESCAPE.search(text) or "$(" in text:
        return None
    return between('"', text.replace("$", "\\$").replace("\n", "\\n").replace("\r", "\\r"))


def _one_line(text: str) -> str | None:
    """In single quotes, though some stand in the text."""
    return between("'", _ESCAPED_QUOTE.sub(r"\\\\'", text))


def _escaped(text: str) -> str | None:
    return between("'", text.replace("'", "\\'"))


def _expanding(text: str) -> str | None:
    """Where dotenvx expands, and no escape but that of the dollar sign is known."""
    if "$(" in text:
        return None
    body = text.replace("$", "\\$")
    return between("`", body) or bare(body)


# Version 1 keeps the backslash of `\'`: that form comes after those which both versions read alike.
_FORMS = (_plain, _double, _one_line, _escaped, _expanding)
