"""The assignments of an env file, in whatever dialect: each name, its value without quotes, and its line.

Lenient on purpose: the readers of env files differ (`export`, spaces round `=`, `KEY: value`, quotes over several lines,
backticks), and what one of them takes for a value counts. A line that none takes for an assignment is no value here; the rules
for keys and tokens look at it all the same. In files that a shell reads, `with_commands` finds more.
"""

import re
from collections.abc import Iterator

from gitseal.records import NamedTuple
from gitseal.scan.shell_assignments import assigned
from gitseal.scan.shell_words import has_command, words


class Assignment(NamedTuple):
    """One value. `line` counts from 1; `name` is empty if what stands for it may be part of a value.

    If a shell would run a command for it, `value` is what stands behind the name on its line, quotes and all.
    """

    line: int
    name: str
    value: str


class _Rest(NamedTuple):
    """What stands on a line besides an assignment at its start. `line` counts from 1."""

    line: int
    text: str


_START = re.compile(
    r"""[ \t]*(?:(?:export|set|setx|declare(?:[ ]+-\w++)*|readonly|typeset|local|ENV|\$env:|-[ ]|-e[ ])[ \t]*)?
    (["']?)(?P<name>[^\s=:'"`#$(){}<>|&;!?+]++)\1[ \t]*(?P<sign>\+?=|\?=|:=|:(?=[ \t"'`]|$))[ \t]*""",
    re.VERBOSE,
)
_QUOTES = "\"'`"
# Names are shown, so they have to look like names: a line of a key that was not understood may look like `abc=`.
_SHOWN = re.compile(r"[A-Z][A-Z0-9_]{0,63}|[a-z][a-z0-9_.-]{0,63}|[a-z]+(?:[A-Z][a-z]+){0,5}")
_MOST_MIXED = 4


