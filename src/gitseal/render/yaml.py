"""`yaml`: the tree as block mappings that readers of YAML 1.1 and 1.2 take for the same values.

A small emitter of our own: ruamel.yaml would cost 15 ms at start. Texts always stand in double quotes with everything
unusual escaped, so none is taken for a date, a boolean or a number; numbers are written as both versions read them.
"""

import re
from collections.abc import Sequence

from gitseal.document.value import TypedValue, ValueType
from gitseal.render._shape import CannotCarry, Options, RenderedEntry, text_of
from gitseal.render._tree import Tree, grow

SECTIONS = True

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# YAML 1.1 takes these for booleans and null, whatever their case.
_WORDS = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null"})
# What a double-quoted scalar cannot hold as it is (YAML 1.2.2, 5.1 and 5.4), and what cannot be seen.
_ESCAPED = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]'
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FLOAT = re.compile(r"(-?[0-9]+)(\.[0-9]+)?(?:[eE]([+-]?)([0-9]+))?")
_MAX_SIMPLE_KEY = 1000  # YAML's own limit is 1024 characters, quotes included
_MAX_DEPTH = 64


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One document without markers, two blanks for each level. Raises as `_tree.grow` does."""
    lines: list[str] = []
    _block(grow(entries, encode), "", lines)
    return ("".join(lines) or "{}\n").encode()


def _block(tree: Tree, indent: str, lines: list[str]) -> None:
    for name, node in tree.items():
        key = name if _NAME.fullmatch(name) and name.lower() not in _WORDS else quoted(name)
        if isinstance(node, str):
            lines.append(f"{indent}{key}: {node}\n")
        else:
            lines.append(f"{indent}{key}:\n")
            _block(node, indent + "  ", lines)


def encode(value: TypedValue) -> str:
    """One scalar, or a flow collection for JSON. Raises CannotCarry for JSON that YAML readers would not take."""
    content = value.reveal()
    if value.kind is ValueType.NULL:
        return "null"
    if value.kind is ValueType.JSON:
        return _flow(content)
    if value.kind is ValueType.BYTES and not _is_text(value):
        from binascii import b2a_base64  # few files hold raw bytes

        return f'!!binary "{b2a_base64(content, newline=False).decode()}"'
    if value.kind in {ValueType.TEXT, ValueType.BYTES}:
        return quoted(text_of(value))
    return _float(text_of(value)) if value.kind is ValueType.FLOAT else text_of(value)


def quoted(text: str) -> str:
    """A double-quoted scalar on one line. Raises CannotCarry for lone surrogates, which only JSON can hold."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    code = ord(sign)
    if 0xD800 <= code < 0xE000:  # noqa: PLR2004 - the surrogates
        raise CannotCarry("half a surrogate pair, which is no character in YAML")
    return _SHORT.get(sign) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - one byte


def _is_text(value: TypedValue) -> bool:
    try:
        text_of(value)
    except CannotCarry:
        return False
    return True


def _float(text: str) -> str:
    """YAML 1.1 reads an exponent only after a point and with a sign: `1e5` would be text there."""
    match = _FLOAT.fullmatch(text)
    if match is None:  # .inf, -.inf and .nan are the same in both versions
        return text
    whole, fraction, sign, exponent = match.groups()
    return f"{whole}{fraction or '.0'}" + (f"e{sign or '+'}{exponent}" if exponent else "")


class _Number(str):
    """A number of a JSON text, by its digits."""

    __slots__ = ()


def _flow(content: bytes) -> str:
    import json  # 5 ms that trees without JSON values need not pay

    try:
        node = json.loads(content, parse_int=_Number, parse_float=lambda text: _Number(_float(text)))
        return _node(node, 0)
    except RecursionError:
        raise CannotCarry("JSON that is nested too deeply") from None


def _node(node: object, depth: int) -> str:
    if depth > _MAX_DEPTH:
        raise CannotCarry("JSON that is nested too deeply")
    if isinstance(node, _Number):
        return str(node)
    if isinstance(node, str):
        return quoted(node)
    if isinstance(node, list):
        return "[" + ", ".join(_node(item, depth + 1) for item in node) + "]"
    if isinstance(node, dict):
        return "{" + ", ".join(f"{_key(name)}: {_node(item, depth + 1)}" for name, item in node.items()) + "}"
    return "null" if node is None else "true" if node else "false"


def _key(name: str) -> str:
    key = quoted(name)
    if len(key) > _MAX_SIMPLE_KEY:
        raise CannotCarry("a name inside its JSON that is too long for a YAML key")
    return key
