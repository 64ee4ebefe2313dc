"""Holds what ruamel.yaml reads to the text that it read, so that none of its leniencies becomes a value of ours.

ruamel.yaml passes over characters that it should refuse (a `?` before a name in brackets) and misreads some scalars. Here every
character of the file is accounted for: it belongs to a scalar, which `_yaml_scalars` reads again, or it is white space, a
comment, or a sign that has its place between two scalars. Anything else is refused.
"""

import re
from typing import TypeAlias

from ruamel.yaml import events as ev

from gitseal.errors import Malformed
from gitseal.exchange import _yaml_scalars as scalars

_Start: TypeAlias = ev.MappingStartEvent | ev.SequenceStartEvent
_End: TypeAlias = ev.MappingEndEvent | ev.SequenceEndEvent

VAULT_TAGS = ("!vault", "!vault-encrypted")
"""How Ansible marks a string that is sealed."""

_TAG = re.compile(r"(?:!![a-z]+|!<[^>\s]*>|!vault(?:-encrypted)?)(?:\s+|\Z)")
_COMMENT = re.compile(r"(?:\A|(?<=[ \t]))#.*")
_HIDDEN = re.compile("[\r\x85\u2028\u2029\ufeff]")
_SIGNS = {
    "?": ('a "?" stands before a name', "write NAME: value"),
    "%": ("directives are not imported", "remove the lines that begin with %"),
}
_OTHER_SIGN = (
    "a sign stands between two values and belongs to neither",
    "write NAME: value, or a list with one - a line",
)
# What a list in block style begins with: it may begin in the column of its name.
_ITEMS = ("- ", "-\n")
_TAGGED = ("a tag that is not imported", "remove the tag")
_DISAGREE = ("YAML parsers read this value differently", "write it in double quotes, on one line")


def refuse_hidden_line_ends(text: str) -> None:
    """Raise Malformed for a character that ends a line to some YAML parsers and is part of it, or nothing, to others."""
    odd = _HIDDEN.search(text)
    if odd:
        code = f"{ord(odd[0]):04X}"
        line = text.count("\n", 0, odd.start()) + 1
        hint = f"remove it, or write \\u{code} in double quotes"
        raise Malformed(f"the character U+{code} is a line end to some YAML parsers, and not to all", line, hint)


