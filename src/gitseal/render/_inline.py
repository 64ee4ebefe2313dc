"""The common part of YAML and TOML on one line: texts in double quotes, and JSON values with the dialect's own scalars.

JSON is read again rather than copied, because neither dialect takes every JSON text as it stands.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from gitseal.render._shape import CannotCarry

# What a double-quoted text cannot hold as it is (YAML 1.2.2, 5.1 and 5.4; TOML 1.0, String), and what nobody can see:
# blanks that are no spaces, marks that turn text around, surrogates.
_UNSAFE = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]'
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MAX_DEPTH = 64


class Notation(NamedTuple):
    """A dialect's way to write the parts of a JSON value. Each function may raise CannotCarry.

    `integer` and `fraction` get a number's digits as they stand in the JSON; `null` is its word or the reason why the
    dialect has none; `colon` stands between a member's key and its value.
    """

    text: Callable[[str], str]
    key: Callable[[str], str]
    integer: Callable[[str], str]
    fraction: Callable[[str], str]
    null: Callable[[], str]
    colon: str


class _Number(str):
    """A number as the dialect writes it, told apart from a text. As a float it would lose its digits: 1.50, 1e400."""

    __slots__ = ()


def quoting(code: Callable[[int], str], language: str) -> Callable[[str], str]:
    """The function that writes a text in double quotes on one line; `code` writes a character by its number.

    It raises CannotCarry for lone surrogates, which only JSON can hold.
    """

    def escape(match: re.Match[str]) -> str:
        sign = match[0]
        if "\ud800" <= sign <= "\udfff":
            raise CannotCarry(f"half a surrogate pair, which is no character in {language}")
        return _SHORT.get(sign) or code(ord(sign))

    return lambda text: f'"{_UNSAFE.sub(escape, text)}"'


def json_value(content: bytes, notation: Notation) -> str:
    """A JSON text on one line in the dialect's notation. Raises CannotCarry if it is nested more than 64 deep."""
    import json  # 5 ms that trees without JSON values need not pay

    try:
        node = json.loads(
            content,
            parse_int=lambda digits: _Number(notation.integer(digits)),
            parse_float=lambda digits: _Number(notation.fraction(digits)),
        )
        return _node(node, notation, 0)
    except RecursionError:
        # Python's reader meets its own limit before ours is looked at.
        raise CannotCarry(_TOO_DEEP) from None


def _node(node: object, notation: Notation, depth: int) -> str:
    if depth > _MAX_DEPTH:
        raise CannotCarry(_TOO_DEEP)
    if node is None:
        return notation.null()
    if isinstance(node, _Number):
        return str(node)
    if isinstance(node, str):
        return notation.text(node)
    if isinstance(node, list):
        return "[" + ", ".join(_node(item, notation, depth + 1) for item in node) + "]"
    if isinstance(node, dict):
        members = (
            f"{notation.key(name)}{notation.colon}{_node(item, notation, depth + 1)}" for name, item in node.items()
        )
        return "{" + ", ".join(members) + "}"
    return "true" if node else "false"


_TOO_DEEP = "JSON that is nested too deeply"
