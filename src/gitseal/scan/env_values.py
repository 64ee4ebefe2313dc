"""What an env file assigns, in whatever dialect: each name, its value without quotes, and its line.

Lenient on purpose: the readers of env files differ (`export`, spaces round `=`, `KEY: value`, quotes over several lines,
backticks), and what one of them takes for a value counts. A line that none takes for an assignment is no value here; the rules
for keys and tokens look at it all the same.
"""

import re
from collections.abc import Iterator

from gitseal.records import NamedTuple


class Assignment(NamedTuple):
    """One value. `line` counts from 1; `name` is empty where what stands for it may be part of a value."""

    line: int
    name: str
    value: str


_START = re.compile(
    r"""[ \t]*(?:(?:export|set|setx|declare(?:[ ]+-\w+)*|readonly|typeset|local|ENV|\$env:|-[ ]|-e[ ])[ \t]*)?
    (["']?)(?P<name>[^\s=:'"`#$(){}<>|&;!?+]+)\1[ \t]*(?P<sign>\+?=|\?=|:=|:(?=[ \t"'`]|$))[ \t]*""",
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
    """The values in order, empty ones too. Takes time linear in the text."""
    if text.lstrip().startswith(("{", "[")):
        yield from _json(text)
        return
    lines = re.split(r"\r\n|\n|\r", text)
    number = 0
    while number < len(lines):
        line = lines[number]
        start = _START.match(line) if line.lstrip()[:1] not in {"", "#", ";"} else None
        if start is None:
            number += 1
            continue
        value, used = _value(lines, number, start.end())
        # `abc==` is the end of base64 over several lines without quotes.
        yield Assignment(number + 1, _shown(start["name"]) if value != "=" else "", value)
        number += used


def _value(lines: list[str], number: int, at: int) -> tuple[str, int]:
    """The value that begins at a place of a line, and how many lines it takes."""
    rest = lines[number][at:]
    quote = rest[:1]
    if quote and quote in _QUOTES:
        closed = _closing(rest, quote, 1)
        if closed >= 0:
            return rest[1:closed] + _tail(rest[closed + 1 :]), 1
        # A value over several lines, where its quote is closed further down; else the quote is a character.
        for below in range(number + 1, min(len(lines), number + _MOST_LINES)):
            closed = _closing(lines[below], quote, 0)
            if closed >= 0:
                return "\n".join([rest[1:], *lines[number + 1 : below], lines[below][:closed]]), below - number + 1
        return rest, 1
    if rest.endswith("\\") and number + 1 < len(lines):
        return rest[:-1] + lines[number + 1].strip(), 2
    # `A=#x` is a value to shells and python-dotenv, `A=# x` looks like a comment to everyone.
    comment = re.search(r"^#(?=\s|$)|[ \t]#", rest)
    return (rest[: comment.start()] if comment else rest).strip().rstrip(","), 1


# Longer than any key; what is not closed by then has a quote for a character.
_MOST_LINES = 200


def _closing(text: str, quote: str, start: int) -> int:
    """The position at which a quote is closed, or -1: an escaped one closes nothing, but in single quotes nothing is escaped."""
    at = text.find(quote, start)
    while at >= 0 and quote != "'" and (at - len(text[:at].rstrip("\\"))) % 2:
        at = text.find(quote, at + 1)
    return at


def _tail(text: str) -> str:
    """The text that a shell would add to a quoted part that goes on without a blank."""
    tail = re.match(r"[^\s#,;]*", text)
    return tail[0].strip("\"'`") if tail else ""


def _shown(name: str) -> str:
    digits = len(re.findall(r"[0-9]", name))
    return name if _SHOWN.fullmatch(name) and digits <= _MOST_MIXED else ""


def _json(text: str) -> Iterator[Assignment]:
    """The texts and numbers of a file that is JSON after all, by the names before them."""
    line, at = 1, 0
    for match in re.finditer(r'"((?:[^"\\]|\\.)*+)"\s*:\s*(?:"((?:[^"\\]|\\.)*+)"|(-?[0-9][0-9.eE+-]*))', text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield Assignment(line, _shown(match[1]), match[2] or match[3] or "")
