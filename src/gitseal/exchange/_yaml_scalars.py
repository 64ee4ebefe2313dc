"""The text of a YAML scalar from its source, by YAML 1.2.2 (chapters 7 and 8), read without any library.

ruamel.yaml reads the same scalars. `_yaml_source` takes a value only if the two agree: each catches the other's mistakes.
All functions take a source whose line ends are line feeds, and `indent`, the column of the mapping or list around it.
They raise Malformed, without the text, for what YAML parsers read differently; the caller adds the line.
"""

import re

from gitseal.errors import Malformed

_BLANKS = " \t"
# YAML 1.2.2, [126] to [130]: an indicator begins a text only if it cannot mean what it means elsewhere.
_FIRST = r"""[^-?:,\[\]{}#&*!|>'"%@`\s]"""
_REST = r"(?:[^ \t:#]|:(?=[^ \t])|(?<=[^ \t])#|[ \t]++(?=[^ \t#]))*+"
_FLOW_REST = r"(?:[^ \t:#,\[\]{}]|:(?=[^ \t,\[\]{}])|(?<=[^ \t])#|[ \t]++(?=[^ \t#-]|-.))*+"
# The first line of a plain text, and a further one; by whether it stands in brackets.
_PLAIN = {
    False: (re.compile(rf"(?:{_FIRST}|[-?:](?=[^ \t])){_REST}"), re.compile(rf"(?!#){_REST}")),
    True: (re.compile(rf"(?:{_FIRST}|[-:](?=[^ \t,\[\]{{}}])){_FLOW_REST}"), re.compile(rf"(?!#){_FLOW_REST}")),
}
_ESCAPE = re.compile(r'\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0abt\tnvfre "/\\N_LP])|.)')
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEADER = re.compile(r"[|>](?:([1-9])?([-+])?|([-+])([1-9]))(?:[ \t]+#[^\n]*|[ \t]*)\n")
_LARGEST = 0x10FFFF


def plain(source: str, indent: int, *, in_flow: bool) -> str:
    """The text of a scalar without quotes; `in_flow` if it stands in brackets."""
    if not source:
        return ""
    first, *others = source.split("\n")
    stripped = [line.strip(_BLANKS) for line in others]
    _check_indent(others, indent)
    begins, goes_on = _PLAIN[in_flow]
    if not begins.fullmatch(first.rstrip(_BLANKS)) or not all(map(goes_on.fullmatch, stripped)):
        raise Malformed("YAML parsers read this value differently", 0, "put it in double quotes")
    # Some parsers drop other white space at the ends of a line, too.
    if any(one != one.strip() for one in (first.strip(_BLANKS), *stripped)):
        raise Malformed(
            "a text without quotes begins or ends with a space other than the common one", 0, "put it in quotes"
        )
    return _folded([first.rstrip(_BLANKS), *stripped])


def single_quoted(source: str, indent: int) -> str:
    """The text of a scalar in single quotes."""
    return _folded(_quoted_lines(source[1:-1], indent)).replace("''", "'")


def double_quoted(source: str, indent: int) -> str:
    """The text of a scalar in double quotes."""
    inner = source[1:-1]
    if "\n" not in inner:
        return _unescaped(inner)
    lines, glued = [], set()
    raw = inner.split("\n")
    _check_indent(raw[1:], indent)
    for number, line in enumerate(raw):
        content = line.lstrip(_BLANKS) if number else line
        kept = content.rstrip(_BLANKS) if number < len(raw) - 1 else content
        backslashes = len(kept) - len(kept.rstrip("\\"))
        if backslashes % 2 and number < len(raw) - 1:
            if kept == content:  # the line end is escaped: nothing stands for it
                kept = kept[:-1]
                glued.add(number)
            else:
                kept = content[: len(kept) + 1]
        lines.append(_unescaped(kept))
    return _folded(lines, glued)


