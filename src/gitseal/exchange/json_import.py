"""Imports JSON: one object, strictly by RFC 8259. Numbers keep the digits of the file.

The standard reader gives no positions, so items have line 0, and errors tell the name instead.
"""

import json
from typing import NoReturn

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Malformed
from gitseal.exchange._items import Imported
from gitseal.exchange._nodes import MAX_NESTING, Leaf, ListNode, Mapping, Node, imported, text_leaf
from gitseal.exchange._text import decoded


class _JsonNumber(str):
    """A number as its digits; `whole` says that it has neither a point nor an exponent."""

    __slots__ = ("whole",)
    whole: bool


class _Constant(Exception):
    """The file holds NaN or an infinity, which Python's reader would take and RFC 8259 does not know."""


def parse(data: bytes) -> Imported:
    """Read the values: strings are text, objects are sections, lists are JSON. Raises Malformed."""
    root = tree(data)
    if not isinstance(root, Mapping):
        hint = 'write {"NAME": "value", ...}; jq can make that of a list of names and values'
        raise Malformed("the file is JSON but not an object", 0, hint)
    return imported(root)


def tree(data: bytes) -> Node:
    """All that a file holds, whatever its root is. Raises Malformed."""
    loaded, problem = _loaded(decoded(data))
    if problem:
        raise problem
    return _node(loaded, 0)


class _Members(list[tuple[str, object]]):
    """An object's names and values. A dict would drop repeated names without a word."""


def _loaded(text: str) -> tuple[object, Malformed | None]:
    """The tree, or the error for the caller to raise.

    Raised in here it would have the reader's error as its context, and that holds the whole file.
    """
    try:
        loaded = json.loads(
            text, object_pairs_hook=_Members, parse_int=_whole, parse_float=_fraction, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        return None, Malformed(f"the file is not JSON: {error.msg.lower()}", error.lineno)
    except _Constant:
        return None, Malformed("the file holds NaN or Infinity, which JSON does not know", 0, "write it as a string")
    except RecursionError:
        return None, _too_deep()
    return loaded, None


def _whole(digits: str) -> _JsonNumber:
    number = _JsonNumber(digits)
    number.whole = True
    return number


def _fraction(digits: str) -> _JsonNumber:
    number = _JsonNumber(digits)
    number.whole = False
    return number


def _refuse(_constant: str) -> NoReturn:
    raise _Constant


def _mapping(members: _Members, depth: int) -> Mapping:
    return Mapping([(name, 0, _node(member, depth + 1)) for name, member in members], 0)


def _node(loaded: object, depth: int) -> Node:
    if depth > MAX_NESTING:
        raise _too_deep()
    if isinstance(loaded, _Members):
        return _mapping(loaded, depth)
    if isinstance(loaded, list):
        return ListNode([_node(item, depth + 1) for item in loaded], 0)
    if isinstance(loaded, _JsonNumber):
        return Leaf(_number(loaded), 0)
    if isinstance(loaded, str):
        return text_leaf(loaded, 0)
    if loaded is None:
        return Leaf(TypedValue(ValueType.NULL, b""), 0)
    return Leaf(TypedValue(ValueType.BOOLEAN, b"true" if loaded else b"false"), 0)


def _number(number: _JsonNumber) -> TypedValue:
    if number == "-0":  # 0 to some readers; others keep the sign
        raise Malformed("the file holds the number -0, which readers take for 0 or for -0.0", 0, "write 0 or -0.0")
    return checked(ValueType.INTEGER if number.whole else ValueType.FLOAT, number.encode())


def _too_deep() -> Malformed:
    return Malformed(f"the file is nested more than {MAX_NESTING} deep")