class SourceCheck:
    """One pass over the events of a text, in their order."""

    def __init__(self, text: str) -> None:
        self._text = text
        # All before it is accounted for.
        self._at = 0
        # The open mappings and lists, innermost last: the column of one in block style, None of one in brackets.
        self._open: list[int | None] = []
        # A colon directly after quotes or a bracket needs no blank behind it.
        self._is_closed = False
        self._marker_line = -1

    def take(self, event: ev.Event) -> None:
        """Account for the text up to the event's end, and read its scalar again. Raises Malformed, with the line."""
        start, end = event.start_mark.index, event.end_mark.index
        self._check_gap(event, start)
        self._at = end
        try:
            self._check(event, start, end)
        except Malformed as error:
            raise Malformed(error.reason, event.start_mark.line + 1, error.hint or _DISAGREE[1]) from None
        self._is_closed = self._text[self._at - 1 : self._at] in {'"', "'", "]", "}"}

    @property
    def _indent(self) -> int:
        """The column of the innermost mapping or list in block style; what it holds is indented deeper."""
        return next((column for column in reversed(self._open) if column is not None), -1)

    def _check(self, event: ev.Event, start: int, end: int) -> None:
        if isinstance(event, ev.ScalarEvent):
            self._scalar(event, start, end)
        elif isinstance(event, _Start):
            self._begin(event, start, end)
        elif isinstance(event, _End):
            # In block style the end has no sign: its mark is at whatever comes next.
            self._at = end if self._open.pop() is None else start
        elif isinstance(event, ev.DocumentStartEvent):
            if event.version or event.tags or self._text[start:end].strip() not in {"", "---"}:
                raise Malformed("directives are not imported", 0, "remove the lines that begin with %")
            self._marker_line = event.start_mark.line if end > start else -1

    def _begin(self, event: _Start, start: int, end: int) -> None:
        sign = _TAG.sub("", self._text[start:end], count=1).strip()
        if sign in {"[", "{"}:
            self._open.append(None)
            return
        if event.start_mark.line == self._marker_line:
            raise Malformed("values begin on the line of the document's ---", 0, "begin them on the next line")
        if sign not in {"", "-"}:
            reason, hint = _SIGNS.get(sign, _TAGGED)
            raise Malformed(reason, 0, hint)
        self._open.append(event.end_mark.column - len(sign))

    def _scalar(self, event: ev.ScalarEvent, start: int, end: int) -> None:
        tag = _TAG.match(self._text, start, end) if event.tag is not None else None
        if event.tag is not None and tag is None:
            raise Malformed(_TAGGED[0], 0, _TAGGED[1])
        start = tag.end() if tag else start
        indent, style = self._indent, event.style
        source = self._text[start:end]
        if style == '"':
            content = scalars.double_quoted(source, indent)
        elif style == "'":
            content = scalars.single_quoted(source, indent)
        elif style is None:
            content = scalars.plain(source, indent, in_flow=bool(self._open) and self._open[-1] is None)
        else:
            content, self._at = scalars.block(self._text, start, indent)
        if content != event.value:
            raise Malformed(_DISAGREE[0])

    def _check_gap(self, event: ev.Event, end: int) -> None:
        """Check what stands before an event: at most one sign, with white space and comments around it."""
        gap = self._text[self._at : end]
        if not gap:
            return
        if self._at and not self._text[self._at - 1].isspace() and gap.startswith("#"):
            raise self._misplaced("a comment begins without a blank before it", "put a blank before the #")
        *lines, last = (_COMMENT.sub("", line) for line in gap.split("\n"))
        in_flow = bool(self._open) and self._open[-1] is None
        signs = "".join((*lines, last)).translate({32: None, 9: None})
        if signs not in ({"", ":", ","} if in_flow else {"", ":", "-"}):
            line = next(number for number, text in enumerate((*lines, last)) if text.strip(" \t"))
            raise self._misplaced(*_SIGNS.get(signs[0], _OTHER_SIGN), line)
        if any("\t" in line.rstrip("\t ") for line in lines) or "\t" in last:
            raise self._misplaced("a tab stands between values", "use blanks")
        if signs == ":" and not self._is_closed and gap[gap.index(":") + 1 :][:1].strip():
            raise self._misplaced(*_DISAGREE)
        if lines and not isinstance(event, _End):  # a bracket may be closed in any column
            self._check_column(event, [*lines, last], signs, in_flow=in_flow)

    def _check_column(self, event: ev.Event, lines: list[str], signs: str, *, in_flow: bool) -> None:
        """Check that lines in brackets, and a value on a line of its own, are indented deeper than the name above them."""
        start, end = event.start_mark.index, event.end_mark.index
        # In block style a sign before the value, as in "- x", is where ruamel.yaml looked; and names are in its own column.
        is_placed = bool(lines[-1].strip()) or not signs or start == end or self._text[start : start + 2] in _ITEMS
        if is_placed and not in_flow:
            return
        begun = [*lines[1:-1], f"{lines[-1]}."] if in_flow else [f"{lines[-1]}."]
        if any(line.strip() and len(line) - len(line.lstrip(" ")) <= self._indent for line in begun):
            raise self._misplaced(
                "a value is not indented deeper than its name", "indent it with blanks", len(lines) - 1
            )

    def _misplaced(self, reason: str, hint: str, lines: int = 0) -> Malformed:
        return Malformed(reason, self._text.count("\n", 0, self._at) + 1 + lines, hint)
