"""PHP, by tree-sitter's grammar: `getenv`, `$_ENV`, `$_SERVER`, and Laravel's `env`."""

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

_FUNCTIONS = frozenset({"getenv", "env"})
# What the web server sets (php.net, $_SERVER) and no team keeps.
_OF_REQUEST = re.compile(
    r"HTTP_.*|HTTPS|REQUEST_.*|SERVER_.*|REMOTE_.*|SCRIPT_.*|PATH_.*|QUERY_STRING|DOCUMENT_ROOT|PHP_.*|CONTENT_.*|arg[vc]"
    r"|GATEWAY_INTERFACE|AUTH_TYPE|ORIG_PATH_INFO|REDIRECT_.*|CONTEXT_.*|.*[a-z].*"
)
_STRINGS = frozenset({"string", "encapsed_string"})


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a PHP file uses."""
    return _lookups.read(_GRAMMAR, content)


def _string(node: "Node | None") -> str:
    if node is not None and node.type == "argument" and node.named_child_count:
        node = node.named_child(node.named_child_count - 1)
    return literal(node, _STRINGS)


def _look_ups(chain: Chain) -> Iterator[Lookup]:
    node = chain[-1].node
    if node.type == "subscript_expression" and node.named_child_count > 1:
        array, index = text(node.named_child(0)), node.named_child(1)
        if array == "$_ENV" or (array == "$_SERVER" and not _OF_REQUEST.fullmatch(_string(index) or "argv")):
            yield Lookup(argument=index)
    elif node.type == "function_call_expression":
        called, arguments = _called(node)
        if called.lstrip("\\") in _FUNCTIONS and arguments:
            is_given = called.lstrip("\\") == "env" and len(arguments) > 1
            yield Lookup(argument=arguments[0], has_default=True if is_given else None)
    elif node.type == "scoped_call_expression" and text(node.child_by_field_name("scope")).endswith("Env"):
        _, arguments = _called(node)
        method = text(node.child_by_field_name("name"))
        if method in {"get", "getOrFail"} and arguments:
            yield Lookup(argument=arguments[0], has_default=True if len(arguments) > 1 else None)


def _called(node: "Node") -> "tuple[str, list[Node]]":
    return text(node.child_by_field_name("function") or node.child_by_field_name("name")), given(node)


_GRAMMAR = Grammar(
    parser="php",
    word=re.compile(rb"env|_ENV|_SERVER|Env"),
    string=_string,
    look_ups=_look_ups,
    calls=frozenset({"function_call_expression", "scoped_call_expression", "member_call_expression"}),
    called=_called,
    functions=frozenset({"function_definition", "method_declaration"}),
    constants={"const_element": ("name", "value")},
    tolerance=Tolerance(
        passing=frozenset({"parenthesized_expression", "cast_expression", "error_suppression_expression"}),
        branches=frozenset({"if_statement", "while_statement", "else_if_clause"}),
        members=frozenset({"member_access_expression"}),
        calls=frozenset({"function_call_expression", "scoped_call_expression", "member_call_expression"}),
        bindings={"assignment_expression": "left", "augmented_assignment_expression": "left"},
        methods=re.compile(r"$^"),
        functions=re.compile(
            r"^\\?(?:isset|empty|is_\w+|array_key_exists|\w*default\w*|boolval|intval|explode|filter_var)$"
        ),
        through=re.compile(r"trim|strtolower|strtoupper|rtrim|strval|str"),
    ),
)
