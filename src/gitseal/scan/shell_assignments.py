"""What a line of shell assigns, wherever it does: at the start of a command, with `export` and its kin, with `${NAME:=value}`.

A text that the shell runs in its turn (`eval "..."`, `source <(echo ...)`, `. /dev/stdin <<< "..."`) is read in the same way. Of
the words of other commands only those count that stand behind an option, a header or a name for a password.
"""

import re
from collections.abc import Iterator, Sequence

from gitseal.records import NamedTuple
from gitseal.scan.plain_settings import has_login, is_plain_setting, names_a_secret
from gitseal.scan.shell_words import Piece, PieceKind, Token, Word, has_command, words

PRINTING = frozenset({"echo", "printf", "print"})
SHELLS = frozenset({"sh", "bash", "dash", "ksh", "zsh", "eval"})
_DEEPEST = 8
_MESSAGES = PRINTING | {"log_status", "log_error"}
_ASSIGNING = frozenset({"export", "readonly", "local", "declare", "typeset"})
# They stand before a command, or around several.
_BEFORE = frozenset(
    {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done", "time", "command", "exec"}
    | {"builtin", "coproc", "sudo", "nohup", "env", "-i", "-", "--"}
)
# A name that assigns nothing stands behind them: of a function, of a user, of what `env` leaves out.
_NAMING = frozenset({"function", "-u"})
_FED = "<<<"
_REDIRECTIONS = frozenset({"<", "<&", _FED})
_AWAY = frozenset({">", ">>", ">&", "&>", "&>>"})
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=")
_HEAD = re.compile(r"\$\{(\w+)(:?[-=+])")
# Of `set` in fish: one that makes a variable for programs.
_EXPORTED = re.compile(r"-[gUl]*x[gUl]*|--export")
_FORMAT_PART = re.compile(r"%(?:\([^)]*\)T|[-+0-9.]*[a-z%])|\\[a-z0]|[\s:@,._/=-]")
_NAMED = re.compile(r"-{0,2}([A-Za-z][\w-]*)[ \t]*[:=][ \t]*(.+)", re.DOTALL)
# A secret that is looked up has these before its name.
_LOOKED_UP = frozenset({"secret", "key"})
_HEADERS = frozenset({"authorization", "proxy-authorization"})
_LOGINS = frozenset({"-u", "--user"})
# Of a line that no shell would take as it stands.
_UNREAD = re.compile(
    r"(?:^|[;&|({]|\b(?:then|do|else|export|declare|typeset|local|readonly|env)(?=[ \t]))[ \t]*+(?:-\w++[ \t]++)*+"
    r"[\"']?([A-Za-z_]\w*+)\+?=[\"']?([^\s;&|(){}\"']++)",
    re.MULTILINE,
)


_NAME_IN_A_VARIABLE = [PieceKind.TEXT, PieceKind.VARIABLE, PieceKind.TEXT]


class AssignedWord(NamedTuple):
    """A value, and the name that it is given to; the name is empty if it cannot be told."""

    name: str
    value: Word


class SimpleCommand(NamedTuple):
    """A simple command: its words, what it reads from `<<<`, whether its output goes elsewhere, and whether `<(...)` reads it."""

    words: tuple[Word, ...]
    fed: tuple[Word, ...] = ()
    is_away: bool = False
    is_read: bool = False


def simple_commands(tokens: Sequence[Token]) -> Iterator[SimpleCommand]:
    """The simple commands of a line, in order, empty ones too."""
    own: list[Word] = []
    fed: list[Word] = []
    before, is_away, is_read = "", False, False
    for one in (*tokens, ";"):
        if not isinstance(one, str):
            (fed if before == _FED else own).append(one)
        elif one in _AWAY:
            is_away = True
        elif one not in _REDIRECTIONS:
            yield SimpleCommand(tuple(own), tuple(fed), is_away, is_read)
            own, fed, is_away = [], [], False
            is_read = one != ")" and (is_read or (one == "(" and before == "<"))
        before = one if isinstance(one, str) else ""


def taken_apart(command: SimpleCommand) -> tuple[list[AssignedWord], list[Word]]:
    """What stands in a command as `NAME=value`, and the rest: a program with its arguments."""
    given: list[AssignedWord] = []
    rest: list[Word] = []
    before: str | None = ""
    is_assigning = False
    for at, word in enumerate(command.words):
        text = literal(word)
        one = _assignment(word, is_assigning=is_assigning)
        if one is not None:
            given.append(one)
        elif text in _ASSIGNING:
            is_assigning = True
        elif is_assigning or (not rest and _is_command(word)):
            rest.extend([word] if text is None else [])
        elif not (text in _BEFORE or _NAMING & {text, before}):
            rest.extend(command.words[at:])
            break
        before = text
    return given, rest


def _is_command(word: Word) -> bool:
    """True for what a command prints, and nothing besides."""
    return any(piece.kind is PieceKind.COMMAND for piece in word) and not any(
        piece.text for piece in word if piece.kind is not PieceKind.COMMAND
    )


def literal(word: Word) -> str | None:
    """A word that is text alone; None for any other."""
    return "".join(piece.text for piece in word) if all(piece.kind is PieceKind.TEXT for piece in word) else None


def named_secret(text: str, before: str) -> tuple[str, str] | None:
    """Name and value of an argument that stands behind a name, a header or an option (`before`) for a password."""
    if before in _LOGINS and ":" in text:
        return "password", text.partition(":")[2]
    named = _NAMED.fullmatch(text)
    name, value = (named[1], named[2]) if named else (before.lstrip("-"), text)
    is_header = named is not None and name.lower() in _HEADERS
    if not is_header and (not names_a_secret(name) or name.lower() in _LOOKED_UP):
        # `--header=Authorization: Bearer ...`, `https://.../?token=...`
        inner = _NAMED.fullmatch(value.rpartition("?")[2]) if named else None
        return named_secret(inner[0], "") if inner and inner[0] != text else None
    # `Authorization: Bearer ...`
    return "password" if is_header else name, value.rpartition(" ")[2]


def assigned(line: str) -> Iterator[tuple[str, str]]:
    """Names and values of what a line gives to variables, and of its arguments that are passwords. Takes time linear in it.

    A value is as it could stand behind `NAME=`. Names may be empty.
    """
    yield from dict.fromkeys(_in_script(line, 0))


def _in_script(script: str, depth: int, *, is_read: bool = False) -> Iterator[tuple[str, str]]:
    """The same for a script; `is_read`: what it prints is run, or given to `export`."""
    if depth > _DEEPEST:
        return
    tokens = words(script)
    if tokens is None:
        yield from _UNREAD.findall(script)
        return
    for command in simple_commands(tokens):
        yield from _in_command(command._replace(is_read=command.is_read or is_read), depth)


def _in_command(command: SimpleCommand, depth: int) -> Iterator[tuple[str, str]]:
    given, rest = taken_apart(command)
    program = (literal(rest[0]) or "").rpartition("/")[2] if rest else ""
    for one in (*given, *_by_default(rest, program), *_by_program(program, rest, command.fed)):
        yield one.name, _spelt(one.value)
    for script in _scripts(program, rest, command):
        yield from _in_script(script, depth + 1)
    if not program:
        for piece in (piece for word in rest for piece in word if piece.kind is PieceKind.COMMAND):
            yield from _in_script(piece.text, depth + 1, is_read=True)
    if program not in _MESSAGES:
        yield from _passwords(rest)


def _scripts(program: str, rest: Sequence[Word], command: SimpleCommand) -> Iterator[str]:
    """What a shell runs of the words of a command."""
    arguments = [_script(word) for word in rest[1:]]
    if program == "printf" and command.is_read:
        given = iter(arguments[1:])
        yield _FORMAT_PART.sub(
            lambda part: next(given, "") if part[0].startswith("%") else part[0], "".join(arguments[:1])
        )
    elif program in {"eval", *(PRINTING if command.is_read else ())}:
        yield " ".join(arguments)
    elif program in SHELLS or program == "trap":
        yield from (one for one in arguments if not one.startswith("-"))
    if program in {".", "source"} | SHELLS:
        yield from map(_script, command.fed)


def _by_program(program: str, rest: Sequence[Word], fed: Sequence[Word]) -> Iterator[AssignedWord]:
    """What a program that sets variables gives to one."""
    texts = [literal(word) or "" for word in rest]
    if program in {"read", "mapfile", "readarray"}:
        yield from (AssignedWord(texts[-1], word) for word in fed)
    elif program == "printf" and texts[1:2] == ["-v"]:
        for word in rest[3:]:
            bare = _FORMAT_PART.sub("", literal(word) or "-")
            if bare:
                yield AssignedWord(texts[2], word)
    elif program == "setenv" or (program == "set" and _EXPORTED.fullmatch("".join(texts[1:2]))):
        name = 1 if program == "setenv" else 2
        yield from (AssignedWord(texts[name], word) for word in rest[name + 1 :])
    elif program in {"for", "select"} and texts[2:3] == ["in"]:
        yield from (
            AssignedWord(texts[1], word) for word, text in zip(rest[3:], texts[3:], strict=True) if not _is_plain(text)
        )
    elif any(text.endswith("-stdin") for text in texts):
        yield from (AssignedWord("password", word) for word in fed)


def _by_default(rest: Sequence[Word], program: str) -> Iterator[AssignedWord]:
    """What `${NAME:=value}` gives to NAME, in any command; in `:` other defaults are meant to be values too."""
    for piece in (piece for word in rest for piece in word if piece.kind is PieceKind.DEFAULT):
        head = _HEAD.fullmatch(piece.head)
        if head and ("=" in head[2] or program == ":"):
            inner = [one for one in words(piece.text) or () if not isinstance(one, str)]
            yield AssignedWord(head[1], inner[0] if len(inner) == 1 else (Piece(PieceKind.TEXT, piece.text),))


def _passwords(rest: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """The arguments that are passwords by what stands before them, and no template could hold."""
    before = ""
    for word in rest[1:]:
        text = _spelt(word)
        if not has_command(text):
            secret = named_secret(text, before)
            # An option behind another is no value of that.
            if secret and not is_plain_setting(*secret) and not secret[1].startswith("-"):
                yield secret
            elif has_login(text) and not _is_plain(text):
                yield "", text
        before = text


def _is_plain(text: str) -> bool:
    return is_plain_setting("", text)


def _assignment(word: Word, *, is_assigning: bool) -> AssignedWord | None:
    """What `NAME=...` assigns, quoted as a whole too; None for another word."""
    joined = _joined(word)
    if match := _ASSIGNMENT.match(joined[0].text):
        return AssignedWord(match[1], (joined[0]._replace(text=joined[0].text[match.end() :]), *joined[1:]))
    # `export "$NAME=..."`
    kinds = [piece.kind for piece in joined[:3]]
    if is_assigning and not joined[0].text and kinds == _NAME_IN_A_VARIABLE and joined[2].text.startswith("="):
        return AssignedWord("", (joined[2]._replace(text=joined[2].text[1:]), *joined[3:]))
    return None


def _joined(word: Word) -> Word:
    """A word whose texts at the start are one: `"X=a"` begins with an empty one, and `"DB_"X=a` goes on."""
    count = next((at for at, piece in enumerate(word) if piece.kind is not PieceKind.TEXT), len(word))
    text = "".join(piece.text for piece in word[:count])
    return (Piece(PieceKind.TEXT, text), *word[count:])


def _script(word: Word) -> str:
    """A word as the text that a shell would run."""
    return "".join(_written(piece) for piece in word)


def _spelt(word: Word) -> str:
    """A word as it could stand behind `NAME=`; in quotes if there is a command in it, as `Assignment` has it."""
    text = _script(word)
    if not has_command(text):
        return text
    quoted = (
        re.sub(r'["\\$`]', r"\\\g<0>", piece.text) if piece.kind is PieceKind.TEXT else _written(piece)
        for piece in word
    )
    return f'"{"".join(quoted)}"'


def _written(piece: Piece) -> str:
    if piece.kind is PieceKind.COMMAND:
        return f"$({piece.text})"
    return f"{piece.head}{piece.text}}}" if piece.kind is PieceKind.DEFAULT else piece.text
