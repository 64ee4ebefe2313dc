"""Imports YAML: one document by the core schema of YAML 1.2, read from ruamel.yaml's events.

It reads events and not objects: they have the source text, so that no text becomes a date and no number loses digits; they
have the line; and nothing is built from what is refused. `_yaml_source` holds each event to the text that it came from.

Refused are anchors and aliases (a few lines of them grow to gigabytes), merge keys, directives, further documents, tags beyond
the core schema, names that are not strings, and numbers and booleans in spellings that would not be kept, such as `0x1F`, `+5`,
`True`, and `0123`, which YAML 1.1 reads as octal and 1.2 as decimal.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml import events as ev

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Error, Malformed
from gitseal.exchange._items import Imported
from gitseal.exchange._names import shown
from gitseal.exchange._nodes import MAX_NESTING, Leaf, ListNode, Mapping, Node, imported, text_leaf
from gitseal.exchange._text import decoded
from gitseal.exchange._yaml_events import Events, line_of, next_event
from gitseal.exchange._yaml_source import VAULT_TAGS, SourceCheck, refuse_hidden_line_ends

VaultOpener: TypeAlias = Callable[[str, int], str]
"""Gives the plaintext of what stands behind a tag `!vault` of Ansible, on this line."""

_MARKS = (ev.StreamStartEvent, ev.StreamEndEvent, ev.DocumentStartEvent, ev.DocumentEndEvent)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAG = "tag:yaml.org,2002:"
# The core schema's plain scalars (YAML 1.2.2, 10.3.2), in all their spellings.
_NULLS = frozenset({"", "~", "null"})
_SPELLINGS = {
    ValueType.NULL: re.compile(r"Null|NULL"),
    ValueType.BOOLEAN: re.compile(r"true|True|TRUE|false|False|FALSE"),
    ValueType.INTEGER: re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ValueType.FLOAT: re.compile(
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    ),
}
# JSON and some YAML parsers read it as 0, others keep its sign.
_ZEROS = frozenset({"-0"})


def parse(data: bytes, open_vault: VaultOpener | None = None) -> Imported:
    """Read the values: mappings are sections, lists JSON, `!!binary` bytes, dates text. Raises Malformed with the line.

    `open_vault` opens the strings that Ansible has sealed; without it they are refused.
    """
    return imported(_document(_events(_readable(data), open_vault=open_vault)))


def documents(data: bytes) -> list[Node]:
    """What each document of a file holds, whatever it is. Raises Malformed with the line."""
    events = _events(_readable(data), several=True)
    return [_node(event, events, 0) for event in events]


def _readable(data: bytes) -> str:
    text = decoded(data)
    # Looked for here, so that the error has the line, and nothing of the file.
    odd = _UNPRINTABLE.search(text)
    if odd:
        raise Malformed("a character that YAML does not allow", text.count("\n", 0, odd.start()) + 1)
    text = text.replace("\r\n", "\n")
    refuse_hidden_line_ends(text)
    return text


def _events(text: str, *, several: bool = False, open_vault: VaultOpener | None = None) -> Events:
    """The events of the one document or of `several`, without those that only mark beginning and end. Raises Malformed."""
    events = YAML(typ="safe", pure=True).parse(text)
    source = SourceCheck(text)
    begun = 0
    while True:
        event = next_event(events)
        if event is None:
            return
        if isinstance(event, ev.DocumentStartEvent):
            begun += 1
            if begun > 1 and not several:
                raise Malformed("a second document begins", line_of(event), "import one document at a time")
        source.take(event)
        if open_vault and isinstance(event, ev.ScalarEvent) and event.tag in VAULT_TAGS:
            content = open_vault(event.value, line_of(event))
            yield ev.ScalarEvent(None, None, (False, True), content, event.start_mark, event.end_mark, style='"')
        elif not isinstance(event, _MARKS):
            yield event


def _document(events: Events) -> Mapping:
    first = next(events, None)
    if isinstance(first, ev.MappingStartEvent):
        root = _mapping(first, events, 0)
    # A document that has only comments is one null without text.
    elif first is None or (isinstance(first, ev.ScalarEvent) and _leaf(first).value.kind is ValueType.NULL):
        root = Mapping([], 0)
    else:
        raise Malformed("the file is YAML but not a mapping", line_of(first), "write NAME: value")
    for _event in events:  # what is wrong behind the mapping, such as a second document, shows only if somebody looks
        pass
    return root


def _node(event: ev.Event, events: Events, depth: int) -> Node:
    if depth > MAX_NESTING:
        raise Malformed(f"the file is nested more than {MAX_NESTING} deep", line_of(event))
    if isinstance(event, ev.ScalarEvent):
        return _leaf(event)
    if isinstance(event, ev.SequenceStartEvent):
        _check_tag(event, "seq")
        return ListNode(
            [_node(item, events, depth + 1) for item in _until(ev.SequenceEndEvent, events)], line_of(event)
        )
    return _mapping(event, events, depth)


def _mapping(event: ev.Event, events: Events, depth: int) -> Mapping:
    _check_tag(event, "map")
    members = []
    for key in _until(ev.MappingEndEvent, events):
        name = _name(key)
        # An event stream alternates keys and values, so there is a next one.
        members.append((name, line_of(key), _node(next(events), events, depth + 1)))
    return Mapping(members, line_of(event))


def _until(end: type[ev.Event], events: Events) -> Events:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _name(event: ev.Event) -> str:
    if not isinstance(event, ev.ScalarEvent):
        raise Malformed("a mapping or a list stands where a name should", line_of(event))
    if event.value == "<<" and event.style is None and event.tag in {None, _TAG + "merge"}:
        raise Malformed("merge keys are not imported", line_of(event), "write the names out")
    leaf = _leaf(event)
    if leaf.value.kind is not ValueType.TEXT:
        hint = "put it in quotes if it is the name"
        raise Malformed(f'"{shown(event.value)}" is a {_word(leaf.value.kind)}, not a name', leaf.line, hint)
    return leaf.value.reveal().decode()


def _check_tag(event: ev.Event, word: str) -> None:
    if getattr(event, "tag", None) not in {None, _TAG + word}:
        raise Malformed("a tag that is not imported", line_of(event), "remove the tag")


def _leaf(event: ev.ScalarEvent) -> Leaf:
    line = line_of(event)
    tag, text = event.tag, event.value
    if tag is None:
        # Quotes make a text of whatever looks like a number or a boolean.
        return Leaf((event.style is None and _plain(text, line)) or text_leaf(text, line).value, line)
    value = _tagged(tag.removeprefix(_TAG), text, line)
    if value is None:
        raise Malformed("a tag that is not imported, or its value is not of its type", line, "remove the tag")
    return Leaf(value, line)


def _tagged(word: str, text: str, line: int) -> TypedValue | None:
    if word in {"str", "timestamp"}:
        return text_leaf(text, line).value
    if word == "binary":
        return _binary(text)
    value = _plain(text, line)
    return value if value and _WORDS.get(word) is value.kind else None


_WORDS = {"int": ValueType.INTEGER, "float": ValueType.FLOAT, "bool": ValueType.BOOLEAN, "null": ValueType.NULL}


def _binary(text: str) -> TypedValue | None:
    try:
        return checked(ValueType.BYTES, a2b_base64("".join(text.split()).encode(), strict_mode=True))
    except (Base64Error, UnicodeEncodeError):
        return None


def _plain(text: str, line: int) -> TypedValue | None:
    """The value of a scalar without quotes, spelled as it is. None if it is a text.

    Raises Malformed for a number, boolean or null in a spelling that no value of ours has: taken over in another one, a key
    in hex would become a decimal number, and `+33...` lose its plus.
    """
    if text in _NULLS:
        return TypedValue(ValueType.NULL, b"")
    kind = next((kind for kind, spelling in _SPELLINGS.items() if spelling.fullmatch(text)), None)
    if kind is None:
        return None
    content = text.encode()
    if text in _ZEROS or not _is_spelled(kind, content):
        raise Malformed(f"a {_word(kind)} that would be stored in another spelling", line, _hint(kind, text))
    return TypedValue(kind, content)


def _word(kind: ValueType) -> str:
    return "number" if kind in {ValueType.INTEGER, ValueType.FLOAT} else kind.word


def _is_spelled(kind: ValueType, content: bytes) -> bool:
    try:
        return kind is not ValueType.NULL and checked(kind, content).reveal() == content
    except Error:
        return False


def _hint(kind: ValueType, text: str) -> str:
    """What to write. It quotes only what can be no secret: a word."""
    if kind in {ValueType.BOOLEAN, ValueType.NULL}:
        return f'write {text.lower()}, or "{text}" in quotes if it is text'
    return "put it in quotes if it is text; a number is written in decimal, without a plus and without a zero before it"
