"""sops' YAML, from ruamel.yaml's events: one tree a document, with comments, and scalars as go-yaml reads them.

sops writes no anchors and no aliases, so these are refused.
"""

import re

from ruamel.yaml import YAML
from ruamel.yaml import events as ev

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange._yaml_events import line_of, next_event
from gitseal.exchange.sops import scalars
from gitseal.exchange.sops.tree import COMMENT, MAX_NESTING, Member, Node, Scalar, Sequence, TreeBranch

# Between two events there are blanks, indicators and comments, and no text.
_COMMENT = re.compile(r"(?:^|(?<=[ \t\n]))#([^\n]*)")
_BEHIND = re.compile(r"[ \t]++#([^\n]*+)")
_MERGE = "tag:yaml.org,2002:merge"


def parse(data: bytes) -> list[TreeBranch]:
    """The documents of a file. Raises Malformed with the line."""
    text = decoded(data).replace("\r\n", "\n")
    return _YamlWalk(text).documents()


class _YamlWalk:
    """Walks the events once, and keeps the comments that it came by since the last value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events = YAML(typ="safe", pure=True).parse(text)
        self._end = 0
        # Each with its column: behind a list, what is further to the right than the list's own name belongs to the list.
        self._comments: list[tuple[int, str]] = []

    def documents(self) -> list[TreeBranch]:
        documents = []
        while (event := self._next()) is not None:
            if isinstance(event, ev.DocumentStartEvent):
                document = self._document()
                self._needed()  # its end, before which the comments behind it stand
                documents.append(document._replace(below=self._taken()))
        return documents

    def _document(self) -> TreeBranch:
        first = self._needed()
        if isinstance(first, ev.MappingStartEvent):
            return self._branch(first, 0)
        if isinstance(first, ev.ScalarEvent) and not first.value and first.style is None:
            return TreeBranch([])
        raise Malformed("a document of sops is a mapping", line_of(first))

    def _branch(self, event: ev.Event, depth: int) -> TreeBranch:
        members: list[Member] = []
        while not isinstance(key := self._needed(), ev.MappingEndEvent):
            name = _name(key)
            comments = self._taken()
            following = self._needed()
            # Behind a scalar, on its line, and before the next name: they are told apart only there.
            value = self._node(following, depth + 1, key.start_mark.column)
            if isinstance(following, ev.ScalarEvent):
                comments += self._inline(following)
            members.append(Member(name, value, line_of(key), comments))
        return TreeBranch(members, line_of(event))

    def _node(self, event: ev.Event, depth: int, column: int) -> Node:
        """What begins with this event; `column` is that of its name, or of the list that it is an item of."""
        if depth > MAX_NESTING:
            raise Malformed(f"the file is nested more than {MAX_NESTING} deep", line_of(event))
        if isinstance(event, ev.ScalarEvent):
            return _scalar(event)
        if isinstance(event, ev.SequenceStartEvent):
            return self._sequence(event, depth, column)
        return self._branch(event, depth)

    def _sequence(self, event: ev.SequenceStartEvent, depth: int, column: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(item := self._needed(), ev.SequenceEndEvent):
            items += map(_comment, self._taken())
            items.append(self._node(item, depth + 1, event.start_mark.column))
            if isinstance(item, ev.ScalarEvent):
                items += map(_comment, self._inline(item))
        within = [event.flow_style or one > column for one, _ in self._comments]
        items += [_comment(text) for (_, text), is_within in zip(self._comments, within, strict=True) if is_within]
        self._comments = [one for one, is_within in zip(self._comments, within, strict=True) if not is_within]
        return Sequence(items, line_of(event))

    def _taken(self) -> tuple[str, ...]:
        comments = tuple(text for _, text in self._comments)
        self._comments.clear()
        return comments

    def _inline(self, event: ev.ScalarEvent) -> tuple[str, ...]:
        """The comment behind a scalar, on its line; the next event's way would take it for one above what follows."""
        match = _BEHIND.match(self._text, event.end_mark.index)
        if match is None or event.style in {"|", ">"}:
            return ()
        self._end = match.end()
        return (match[1],)

    def _needed(self) -> ev.Event:
        event = self._next()
        if event is None:  # an event stream closes all that it opens
            raise Malformed("the file ends too early")
        return event

    def _next(self) -> ev.Event | None:
        event = next_event(self._events)
        if event is not None:
            self._collect(event)
        return event

    def _collect(self, event: ev.Event) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        gap = self._text[self._end : start]
        for match in _COMMENT.finditer(gap):
            at = self._end + match.start()
            self._comments.append((at - self._text.rfind("\n", 0, at) - 1, match[1]))
        self._end = max(self._end, end)


def _name(event: ev.Event) -> str:
    if not isinstance(event, ev.ScalarEvent):
        raise Malformed("a mapping or a list stands where a name should", line_of(event))
    if event.tag == _MERGE:
        return str(event.value)
    if event.value == "<<" and event.style is None:
        return "<<"
    scalar = _scalar(event)
    if scalar.kind != "str":
        raise Malformed("a name is not a text, which sops does not take either", line_of(event))
    return str(event.value)


def _comment(text: str) -> Scalar:
    return Scalar(COMMENT, text.encode())


def _scalar(event: ev.ScalarEvent) -> Scalar:
    if event.tag is not None and event.tag != "!":
        return scalars.tagged(event.tag, event.value, line_of(event))
    if event.style is None and event.tag is None:
        return scalars.plain(event.value, line_of(event))
    return scalars.text(event.value, line_of(event))
