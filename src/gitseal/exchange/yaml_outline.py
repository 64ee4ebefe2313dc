"""The outline of a YAML document: which parts stand at its top, and what their members are called.

It is read leniently: of a file that another tool reads, gitseal needs one part, and how the others are written is that tool's
matter. The part itself is cut out as text for `yaml_import`, which is strict.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml import events as ev

from gitseal.errors import Error
from gitseal.exchange._nodes import MAX_NESTING
from gitseal.exchange._text import decoded
from gitseal.exchange._yaml_events import next_of_any_kind

MERGED = "<<"
"""Stands among the names of a member for those that an anchor brings."""

_BEGINNINGS = (ev.ScalarEvent, ev.AliasEvent, ev.MappingStartEvent, ev.SequenceStartEvent)
_ENDS = (ev.MappingEndEvent, ev.SequenceEndEvent)
# How many mappings are open at a name of the document, of a part, and of a member.
_AT_TOP, _IN_PART, _IN_MEMBER = 1, 2, 3


class Part(NamedTuple):
    """A part at the top of a document: its source, and the number of lines above it.

    `members` are its members by name, each with the names that it has itself.
    """

    source: str
    lines_above: int
    members: dict[str, set[str]]

    @property
    def text(self) -> str:
        """The source at its place, so that errors tell the line in the file."""
        return "\n" * self.lines_above + self.source


def outline(data: bytes) -> dict[str, Part]:
    """The parts of the one document of a file; empty if it has another shape or is no YAML."""
    try:
        text = decoded(data).replace("\r\n", "\n")
        parts: dict[str, Part] = {}
        for name, part in _Walk(text).parts():
            if name in parts:
                return {}
            parts[name] = part
    except (Error, ValueError):
        return {}
    return parts


class _Walk:
    """One pass over the events of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Of each open mapping the name whose value comes, or None before a name; of a list, the empty text.
        self._names: list[str | None] = []
        self._start, self._line = 0, 0
        self._members: dict[str, set[str]] = {}

    def parts(self) -> Iterator[tuple[str, Part]]:
        documents = 0
        events = YAML(typ="safe", pure=True).parse(self._text)
        while event := next_of_any_kind(events):
            documents += isinstance(event, ev.DocumentStartEvent)
            # In deep brackets ruamel.yaml takes a time that grows with their square.
            if documents > 1 or len(self._names) > MAX_NESTING:
                raise ValueError
            if isinstance(event, _ENDS):
                self._names.pop()
            elif isinstance(event, _BEGINNINGS):
                if self._names and self._names[-1] is None:
                    self._name(event)
                    continue
                self._note(event)
                if isinstance(event, (ev.MappingStartEvent, ev.SequenceStartEvent)):
                    self._names.append(None if isinstance(event, ev.MappingStartEvent) else "")
                    continue
            else:
                continue
            if len(self._names) == _AT_TOP and self._names[0]:
                end = event.end_mark.index
                yield self._names[0], Part(self._text[self._start : end], self._line, self._members)
            if self._names and self._names[-1]:
                self._names[-1] = None

    def _name(self, event: ev.Event) -> None:
        if not isinstance(event, ev.ScalarEvent):
            raise ValueError  # noqa: TRY004 - no caller made a mistake: the file is of another shape
        self._names[-1] = event.value or " "
        if len(self._names) == _AT_TOP:
            self._start, self._line, self._members = event.start_mark.index, event.start_mark.line, {}
        elif len(self._names) == _IN_PART:
            self._members.setdefault(event.value, set())
        elif len(self._names) == _IN_MEMBER and self._names[1]:
            self._members[self._names[1]].add(event.value)

    def _note(self, event: ev.Event) -> None:
        if isinstance(event, ev.AliasEvent) and len(self._names) == _IN_PART and self._names[1]:
            self._members[self._names[1]].add(MERGED)
