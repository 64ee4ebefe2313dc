"""Values that a shell gets from a command: `export X="$(gitseal get X)" || exit 1` holds no secret.

A command gives nothing away if

* what it prints by itself (`echo`, `printf`, a text behind `<<<`) is variables and other commands alone: `$(echo hunter2)` is as
  much a value as `hunter2`;
* nothing that it is called with looks random, is a URL with a login, or stands behind an option or a header for a password
  without being a placeholder or common words (`plain_settings`);
* what it assigns gives nothing away itself.

Commands behind it on the line, such as `|| exit 1`, may print what they like, to the same rules.
"""

import re
from collections.abc import Iterable, Sequence

from gitseal.scan.placeholders import is_filler, is_placeholder
from gitseal.scan.plain_settings import Words, is_plain_setting
from gitseal.scan.shell_assignments import (
    PRINTING,
    SHELLS,
    SimpleCommand,
    literal,
    named_secret,
    simple_commands,
    taken_apart,
)
from gitseal.scan.shell_words import PieceKind, Token, Word, has_command, words

_DEEPEST = 8
_OPTION = re.compile(r"-[a-zA-Z]+")
# What a condition is made into.
_ANSWERS = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})
_FORMAT = re.compile(r"(?:%[-+0-9.]*[a-z%]|\\[a-z0]|[\s:@,._/=-])*")
_SCHEME = re.compile(r"(?:Basic|Bearer|Token)[ -](?:\$\(\))+", re.IGNORECASE)


def gives_nothing_away(value: str) -> bool:
    """True if a value, as `env_values` has it, holds no secret wherever it stands: a placeholder, or a command."""
    return is_filler(value) or (is_silent(value) if has_command(value) else is_placeholder(value))


def is_plain(name: str, value: str, known: Words = ()) -> bool:
    """True if a template that speaks with the words `known` may hold this behind this name: a plain setting, or a command."""
    return gives_nothing_away(value) if has_command(value) else is_plain_setting(name, value, known)


def is_silent(value: str) -> bool:
    """True if a value, as it stands behind `NAME=` on its line, gives nothing away though it has a command in it."""
    tokens = words(value)
    if not tokens or isinstance(tokens[0], str):
        return False
    # In single quotes it is text to a shell, and to some readers of env files a command.
    text = literal(tokens[0])
    if text is not None and text != value and has_command(text):
        return len(tokens) == 1 and is_silent(text)
    return (_is_quiet_value(tokens[0], 0) or _is_header(tokens[0])) and _are_quiet(tokens[1:], 0, prints=False)


def _is_header(word: Word) -> bool:
    """True for the value of a header, such as `Bearer $(...)`."""
    text = _text(word, 0)
    return text is not None and _SCHEME.fullmatch(text) is not None


def _are_quiet(tokens: Sequence[Token], depth: int, *, prints: bool) -> bool:
    """True if no command of a line gives anything away; `prints`: what it prints becomes a value."""
    if depth > _DEEPEST or any(sign in {"<<", "<<-"} for sign in tokens):
        return False
    return all(_is_quiet(one, depth, prints=prints and not one.is_away) for one in simple_commands(tokens))


def _is_quiet(command: SimpleCommand, depth: int, *, prints: bool) -> bool:
    given, arguments = taken_apart(command)
    if not all(_is_quiet_value(word, depth) for word in (*command.fed, *(one.value for one in given))):
        return False
    if not arguments:
        return True
    program = (literal(arguments[0]) or "").rpartition("/")[2]
    if program in SHELLS:
        return all(_is_quiet_script(word, depth, prints=prints) for word in arguments[1:])
    if program in PRINTING and prints:
        return all(_is_quiet_print(word, depth) for word in arguments[1:])
    return _are_plain(arguments, depth)


def _is_quiet_script(word: Word, depth: int, *, prints: bool) -> bool:
    script = literal(word)
    if script is None:
        return _is_quiet_value(word, depth)
    tokens = words(script)
    return tokens is not None and _are_quiet(tokens, depth + 1, prints=prints)


def _is_quiet_print(word: Word, depth: int) -> bool:
    text = literal(word)
    if text is not None and (text in _ANSWERS or _OPTION.fullmatch(text) or _FORMAT.fullmatch(text)):
        return True
    return _is_quiet_value(word, depth)


def _are_plain(arguments: Iterable[Word], depth: int) -> bool:
    """True if nothing that a command is called with looks like a secret."""
    before = ""
    for word in arguments:
        text = _text(word, depth)
        if text is None or not _is_plain(text, before):
            return False
        before = text if text.startswith("-") else ""
    return True


def _is_plain(text: str, before: str) -> bool:
    secret = named_secret(text, before)
    return is_plain_setting(*secret) if secret else is_plain_setting("", text.lstrip("-"))


def _is_quiet_value(word: Word, depth: int) -> bool:
    text = _text(word, depth)
    return text is not None and is_placeholder(text)


def _text(word: Word, depth: int) -> str | None:
    """A word with `$()` for each command and default in it; None if one of these gives something away."""
    parts = []
    for kind, text, _ in word:
        if kind is PieceKind.COMMAND:
            tokens = words(text)
            if tokens is None or not _are_quiet(tokens, depth + 1, prints=True):
                return None
            parts.append("$()")
        elif kind is PieceKind.DEFAULT:
            tokens = words(text)
            inner = tokens[0] if tokens and len(tokens) == 1 else () if tokens == [] else None
            if inner is None or isinstance(inner, str) or depth > _DEEPEST or not _is_quiet_value(inner, depth + 1):
                return None
            parts.append("$()")
        else:
            parts.append("$()" if kind is PieceKind.VARIABLE else text)
    return "".join(parts)