def decoded(content: bytes) -> str:
    """The text of an env file: UTF-16 and UTF-32 by their byte order mark or their NULs, else UTF-8; never refuses."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\0" in content[:_SAMPLE]:
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        return content.decode(encoding, "replace").replace("\0", "")
    return content.decode("utf-8", "replace")


_SAMPLE = 4096
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


def assignments(text: str) -> Iterator[Assignment]:
    """The values in order, empty ones too. Takes time linear in the text.

    A text that begins like JSON is read as JSON, and by its lines too unless it is JSON as a whole: `[default]` on top is a
    section of an INI file, and a brace is no reason to look at nothing.
    """
    return (part for part in _parts(text) if isinstance(part, Assignment))


def with_commands(text: str) -> list[Assignment]:
    """The values, and those that the commands of a shell give besides (`shell_assignments`). Takes time linear in the text."""
    lines: list[str] = []
    values: dict[Assignment, None] = {}
    for part in _parts(text):
        if isinstance(part, Assignment):
            values[part] = None
        else:
            lines = lines or _lines(text)
            values.update(dict.fromkeys(_given(part.line, _statement(part, lines))))
    return sorted(values, key=lambda assignment: assignment.line)


def _statement(rest: _Rest, lines: list[str]) -> str:
    """A line from where nobody has read it, with those below it that a shell needs to end it; alone if they are too many."""
    for more in (0, 1, 3, 7):
        text = "\n".join([rest.text, *lines[rest.line : rest.line + more]])
        if words(text) is not None:
            return text
    return rest.text


def _given(line: int, statement: str) -> Iterator[Assignment]:
    """What a statement that begins in `line` gives, each with its own line as far as its value stands there as it is."""
    at = 0
    for name, value in assigned(statement):
        if len(value) <= _HARMLESS:
            continue
        place = statement.find(value.partition("\n")[0], at, at + _FARTHEST)
        if place >= 0:
            line, at = line + statement.count("\n", at, place), place
        yield Assignment(line, _shown(name), value)


# Separators (`IFS=:`) and counters (`((i=0))`) have no more characters.
_HARMLESS = 3
# Looked at for each value: without a limit a long line would take the square of the time.
_FARTHEST = 2048


def _parts(text: str) -> Iterator[Assignment | _Rest]:
    if not text.lstrip().startswith(("{", "[")):
        yield from _by_lines(text)
        return
    values = list(dict.fromkeys(_json(text)))
    if _is_json(text):
        yield from values
        return
    both: dict[Assignment | _Rest, None] = dict.fromkeys([*values, *_by_lines(text)])
    yield from sorted(both, key=lambda part: part.line)


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def _by_lines(text: str) -> Iterator[Assignment | _Rest]:
    lines = _lines(text)
    closing = _Closing(lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        is_comment = line.lstrip()[:1] in {"", "#", ";"}
        start = None if is_comment else _START.match(line)
        if start is None:
            if not is_comment:
                yield _Rest(number + 1, line)
            number += 1
            continue
        value, used, rest = _value(lines, closing, number, start.end())
        # `abc==` is the end of base64 over several lines without quotes.
        yield Assignment(number + 1, _shown(start["name"]) if value != "=" else "", value)
        number += used
        if rest:
            yield _Rest(number, rest)


def _value(lines: list[str], closing: "_Closing", number: int, at: int) -> tuple[str, int, str]:
    """The value that begins at a place of a line, how many lines it takes, and what stands behind it if it is in quotes."""
    rest = lines[number][at:]
    # What a shell runs is judged as its line stands, with quotes and with what follows it.
    if not rest.startswith("'") and has_command(rest) and (used := _command_lines(rest, lines, number)):
        return "\n".join([rest, *lines[number + 1 : number + used]]).strip(), used, ""
    quote = rest[:1]
    if quote and quote in _QUOTES:
        closed = _closing(rest, quote, 1)
        if closed >= 0:
            return rest[1:closed] + _tail(rest[closed + 1 :]), 1, _behind(rest[closed + 1 :])
        # A value over several lines, if its quote is closed further down; else the quote is a character.
        below = closing.line_after(number, quote)
        if below < number + _MOST_LINES:
            closed = _closing(lines[below], quote, 0)
            value = "\n".join([rest[1:], *lines[number + 1 : below], lines[below][:closed]])
            return value, below - number + 1, _behind(lines[below][closed + 1 :])
        return rest, 1, ""
    if rest.endswith("\\") and number + 1 < len(lines):
        return rest[:-1] + lines[number + 1].strip(), 2, ""
    # `A=#x` is a value to shells and python-dotenv, `A=# x` looks like a comment to everyone.
    comment = re.search(r"^#(?=\s|$)|[ \t]#", rest)
    return (rest[: comment.start()] if comment else rest).strip().rstrip(","), 1, ""


def _command_lines(rest: str, lines: list[str], number: int) -> int:
    """How many lines the value with a command takes that begins as `rest`; 0 if a shell would not take it."""
    text = rest
    for used in range(1, _MOST_OF_COMMAND + 1):
        if words(text) is not None:
            return used
        if number + used >= len(lines):
            break
        text = f"{text}\n{lines[number + used]}"
    return 0


_MOST_OF_COMMAND = 12
# Longer than any key; what is not closed by then has a quote for a character.
_MOST_LINES = 200


def _closing(text: str, quote: str, start: int) -> int:
    """The place where a quote is closed, or -1: an escaped one closes nothing, but in single quotes nothing is escaped."""
    if quote == "'":
        return text.find(quote, start)
    closed = (match.start() for match in re.finditer(rf"\\.|{quote}", text[start:]) if match[0] == quote)
    return start + next(closed, -1 - start)


class _Closing:
    """For each line the next one below it that closes a quote: looked for once, from the end, and not from every line."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._below: dict[str, list[int]] = {}

    def line_after(self, number: int, quote: str) -> int:
        """The first line after `number` in which the quote is closed; far beyond the end if there is none."""
        if quote not in self._below:
            nearest, below = len(self._lines) + _MOST_LINES, []
            for at in range(len(self._lines) - 1, -1, -1):
                below.append(nearest)
                nearest = at if _closing(self._lines[at], quote, 0) >= 0 else nearest
            self._below[quote] = below[::-1]
        return self._below[quote][number]


def _tail(text: str) -> str:
    """The text that a shell would add to a quoted part that goes on without a blank."""
    return text[: _tail_length(text)].strip("\"'`")


def _tail_length(text: str) -> int:
    end = re.search(r"[\s#,;&|]", text)
    return end.start() if end else len(text)


def _behind(text: str) -> str:
    """What a shell would run behind a quoted value; nothing for a comment."""
    rest = text[_tail_length(text) :].lstrip()
    return "" if rest.startswith("#") else rest


def _shown(name: str) -> str:
    digits = len(re.findall(r"[0-9]", name))
    return name if _SHOWN.fullmatch(name) and digits <= _MOST_MIXED else ""


def _is_json(text: str) -> bool:
    import json  # few env files begin like it

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


# A text on one line, with what makes it a name, and a number. One that is not closed takes the rest of its line: to try every
# quote in it would take the square of the time.
_JSON_PART = r'"((?:[^"\\\n]|\\.)*+)(?:(")(\s*+:)?|$)|(-?[0-9][0-9.eE+-]*+)'


def _json(text: str) -> Iterator[Assignment]:
    """The texts and numbers of a text that may be JSON, each with the name that stands before it, also in lists."""
    line, at, name, is_named = 1, 0, "", False
    for part in re.finditer(_JSON_PART, text, re.MULTILINE):
        content, closed, is_name, number = part.groups()
        if is_name:
            name, is_named = _shown(content), True
        elif is_named and (closed or number):
            line += text.count("\n", at, part.start())
            at = part.start()
            yield Assignment(line, name, number or content)