def block(text: str, start: int, indent: int) -> tuple[str, int]:
    """The text of the `|` or `>` scalar that begins at `start`, and the position after its last line."""
    header = _HEADER.match(text, start)
    if header is None:
        raise Malformed("a block has no text", 0, 'for an empty text write ""')
    chomping = header[2] or header[3] or ""
    given = int(header[1] or header[4] or 0)
    lines, end = _block_lines(text, header.end(), indent + given if given else 0, indent)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise Malformed("a block has no text", 0, 'for an empty text write ""')
    ended = text.count("\n", header.end(), end)
    if chomping != "-" and not text.endswith("\n", 0, end):
        raise Malformed("a block ends with the file, in the middle of a line", 0, "end the last line with a line feed")
    content = "\n".join(lines) if text[start] == "|" else _folded_block(lines)
    tail = {"-": "", "": "\n", "+": "\n" * (ended - len(lines) + 1)}[chomping]
    return content + tail, end


def _block_lines(text: str, start: int, depth: int, indent: int) -> tuple[list[str], int]:
    """The lines of a block without their indentation, which is `depth` if it is not 0, and the position after the last."""
    lines: list[str] = []
    longest = 0
    while start < len(text):
        feed = text.find("\n", start)
        line = text[start : feed if feed >= 0 else len(text)]
        spaces = len(line) - len(line.lstrip(" "))
        if spaces < len(line) and not depth:
            depth = spaces
            if depth > indent and longest > depth:
                raise Malformed(
                    "a block begins with a blank line that is longer than its indentation", 0, "empty that line"
                )
        if spaces < len(line) and (spaces < depth or depth <= indent):
            break
        longest = max(longest, spaces)
        lines.append(line[depth:] if depth else "")
        start = feed + 1 if feed >= 0 else len(text)
    return lines, start


def _folded_block(lines: list[str]) -> str:
    """Lines of a `>` block: a line end between two lines of text is a space, and stays beside lines that begin with a blank."""
    written = [lines[0]]
    empty = 0 if lines[0] else 1
    before = lines[0] or None
    for line in lines[1:]:
        if not line:
            empty += 1
            continue
        if before is None:
            written.append("\n" * empty)
        elif line[0] in _BLANKS or before[0] in _BLANKS:
            written.append("\n" * (empty + 1))
        else:
            written.append("\n" * empty or " ")
        written.append(line)
        before, empty = line, 0
    return "".join(written)


def _quoted_lines(inner: str, indent: int) -> list[str]:
    if "\n" not in inner:
        return [inner]
    first, *others = inner.split("\n")
    _check_indent(others, indent)
    return [first.rstrip(_BLANKS), *(line.strip(_BLANKS) for line in others[:-1]), others[-1].lstrip(_BLANKS)]


def _check_indent(lines: list[str], indent: int) -> None:
    """Raise Malformed for a line, other than the first, that is not indented deeper than the name: some parsers take it.

    Lines of blanks alone may be shorter; but a tab is no indentation, and quotes are not closed in front of it.
    """
    if any(
        (line.strip(" ") or number == len(lines)) and len(line) - len(line.lstrip(" ")) <= indent
        for number, line in enumerate(lines, 1)
    ):
        raise Malformed(
            "a value goes on in a line that is not indented deeper than its name", 0, "indent it with blanks"
        )


def _folded(lines: list[str], glued: "set[int] | frozenset[int]" = frozenset()) -> str:
    """The lines joined: by a space, or by as many line feeds as there are empty lines between; by nothing after a glued one."""
    written = [lines[0]]
    empty = 0
    is_glued = 0 in glued
    for number, line in enumerate(lines[1:], 1):
        if not line and number < len(lines) - 1 and number not in glued:
            empty += 1
            continue
        written += ["\n" * empty if empty else "" if is_glued else " ", line]
        empty, is_glued = 0, number in glued
    return "".join(written)


def _unescaped(inner: str) -> str:
    return _ESCAPE.sub(_character, inner) if "\\" in inner else inner


def _character(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    if digits is not None and int(digits, 16) <= _LARGEST:
        return chr(int(digits, 16))
    if digits is not None or escape[4] is None:
        raise Malformed("the file is not YAML: an escape that names no character")
    return _ESCAPES[escape[4]]
