"""`yaml`: the tree as block mappings that readers of YAML 1.1 and 1.2 take for the same values.

A small emitter of our own: ruamel.yaml would cost 15 ms at start. Texts always stand in double quotes with everything
unusual escaped, so none is taken for a date, a boolean or a number; numbers are written as both versions read them.
"""

import re
from collections.abc import Sequence

from gitseal.document.value import TypedValue, ValueType
from gitseal.render._inline import Notation, json_value, quoting
from gitseal.render._shape import CannotCarry, Options, RenderedEntry, text_of
from gitseal.render._tree import Tree, grow

SECTIONS = True

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# YAML 1.1 takes these for booleans and null, whatever their case.
_WORDS = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null"})
_FLOAT = re.compile(r"(-?[0-9]+)(\.[0-9]+)?(?:[eE]([+-]?)([0-9]+))?")
_MAX_SIMPLE_KEY = 1000  # YAML's own limit is 1024 characters, quotes included


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One document without markers, indented by two blanks for each level. Raises as `_tree.grow` does."""
    lines: list[str] = []
    _block(grow(entries, encode), "", lines)
    return ("".join(lines) or "{}\n").encode()


def _block(tree: Tree, indent: str, lines: list[str]) -> None:
    for name, node in tree.items():
        if isinstance(node, str):
            lines.append(f"{indent}{block_key(name)}: {node}\n")
        else:
            lines.append(f"{indent}{block_key(name)}:\n")
            _block(node, indent + "  ", lines)


def encode(value: TypedValue) -> str:
    """One scalar, or a flow collection for JSON. Raises CannotCarry for JSON that some YAML readers refuse."""
    content = value.reveal()
    if value.kind is ValueType.NULL:
        return "null"
    if value.kind is ValueType.JSON:
        return json_value(content, _NOTATION)
    if value.kind is ValueType.BYTES and not _is_text(value):
        from binascii import b2a_base64  # few files hold raw bytes

        return f'!!binary "{b2a_base64(content, newline=False).decode()}"'
    if value.kind in {ValueType.TEXT, ValueType.BYTES}:
        return quoted(text_of(value))
    return _float(text_of(value)) if value.kind is ValueType.FLOAT else text_of(value)


def _code(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


quoted = quoting(_code, "YAML")


def _is_text(value: TypedValue) -> bool:
    try:
        text_of(value)
    except CannotCarry:
        return False
    return True


def _float(text: str) -> str:
    """A number as both versions read it. YAML 1.1 wants a point before an exponent and a sign in it: `1e5` is text there."""
    match = _FLOAT.fullmatch(text)
    if match is None:  # .inf, -.inf and .nan are the same in both versions
        return text
    whole, fraction, sign, exponent = match.groups()
    return f"{whole}{fraction or '.0'}" + (f"e{sign or '+'}{exponent}" if exponent else "")


def block_key(name: str) -> str:
    """A key of a block mapping, which every reader takes for this text."""
    # Names that look like YAML's own words stand in quotes, or `no:` would be the key false to readers of YAML 1.1.
    return name if _NAME.fullmatch(name) and name.lower() not in _WORDS else quoted(name)


def _key(name: str) -> str:
    """A key in a flow collection, where no `?` can introduce a long one."""
    key = quoted(name)
    if len(key) > _MAX_SIMPLE_KEY:
        raise CannotCarry("a name inside its JSON that is too long for a YAML key")
    return key


# Flow collections (YAML 1.2.2, 7.4).
_NOTATION = Notation(quoted, _key, str, _float, lambda: "null", ": ")
