r"""Imports dotenv files as python-dotenv 1.2.4 reads them, but refuses what it skips.

It differs from python-dotenv on purpose wherever that loses something, or stands alone among the readers:

* what python-dotenv skips with a warning is an error;
* names are those of an environment;
* single quotes are literal (python-dotenv replaces `\\` and `\'` in them);
* backticks quote, as in node dotenv;
* in double quotes `\$` and `` \` `` are escapes, as in bash, systemd and compose, and `\a \b \f \v \'` are not.

No message quotes the file: a line that cannot be read may be the middle of a private key.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TypeAlias

from gitseal.document.value import text as text_value
from gitseal.errors import Malformed
from gitseal.exchange._items import Imported, ImportedValue, Span
from gitseal.exchange._names import RULE, is_name
from gitseal.exchange._sealed import refuse_sealed
from gitseal.exchange._text import decoded

Opener: TypeAlias = Callable[[str, str], str | None]
"""Gives the plaintext of a name's value, or None for one that is not sealed."""

# All quantifiers before a part that can fail are possessive: the time stays linear whatever the file holds.
_SKIP = re.compile(r"(?:\s++|#[^\n]*+)*+")
_NAME = re.compile(r"(?:export[^\S\n]++)?+([^=#\s]++)[^\S\n]*+")
_EQUALS = re.compile(r"=[^\S\n]*+")
_DOUBLE = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_QUOTED = {"'": re.compile(r"'([^']*+)'"), "`": re.compile(r"`([^`]*+)`"), '"': _DOUBLE}
_INLINE_COMMENT = re.compile(r"(?<!\s)\s++#.*")
_END = re.compile(r"[^\S\n]*+(?:#[^\n]*+)?(?:\n|\Z)")

_ESCAPE = re.compile(r'\\([nrt\\"$`])')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
# Stands for an escaped `$` until the references are found; decoded UTF-8 never holds it.
_LITERAL_DOLLAR = "\ud800"
# `$$` is no reference to what follows, neither for a shell (its process id) nor for anything else.
_REFERENCE = re.compile(r"\$\$(?!\{)|(\$\{[^}]*+\}|\$[A-Za-z_][A-Za-z0-9_]*+)")
_REFERENCE_WITHOUT_BRACES = re.compile(r"\$\$(?!\{)|(\$[A-Za-z_][A-Za-z0-9_]*+)")
# What a shell runs: `$(...)` and backticks, unless an odd backslash stands before them.
_COMMAND = re.compile(r"(?<!\\)(?:\\\\)*+(?:\$\(|`)")
# What readers take for different texts. `$$` is a process id to shells and one `$` to compose; a shell has its own variables
# `$1` and `$?`; it drops backslashes and quotes within a word, and takes what follows a `;` for another assignment.
_DIFFERING_DOLLAR = re.compile(r"\$[$0-9@*#?!-]")
_DIFFERING = re.compile(rf"{_DIFFERING_DOLLAR.pattern}|[\\'\"]|(?:;|&&)[ \t]+(?:export[ \t]|[A-Za-z_][A-Za-z0-9_]*+=)")
# In double quotes all readers but shells take `\n` for a line end, and each has further escapes of its own.
_DIFFERING_ESCAPE = re.compile(r"\\(?!n)")


def parse(data: bytes, opened: Opener | None = None) -> Imported:
    """Read the values, all of type text; CRLF and a lone CR count as line feeds. Raises Malformed with the line.

    With `opened` a value may stand there sealed, as dotenvx has it; what that raises comes out of here.
    """
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    last: dict[str, ImportedValue] = {}
    overridden: list[ImportedValue] = []
    read = list(_items(text, opened))
    for item, _ in read:
        name = item.path[0]
        if name in last:
            overridden.append(last[name])
        last[name] = item
    refuse_sealed(last.keys())
    references = tuple(name for name, item in last.items() if item.expandable)
    duplicates = tuple(dict.fromkeys(item.path[0] for item in overridden))
    below = _comments(text[read[-1][1] if read else 0 :])
    return Imported(tuple(last.values()), references, duplicates, tuple(overridden), below)


def _items(text: str, opened: Opener | None) -> Iterator[tuple[ImportedValue, int]]:
    """Each value, and where its line ends."""
    feeds = [match.start() for match in re.finditer("\n", text)]
    end, position = 0, _after(_SKIP, text, 0)
    while position < len(text):
        comments = _comments(text[end:position])
        line = bisect_right(feeds, position) + 1
        name, position = _name(text, position, line)
        item, end = _value(text, position, line)
        if opened:
            start = _after(_EQUALS, text, position)
            sign = text[start : start + 1]
            sealed = item.value.reveal().decode()
            # dotenvx seals what stands before a # and leaves the rest where it is, as a comment.
            content = opened(name, sealed if sign in _QUOTED else sealed.partition("#")[0])
            item = item if content is None else _unsealed(content, line, is_literal=sign == "'")
        yield item._replace(path=(name,), comments=comments), end
        position = _after(_SKIP, text, end)


