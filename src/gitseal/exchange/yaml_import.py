"""Imports YAML: one document by the core schema of YAML 1.2, read from ruamel.yaml's events.

It reads events and not objects. They have the source text, so that no text becomes a date and no number loses digits; they
have the line; and nothing is built from what is refused. Refused are anchors and aliases (a few lines of them grow to
gigabytes), merge keys, directives, further documents, tags beyond the core schema, names that are not strings, and `0123`,
which YAML 1.1 reads as octal and 1.2 as decimal.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Malformed
from gitseal.exchange._items import Imported
from gitseal.exchange._names import shown
from gitseal.exchange._nodes import MAX_NESTING, Leaf, ListNode, Mapping, Node, imported, text_leaf
from gitseal.exchange._text import decoded

Events: TypeAlias = Iterator[ev.Event]

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAG = "tag:yaml.org,2002:"
# The core schema's plain scalars (YAML 1.2.2, 10.3.2).
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_DECIMAL = re.compile(r"([-+]?)([0-9]+)")
_BASED = re.compile(r"0(?:o([0-7]+)|x([0-9a-fA-F]+))")
_FLOAT = re.compile(r"([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def parse(data: bytes) -> Imported:
    """Read the values: mappings are sections, lists JSON, `!!binary` bytes, dates text. Raises Malformed with the line."""
    text = decoded(data)
    # Looked for here, so that the error has the line, and nothing of the file.
    odd = _UNPRINTABLE.search(text)
    if odd:
        raise Malformed("a character that YAML does not allow", text.count("\n", 0, odd.start()) + 1)
    return imported(_document(_events(text)), "yaml")


def _events(text: str) -> Events:
    """The events of the one document, without those that only mark its beginning and end. Raises Malformed."""
    events = YAML(typ="safe", pure=True).parse(text)
    documents = 0
    while True:
        event, problem = _next(events)
        if problem:
            raise problem
        if event is None:
            return
        _refuse_reuse(event)
        if isinstance(event, ev.DocumentStartEvent):
            documents += 1
            _check_start(event, documents)
        elif not isinstance(event, (ev.StreamStartEvent, ev.StreamEndEvent, ev.DocumentEndEvent)):
            yield event


def _next(events: Events) -> tuple[ev.Event | None, Malformed | None]:
    """The next event, or the error for the caller to raise.

    Raised in here it would have the reader's error as its context, and that holds the whole file.
    """
    try:
        return next(events, None), None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, Malformed(f"the file is not YAML{_said(error.problem)}", mark.line + 1 if mark else 0)
    except (YAMLError, ValueError, IndexError, AssertionError, AttributeError):
        # ruamel.yaml fails like this on some input that it should refuse.
        return None, Malformed("the file is not YAML that can be read")


def _said(problem: str | None) -> str:
    """The reader's words, unless they quote something: that may come from the file."""
    return f": {problem}" if problem and "'" not in problem and '"' not in problem else ""


