r"""`dotenvx`: a file for `@dotenvx/dotenvx`.

It expands `$NAME` and runs `$(...)`, except in single quotes, where `\'` stands for a quote. Outside of them `\$` keeps it
from expanding, but nothing keeps it from running a command.
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
    """One assignment. Raises CannotCarry for names that every object of JavaScript has, and as `encode` does."""
    check_name(name)
    if name in _OBJECT:
        raise CannotCarry("a name on which dotenvx fails")
    return f"{name}={encode(text)}\n"


def encode(text: str) -> str:
    """The text in the first form that carries it. Raises CannotCarry if none does, and for dotenvx's own ciphertexts."""
    if text.startswith("encrypted:"):
        raise CannotCarry("encrypted: at its start, by which dotenvx tries to decrypt it")
    for form in _FORMS:
        written = form(text)
        if written is not None:
            return written
    raise refusal(text)


def _plain(text: str) -> str | None:
    return None if "'" in text else between("'", text)


def _double(text: str) -> str | None:
    if _ESCAPE.search(text) or "$(" in text:
        return None
    return between('"', text.replace("$", "\\$").replace("\n", "\\n").replace("\r", "\\r"))


def _one_line(text: str) -> str | None:
    """In single quotes although the text has some: a text of one line is found whole (see `_javascript`)."""
    return between("'", _ESCAPED_QUOTE.sub(r"\\\\'", text))


def _escaped(text: str) -> str | None:
    return between("'", text.replace("'", "\\'"))


def _expanding(text: str) -> str | None:
    """In backticks or bare: dotenvx expands there, and knows no escape but the one for a dollar sign."""
    if "$(" in text:
        return None
    body = text.replace("$", "\\$")
    return between("`", body) or bare(body)


# Version 1 keeps the backslash of `\'`: that form comes after those which both versions read alike.
_FORMS = (_plain, _double, _one_line, _escaped, _expanding)
