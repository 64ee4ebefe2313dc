"""`toml`: the tree as tables of TOML 1.0, types kept. TOML knows no null: such names are left out.

A small emitter of our own, as for YAML. Strings stand on one line in double quotes with everything unusual escaped.
"""

import math
import re
from collections.abc import Sequence

from gitseal.document.value import TypedValue, ValueType
from gitseal.render._shape import CannotCarry, Options, RenderedEntry, text_of
from gitseal.render._tree import Tree, grow

SECTIONS = True

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# What a basic string cannot hold as it is, and what cannot be seen.
_ESCAPED = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]'
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INTEGERS = range(-(2**63), 2**63)  # what every reader must take
_MAX_DIGITS = 20
_MAX_DEPTH = 64


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """Names first, then the tables, each in their order. Raises as `_tree.grow` does."""
    lines: list[str] = []
    _table(grow([entry for entry in entries if entry.value.kind is not ValueType.NULL], encode), "", lines)
    return "".join(lines).encode()


def _table(tree: Tree, path: str, lines: list[str]) -> None:
    """A name after the head of another table would be that table's, so tables come last."""
    named = [f"{_key(name)} = {node}\n" for name, node in tree.items() if isinstance(node, str)]
    if path and named:
        lines.append(f"\n[{path}]\n" if lines else f"[{path}]\n")
    lines.extend(named)
    for name, node in tree.items():
        if not isinstance(node, str):
            _table(node, f"{path}.{_key(name)}" if path else _key(name), lines)


def encode(value: TypedValue) -> str:
    """One value of TOML. Raises CannotCarry for what TOML or its numbers do not know."""
    if value.kind is ValueType.JSON:
        return _inline(value.reveal())
    text = text_of(value)
    if value.kind in {ValueType.TEXT, ValueType.BYTES}:
        return quoted(text)
    if value.kind is ValueType.INTEGER:
        return _integer(text)
    return _float(text) if value.kind is ValueType.FLOAT else text


def quoted(text: str) -> str:
    """A basic string on one line. Raises CannotCarry for lone surrogates, which only JSON can hold."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    if "\ud800" <= sign <= "\udfff":
        raise CannotCarry("half a surrogate pair, which is no character in TOML")
    return _SHORT.get(sign) or f"\\u{ord(sign):04x}"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def _integer(text: str) -> str:
    # Python takes long to read a long one.
    if len(text) > _MAX_DIGITS or int(text) not in _INTEGERS:
        raise CannotCarry("an integer of more than 64 bits")
    return text


def _float(text: str) -> str:
    if text.endswith(("inf", "nan")):
        return text.replace(".", "")
    if math.isinf(float(text)):
        raise CannotCarry("a number beyond those of 64 bits")
    return text


class _Number(str):
    """A number of a JSON text, by its digits."""

    __slots__ = ()


def _inline(content: bytes) -> str:
    import json  # 5 ms that trees without JSON values need not pay

    try:
        # What a number may be is told from its digits.
        node = json.loads(
            content, parse_int=lambda text: _Number(_integer(text)), parse_float=lambda text: _Number(_float(text))
        )
        return _node(node, 0)
    except RecursionError:
        raise CannotCarry("JSON that is nested too deeply") from None


def _node(node: object, depth: int) -> str:
    if depth > _MAX_DEPTH:
        raise CannotCarry("JSON that is nested too deeply")
    if node is None:
        raise CannotCarry("a null inside its JSON, which TOML does not know")
    if isinstance(node, _Number):
        return str(node)
    if isinstance(node, str):
        return quoted(node)
    if isinstance(node, list):
        return "[" + ", ".join(_node(item, depth + 1) for item in node) + "]"
    if isinstance(node, dict):
        return "{" + ", ".join(f"{_key(name)} = {_node(item, depth + 1)}" for name, item in node.items()) + "}"
    return "true" if node else "false"