def _refuse_reuse(event: ev.Event) -> None:
    if isinstance(event, ev.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise Malformed("anchors and aliases are not imported", _line(event), "write the value out at each place")


def _check_start(event: ev.DocumentStartEvent, documents: int) -> None:
    if event.version or event.tags:
        raise Malformed("directives are not imported", _line(event), "remove the lines that begin with %")
    if documents > 1:
        raise Malformed("a second document begins", _line(event), "import one document at a time")


def _document(events: Events) -> Mapping:
    first = next(events, None)
    if first is None:
        return Mapping([], 0)
    if isinstance(first, ev.MappingStartEvent):
        root = _mapping(first, events, 0)
        for _event in events:  # `_events` refuses a second document, but only if somebody asks for it
            pass
        return root
    # A document that has only comments is one null without text.
    if isinstance(first, ev.ScalarEvent) and _leaf(first).value.kind is ValueType.NULL:
        return Mapping([], 0)
    raise Malformed("the file is YAML but not a mapping", _line(first), "write NAME: value")


def _node(event: ev.Event, events: Events, depth: int) -> Node:
    if depth > MAX_NESTING:
        raise Malformed(f"the file is nested more than {MAX_NESTING} deep", _line(event))
    if isinstance(event, ev.ScalarEvent):
        return _leaf(event)
    if isinstance(event, ev.SequenceStartEvent):
        _check_tag(event, "seq")
        return ListNode([_node(item, events, depth + 1) for item in _until(ev.SequenceEndEvent, events)], _line(event))
    return _mapping(event, events, depth)


def _mapping(event: ev.Event, events: Events, depth: int) -> Mapping:
    _check_tag(event, "map")
    members = []
    for key in _until(ev.MappingEndEvent, events):
        name = _name(key)
        # An event stream alternates keys and values, so there is a next one.
        members.append((name, _line(key), _node(next(events), events, depth + 1)))
    return Mapping(members, _line(event))


def _until(end: type[ev.Event], events: Events) -> Events:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _name(event: ev.Event) -> str:
    if not isinstance(event, ev.ScalarEvent):
        raise Malformed("a mapping or a list stands where a name should", _line(event))
    if event.value == "<<" and event.style is None and event.tag in {None, _TAG + "merge"}:
        raise Malformed("merge keys are not imported", _line(event), "write the names out")
    leaf = _leaf(event)
    if leaf.value.kind is not ValueType.TEXT:
        hint = "put it in quotes if it is the name"
        raise Malformed(f'"{shown(event.value)}" is a {leaf.value.kind.word}, not a name', leaf.line, hint)
    return leaf.value.reveal().decode()


def _check_tag(event: ev.Event, word: str) -> None:
    if getattr(event, "tag", None) not in {None, "!", _TAG + word}:
        raise Malformed("a tag that is not imported", _line(event), "remove the tag")


def _leaf(event: ev.ScalarEvent) -> Leaf:
    line = _line(event)
    tag, text = event.tag, event.value
    if tag in {None, "!"}:
        # Quotes, and the tag `!`, make a text of whatever looks like a number or a boolean.
        plain = tag is None and event.style is None
        return Leaf((plain and _plain(text, line)) or text_leaf(text, line).value, line)
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
    if word == "float" and value and value.kind is ValueType.INTEGER:
        return TypedValue(ValueType.FLOAT, value.reveal() + b".0")
    return value if value and _WORDS.get(word) is value.kind else None


_WORDS = {"int": ValueType.INTEGER, "float": ValueType.FLOAT, "bool": ValueType.BOOLEAN, "null": ValueType.NULL}


def _binary(text: str) -> TypedValue | None:
    try:
        return checked(ValueType.BYTES, a2b_base64("".join(text.split()).encode(), strict_mode=True))
    except (Base64Error, UnicodeEncodeError):
        return None


def _plain(text: str, line: int) -> TypedValue | None:
    """The value of a scalar without quotes, numbers in decimal. None if it is a text."""
    if _NULL.fullmatch(text):
        return TypedValue(ValueType.NULL, b"")
    if _BOOLEAN.fullmatch(text):
        return TypedValue(ValueType.BOOLEAN, text.lower().encode())
    return _number(text, line)


def _number(text: str, line: int) -> TypedValue | None:
    if match := _DECIMAL.fullmatch(text):
        return _decimal(match, line)
    if match := _BASED.fullmatch(text):
        return _based(match, line)
    if match := _INFINITE.fullmatch(text):
        return TypedValue(ValueType.FLOAT, text.lower().lstrip("+").encode())
    match = _FLOAT.fullmatch(text)
    if match and (match[2] or match[3]):
        return _float(match)
    return None


def _decimal(match: re.Match[str], line: int) -> TypedValue:
    sign, digits = match[1].lstrip("+"), match[2]
    if digits.startswith("0") and digits != "0":
        raise Malformed("a number with a leading zero is octal to some readers", line, "put it in quotes if it is text")
    return TypedValue(ValueType.INTEGER, (digits if digits == "0" else sign + digits).encode())


def _based(match: re.Match[str], line: int) -> TypedValue:
    digits, base = (match[1], 8) if match[1] else (match[2], 16)
    number = int(digits, base)
    if number.bit_length() > _MAX_BITS:  # writing longer ones in decimal takes quadratic time
        raise Malformed("a number that is too long", line, "put it in quotes if it is a text")
    return TypedValue(ValueType.INTEGER, str(number).encode())


_MAX_BITS = 4096


def _float(match: re.Match[str]) -> TypedValue:
    sign, whole, fraction, exponent = match.groups()
    text = f"{sign.lstrip('+')}{whole.lstrip('0') or '0'}.{fraction or '0'}"
    return checked(ValueType.FLOAT, (text + (f"e{exponent}" if exponent else "")).encode())


def _line(event: ev.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 0