def _unsealed(content: str, line: int, *, is_literal: bool) -> ImportedValue:
    """A value that stood there sealed, with what dotenvx does to it then unless it is in single quotes."""
    if is_literal:
        return ImportedValue((), text_value(content), line)
    content = content.replace("\\$", _LITERAL_DOLLAR)
    value = text_value(content.replace(_LITERAL_DOLLAR, "$"))
    return ImportedValue((), value, line, _spans(content), runs="$(" in content)


def _comments(skipped: str) -> tuple[str, ...]:
    """The comments between two values. What stands behind a value, on its line, may be its end, and so is not among them."""
    lines = [line.strip() for line in skipped.strip().split("\n")]
    return tuple(lines) if lines != [""] else ()


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _name(text: str, position: int, line: int) -> tuple[str, int]:
    match = _NAME.match(text, position)
    if match is None:
        raise Malformed("the line has no name before its =", line, "write NAME=value, or # before a comment")
    if text[match.end() : match.end() + 1] != "=":
        raise Malformed("the line has no = after its name", line, "write NAME=value, several lines in quotes")
    if not is_name(match[1]):
        raise Malformed("what stands before the = cannot be a name", line, RULE)
    return match[1], match.end()


def _value(text: str, position: int, line: int) -> tuple[ImportedValue, int]:
    """The value, still without its name, and the position after its last line."""
    start = _after(_EQUALS, text, position)
    if text[start : start + 1] in _QUOTED:
        return _quoted(text, start, line)
    feed = text.find("\n", start)
    end = len(text) if feed < 0 else feed
    # `A= # note` is empty, but `A=#x` is a value: only after a blank does a comment begin.
    if text[start:end].startswith("#") and start > position + 1:
        return ImportedValue((), text_value(""), line), end
    content = _INLINE_COMMENT.sub("", text[start:end], count=1).rstrip()
    # The rest of the key would be read as further lines, and refused there in words that explain nothing.
    if content.startswith("-----BEGIN ") and "-----END " not in content:
        raise Malformed("the value begins a PEM block and ends on its first line", line, "put the block in quotes")
    spans, escapes = _unescaped_spans(content)
    is_cut = "#" in text[start:end].partition(" #")[0]
    differs = is_cut or _DIFFERING.search(content) is not None
    return ImportedValue(
        (), text_value(content), line, spans, (), escapes, _COMMAND.search(content) is not None, differs
    ), end


def _quoted(text: str, start: int, line: int) -> tuple[ImportedValue, int]:
    quote = text[start]
    match = _QUOTED[quote].match(text, start)
    if match is None:
        raise Malformed("the value's quote is never closed", line, "close it, or quote the value with the other quotes")
    end = _END.match(text, match.end())
    if end is None:
        hint = 'leave only a # comment there; inside double quotes a double quote is written \\"'
        raise Malformed("there is text after the value's closing quote", line, hint)
    # To a shell a value goes on until the next blank, and so does a # in it.
    is_cut = text[match.end() : match.end() + 1] == "#"
    if quote != '"':
        # Shells run what stands in backticks. In single quotes python-dotenv drops backslashes; one at the end takes the quote.
        differs = is_cut or (quote == "'" and ("\\\\" in match[1] or match[1].endswith("\\")))
        return ImportedValue((), text_value(match[1]), line, runs=quote == "`", differs=differs), end.end()
    content = _ESCAPE.sub(_unescaped, match[1])
    differs = is_cut or _DIFFERING_ESCAPE.search(match[1]) is not None or _DIFFERING_DOLLAR.search(content) is not None
    value = text_value(content.replace(_LITERAL_DOLLAR, "$"))
    return ImportedValue(
        (), value, line, _spans(content), (), (), _COMMAND.search(match[1]) is not None, differs
    ), end.end()


def _unescaped(match: re.Match[str]) -> str:
    sign = match[1]
    return _LITERAL_DOLLAR if sign == "$" else _ESCAPES.get(sign, sign)


def _unescaped_spans(content: str) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """The references of a value without quotes, and the places of the backslashes that make one of them text."""
    spans, escapes = [], []
    for start, end in _spans(content):
        before = start
        while before and content[before - 1] == "\\":
            before -= 1
        if (start - before) % 2:
            escapes.append(start - 1)
        else:
            spans.append((start, end))
    return tuple(spans), tuple(escapes)


def _spans(content: str) -> tuple[Span, ...]:
    if "$" not in content:
        return ()
    # Behind the last } no ${ can end. Looking for it anyway would search the rest of the content once for each ${.
    braced = content.rfind("}") + 1
    matches = [*_REFERENCE.finditer(content, 0, braced), *_REFERENCE_WITHOUT_BRACES.finditer(content, braced)]
    return tuple(match.span() for match in matches if match[1])
