"""The words of a line of shell, as far as is needed to tell what is a command in it and what is text.

A line that a shell would not take, or that goes on in the next one, has no words here.
"""

import re
from enum import Enum
from typing import TypeAlias

from gitseal.records import NamedTuple


class PieceKind(Enum):
    """What a part of a word is: text, a variable, a variable with a text in case that it is unset, or the output of a command."""

    TEXT = "text"
    VARIABLE = "variable"
    DEFAULT = "default"
    COMMAND = "command"


class Piece(NamedTuple):
    """A part of a word: the text without quotes, the variable as it stands, the default, or the command's line.

    `head` is what stands before a default: `${NAME:-`.
    """

    kind: PieceKind
    text: str
    head: str = ""


Word: TypeAlias = tuple[Piece, ...]
Token: TypeAlias = Word | str

_OPERATOR = re.compile(r"\|\||&&|;;|<<<|<<-?|>>|&>>?|[<>]&|[|&;()<>]")
_TEXT = re.compile(r"[^\s'\"\\$`|&;()<>]+")
_QUOTED_TEXT = re.compile(r'[^"\\$`]+')
_VARIABLE = re.compile(r"\$\{[!#]?\w+(?:\[[^\]${}`]*\])?(?:(?:%%?|##?|//?|\^|,|:\d)[^${}`]*)?\}|\$(?:\w+|[@*#?$!-])")
_DEFAULT = re.compile(r"\$\{\w+:?[-=+]")
_INNER = re.compile(r"""\\.|'|"|\$?\(|\$?\{|[)}`]""", re.DOTALL)
_COMMAND = re.compile(r"\$\(|`[^`]*`")
_CLOSING = {"$(": ")", "(": ")", "${": "}", "{": "}", '"': '"'}


def has_command(text: str) -> bool:
    """True if a shell may run something for a text."""
    return _COMMAND.search(text) is not None


def words(text: str) -> list[Token] | None:
    """The words and operators of a line; None if they cannot be told. Takes time linear in the text."""
    reader = _LineReader(text)
    return reader.tokens if reader.read() else None


class _LineReader:
    """Reads a line once. What is within a command is skipped, and read by whoever looks at the command."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._word: list[Piece] | None = None
        self.tokens: list[Token] = []

    def read(self) -> bool:
        while self._at < len(self._text):
            if not self._step():
                return False
        self._end_word()
        return True

    def _step(self) -> bool:
        sign = self._text[self._at]
        if sign in " \t\r\n":
            self._end_word()
            if sign == "\n":
                self.tokens.append(";")
            self._at += 1
        elif sign == "#" and self._word is None:
            end = self._text.find("\n", self._at)
            self._at = end if end >= 0 else len(self._text)
        elif operator := _OPERATOR.match(self._text, self._at):
            self._end_word()
            self.tokens.append(operator[0])
            self._at = operator.end()
        elif self._text.startswith(("$'", '$"'), self._at):
            self._at += 1
        elif sign == '"':
            return self._quoted()
        elif sign == "'":
            end = self._text.find("'", self._at + 1)
            self._add(PieceKind.TEXT, self._text[self._at + 1 : end], end + 1)
            return end >= 0
        else:
            return self._part(_TEXT)
        return True

    def _quoted(self) -> bool:
        self._add(PieceKind.TEXT, "", self._at + 1)
        while self._at < len(self._text):
            if self._text[self._at] == '"':
                self._at += 1
                return True
            if not self._part(_QUOTED_TEXT):
                return False
        return False

    def _part(self, text: re.Pattern[str]) -> bool:
        """What means the same in double quotes and out of them, and text of the one or the other."""
        sign = self._text[self._at]
        if match := text.match(self._text, self._at):
            self._add(PieceKind.TEXT, match[0], match.end())
        elif sign == "\\":
            self._add(PieceKind.TEXT, self._text[self._at + 1 : self._at + 2], self._at + 2)
            return self._at <= len(self._text)
        elif sign == "`":
            end = self._text.find("`", self._at + 1)
            self._add(PieceKind.COMMAND, self._text[self._at + 1 : end], end + 1)
            return end >= 0
        elif self._text.startswith("$(", self._at):
            return self._until_closed(PieceKind.COMMAND, self._at + 2, ")")
        elif match := _VARIABLE.match(self._text, self._at):
            self._add(PieceKind.VARIABLE, match[0], match.end())
        elif match := _DEFAULT.match(self._text, self._at):
            return self._until_closed(PieceKind.DEFAULT, match.end(), "}", match[0])
        else:
            self._add(PieceKind.TEXT, sign, self._at + 1)
            return not self._text.startswith("${", self._at - 1)
        return True

    def _until_closed(self, kind: PieceKind, start: int, sign: str, head: str = "") -> bool:
        end = _closed(self._text, start, sign)
        self._add(kind, self._text[start:end], end + 1, head)
        return end >= 0

    def _add(self, kind: PieceKind, text: str, end: int, head: str = "") -> None:
        if self._word is None:
            self._word = []
        self._word.append(Piece(kind, text, head))
        self._at = end

    def _end_word(self) -> None:
        if self._word is not None:
            self.tokens.append(tuple(self._word))
        self._word = None


def _closed(text: str, start: int, sign: str) -> int:
    """The place of the sign that closes what is open at `start`, or -1: what quotes and brackets have in them closes nothing."""
    open_signs = [sign]
    at = start
    while match := _INNER.search(text, at):
        part, at = match[0], match.end()
        is_quoted = open_signs[-1] == '"'
        if part == open_signs[-1]:
            open_signs.pop()
            if not open_signs:
                return match.start()
        elif part in {"'", "`"}:
            if part == "`" or not is_quoted:
                at = text.find(part, at) + 1
                if not at:
                    return -1
        elif part in _CLOSING and not (is_quoted and not part.startswith("$")):
            open_signs.append(_CLOSING[part])
    return -1
