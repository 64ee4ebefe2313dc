"""The assignments of an env file, in whatever dialect: each name, its value without quotes, and its line.

Lenient on purpose: the readers of env files differ (`export`, spaces round `=`, `KEY: value`, quotes over several lines,
backticks), and what one of them takes for a value counts. A line that none takes for an assignment is no value here; the rules
for keys and tokens look at it all the same.
"""

import re
from collections.abc import Iterator

from gitseal.records import NamedTuple
from gitseal.scan.shell_words import has_command, words


class Assignment(NamedTuple):
    """One value. `line` counts from 1; `name` is empty if what stands for it may be part of a value.

    If a shell would run a command for it, `value` is what stands behind the name on its line, quotes and all.
    """

    line: int
    name: str
    value: str


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
    if not text.lstrip().startswith(("{", "[")):
        yield from _by_lines(text)
        return
    values = dict.fromkeys(_json(text))
    if not _is_json(text):
        values.update(dict.fromkeys(_by_lines(text)))
    yield from sorted(values, key=lambda assignment: assignment.line)


def _by_lines(text: str) -> Iterator[Assignment]:
    lines = re.split(r"\r\n|\n|\r", text)
    closing = _Closing(lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        start = _START.match(line) if line.lstrip()[:1] not in {"", "#", ";"} else None
        if start is None:
            number += 1
            continue
        value, used = _value(lines, closing, number, start.end())
        # `abc==` is the end of base64 over several lines without quotes.
        yield Assignment(number + 1, _shown(start["name"]) if value != "=" else "", value)
        number += used


def _value(lines: list[str], closing: "_Closing", number: int, at: int) -> tuple[str, int]:
    """The value that begins at a place of a line, and how many lines it takes."""
    rest = lines[number][at:]
    # What a shell runs is judged as its line stands, with quotes and with what follows it.
    if not rest.startswith("'") and has_command(rest) and (used := _command_lines(rest, lines, number)):
        return "\n".join([rest, *lines[number + 1 : number + used]]).strip(), used
    quote = rest[:1]
    if quote and quote in _QUOTES:
        closed = _closing(rest, quote, 1)
        if closed >= 0:
            return rest[1:closed] + _tail(rest[closed + 1 :]), 1
        # A value over several lines, if its quote is closed further down; else the quote is a character.
        below = closing.line_after(number, quote)
        if below < number + _MOST_LINES:
            last = lines[below][: _closing(lines[below], quote, 0)]
            return "\n".join([rest[1:], *lines[number + 1 : below], last]), below - number + 1
        return rest, 1
    if rest.endswith("\\") and number + 1 < len(lines):
        return rest[:-1] + lines[number + 1].strip(), 2
    # `A=#x` is a value to shells and python-dotenv, `A=# x` looks like a comment to everyone.
    comment = re.search(r"^#(?=\s|$)|[ \t]#", rest)
    return (rest[: comment.start()] if comment else rest).strip().rstrip(","), 1


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
    tail = re.match(r"[^\s#,;]*", text)
    return tail[0].strip("\"'`") if tail else ""


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
