"""Converts a stored value to the Python type that a program asks for.

Only the value's text counts, whatever type it was stored as: the integer 8080 and the text 8080 both convert to `int`, as in
the manifest. So a value from an environment variable, which is always text, works like the stored one.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Error, shell_quoted

T = TypeVar("T")

# What a converter gives for a value that is not of its type. It does not raise: the traceback would show the value.
_REFUSED = object()
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_SPECIAL = {".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}


def convert(name: str, value: TypedValue, wanted: type[T]) -> T:
    """Convert a value to `wanted`: str, bytes, int, float, bool, dict, list or object.

    `object` gives every value the type it is stored as, and None for null. Raises Error, which does not show the value, if it
    is null or not of that type; TypeError if `wanted` is none of these.
    """
    converter = supported(wanted)
    if value.kind is ValueType.NULL and wanted is not object:
        raise Error(f'"{name}" is null', f"give it a value: gitseal set {shell_quoted(name)}; or ask for it as object")
    made = converter(value)
    if made is _REFUSED:
        raise Error(f'"{name}" cannot be read as {wanted.__name__}', _HINTS[wanted])
    return made  # type: ignore[no-any-return]


def supported(wanted: type[Any]) -> Callable[[TypedValue], Any]:
    """The converter to a type. Raises TypeError, which lists the types, if there is none."""
    if wanted not in _CONVERTERS:
        known = ", ".join(known_type.__name__ for known_type in _CONVERTERS)
        raise TypeError(f"a value is read as one of {known}; anything else is made of these")
    return _CONVERTERS[wanted]


def _text(value: TypedValue) -> object:
    try:
        return value.reveal().decode()
    except UnicodeDecodeError:
        return _REFUSED


def _integer(value: TypedValue) -> object:
    text = _text(value)
    if not isinstance(text, str) or not re.fullmatch(r"[+-]?[0-9]+", text):
        return _REFUSED
    try:
        return int(text)
    except ValueError:  # more digits than Python takes (sys.set_int_max_str_digits)
        return _REFUSED


def _float(value: TypedValue) -> object:
    text = _text(value)
    if not isinstance(text, str):
        return _REFUSED
    if text in _SPECIAL:
        return _SPECIAL[text]
    return float(text) if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text) else _REFUSED


def _boolean(value: TypedValue) -> object:
    text = _text(value)
    word = text.lower() if isinstance(text, str) else ""
    return word in _TRUE if word in _TRUE | _FALSE else _REFUSED


def _json(value: TypedValue) -> object:
    import json  # 5 ms, for those who store JSON

    try:
        return json.loads(checked(ValueType.JSON, value.reveal()).reveal())
    except Error:
        return _REFUSED


def _of(wanted: type) -> Callable[[TypedValue], object]:
    def parse(value: TypedValue) -> object:
        made = _json(value)
        return made if isinstance(made, wanted) else _REFUSED

    return parse


def _stored(value: TypedValue) -> object:
    return _BY_KIND[value.kind](value)


_BY_KIND: dict[ValueType, Callable[[TypedValue], object]] = {
    ValueType.TEXT: _text,
    ValueType.INTEGER: _integer,
    ValueType.FLOAT: _float,
    ValueType.BOOLEAN: _boolean,
    ValueType.NULL: lambda _value: None,
    ValueType.BYTES: TypedValue.reveal,
    ValueType.JSON: _json,
}
_CONVERTERS: dict[type[Any], Callable[[TypedValue], Any]] = {
    str: _text,
    bytes: TypedValue.reveal,
    int: _integer,
    float: _float,
    bool: _boolean,
    dict: _of(dict),
    list: _of(list),
    object: _stored,
}
_HINTS: dict[type[Any], str] = {
    str: "it is not UTF-8; ask for it as bytes",
    int: "an integer is written in decimal, such as 8080",
    float: "a float is written in decimal, such as 0.5",
    bool: "a boolean is true, false, yes, no, on, off, 1 or 0",
    dict: "it is read as one JSON object without repeated names",
    list: "it is read as one JSON array without repeated names",
    object: "it is an integer of more digits than Python takes; ask for it as str",
}
