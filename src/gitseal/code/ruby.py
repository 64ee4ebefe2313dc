"""Ruby, by tree-sitter's grammar: `ENV["X"]`, `ENV.fetch`, also in ERB, as in Rails' `config/database.yml`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.code import _lookups
from gitseal.code._lookups import Grammar, Lookup
from gitseal.code._tolerance import Tolerance
from gitseal.code._walk import Chain, given, literal, text
from gitseal.code.uses import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

_ASKING = frozenset({"key?", "has_key?", "include?", "member?", "dig", "delete"})
_OPEN, _CLOSE = b"<%", b"%>"
_BEGINNING = re.compile(rb"^\s*(?:if|unless|elsif|while)\b")
_BLOCK = re.compile(rb"\bdo(?:\s*\|[^|]*\|)?\s*$")
_TEMPLATES = (".erb", ".yml", ".yaml")
_STRINGS = frozenset({"string", "simple_symbol"})


def read(path: str, content: bytes) -> Reading:
    """Read the variables that a Ruby file uses, or the Ruby in a template."""
    if path.lower().endswith(_TEMPLATES):
        content = _embedded(content) if b"<%" in content and b"ENV" in content else b""
    return _lookups.read(_GRAMMAR, content)


def _embedded(content: bytes) -> bytes:
    """The Ruby between `<%` and `%>`, each piece a statement of its own. Every line keeps its number."""
    kept, at = bytearray(), 0
    while True:
        start = content.find(_OPEN, at)
        end = content.find(_CLOSE, start)
        if start < 0 or end < 0:
            return bytes(kept)
        kept += b"\n" * content.count(b"\n", at, start)
        at = end + len(_CLOSE)
        code = content[start + len(_OPEN) : end]
        if code[:1] in {b"#", b"%"}:  # a comment, a literal `<%`
            kept += b"\n" * code.count(b"\n")
        else:
            # An `if` and a block end in another piece, and would break what stands between.
            kept += b"(" + _BEGINNING.sub(b"", _BLOCK.sub(b"", code.strip(b"-="))) + b");"


def _string(node: "Node | None") -> str:
    return literal(node, _STRINGS)


def _look_ups(chain: Chain) -> Iterator[Lookup]:
    node = chain[-1].node
    if node.type == "element_reference" and text(node.child_by_field_name("object")) in {"ENV", "::ENV"}:
        if node.named_child_count > 1:
            yield Lookup(argument=node.named_child(1))
    elif node.type == "call" and text(node.child_by_field_name("receiver")) in {"ENV", "::ENV"}:
        method, arguments = _called(node)
        if not arguments:
            return
        if method == "fetch":
            has_default = len(arguments) > 1 or node.child_by_field_name("block") is not None
            yield Lookup(argument=arguments[0], has_default=has_default)
        elif method in _ASKING:
            yield Lookup(argument=arguments[0], has_default=True)
        elif method in {"values_at", "slice"}:
            yield from (Lookup(argument=argument) for argument in arguments)


def _called(node: "Node") -> "tuple[str, list[Node]]":
    return text(node.child_by_field_name("method")), given(node)


_GRAMMAR = Grammar(
    parser="ruby",
    word=re.compile(rb"ENV|[eE]nv"),
    string=_string,
    look_ups=_look_ups,
    calls=frozenset({"call"}),
    called=_called,
    functions=frozenset({"method", "singleton_method"}),
    constants={"assignment": ("left", "right")},
    tolerance=Tolerance(
        passing=frozenset({"parenthesized_statements", "interpolation"}),
        branches=frozenset({"if", "unless", "if_modifier", "unless_modifier", "while", "elsif", "case"}),
        members=frozenset(),
        calls=frozenset({"call"}),
        bindings={"assignment": "left", "operator_assignment": "left"},
        methods=re.compile(r"presence|present\?|blank\?|nil\?|empty\?|to_[isfac]|to_sym|try|in\?|eql\?|=="),
        functions=re.compile(r"^(?:Array|String|URI|Set|is_\w+|\w*(?:true|enabled|bool)\w*\??|p|puts)$", re.IGNORECASE),
        through=re.compile(r"strip|downcase|upcase|freeze|dup|cast|Integer|Float|parse|new"),
    ),
)
