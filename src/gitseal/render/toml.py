"""`toml`: the tree as tables of TOML 1.0, types kept. TOML knows no null: such names are left out.

A small emitter of our own, as for YAML. Strings stand on one line in double quotes with everything unusual escaped.
"""

import math
import re
from collections.abc import Sequence

from gitseal.document.value import TypedValue, ValueType
from gitseal.render._inline import Notation, json_value, quoting
from gitseal.render._shape import CannotCarry, Options, RenderedEntry, text_of
from gitseal.render._tree import Tree, grow

SECTIONS = True

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_INTEGERS = range(-(2**63), 2**63)  # what every reader must take
_MAX_DIGITS = 20


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """Names first, then the tables, each in their order. Raises as `_tree.grow` does."""
    lines: list[str] = []
    _table(grow([entry for entry in entries if entry.value.kind is not ValueType.NULL], encode), "", lines)
    return "".join(lines).encode()


def _table(tree: Tree, path: str, lines: list[str]) -> None:
    """Write a table's names, then the tables in it: a name after the head of another table would belong to that one."""
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
        return json_value(value.reveal(), _NOTATION)
    text = text_of(value)
    if value.kind in {ValueType.TEXT, ValueType.BYTES}:
        return quoted(text)
    if value.kind is ValueType.INTEGER:
        return _integer(text)
    return _float(text) if value.kind is ValueType.FLOAT else text


quoted = quoting(lambda code: f"\\u{code:04x}", "TOML")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def _integer(text: str) -> str:
    # The length first: int() raises ValueError for more than 4300 digits.
    if len(text) > _MAX_DIGITS or int(text) not in _INTEGERS:
        raise CannotCarry("an integer of more than 64 bits")
    return text


def _float(text: str) -> str:
    if text.endswith(("inf", "nan")):
        return text.replace(".", "")  # stored as YAML writes them, .inf and .nan
    if math.isinf(float(text)):
        raise CannotCarry("a number beyond those of 64 bits")
    return text


def _no_null() -> str:
    raise CannotCarry("a null inside its JSON, which TOML does not know")


# Arrays and inline tables.
_NOTATION = Notation(quoted, _key, _integer, _float, _no_null, " = ")
