"""C#, by tree-sitter's grammar: `Environment.GetEnvironmentVariable`, and `IConfiguration`, which reads `A:B` from `A__B`.

A configuration has other sources too, above all appsettings.json, so a look-up in one needs the name only if the code says so:
`configuration["A:B"] ?? throw ...`, `GetRequiredSection`.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.code import _lookups
from gitseal.code._lookups import Grammar, Lookup
from gitseal.code._tolerance import Tolerance
from gitseal.code._walk import Chain, given, text
from gitseal.code.uses import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

_CONFIGURATION = re.compile(r"(?:.*[^\w])?_?\w*(?:[cC]onfiguration|[cC]onfig|[cC]fg)")
_SECTION = re.compile(r'(.*?)\.Get(?:Required)?Section\(\s*"([\w:.-]+)"\s*\)')
_KEY = re.compile(r"[A-Za-z_][\w:]*")


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a C# file uses."""
    return _lookups.read(_GRAMMAR, content)


def _string(node: "Node | None") -> str:
    if node is not None and node.type == "argument" and node.named_child_count:
        node = node.named_child(node.named_child_count - 1)
    if node is None or node.type not in {"string_literal", "verbatim_string_literal"} or node.named_child_count > 1:
        return ""
    return text(node).removeprefix("@")[1:-1]


def _look_ups(chain: Chain) -> Iterator[Lookup]:
    node = chain[-1].node
    if node.type == "element_access_expression":
        subscript = node.child_by_field_name("subscript")
        if subscript is not None and subscript.named_child_count == 1:
            key = _string(subscript.named_child(0))
            yield from _configured(text(node.child_by_field_name("expression")), key, chain)
    elif node.type == "invocation_expression":
        called, arguments = _called(node)
        function = text(node.child_by_field_name("function"))
        if not arguments:
            return
        if called == "GetEnvironmentVariable":
            yield Lookup(argument=arguments[0])
        elif re.fullmatch(r"GetValue(?:<[\w.?\[\]<>]+>)?", called):
            yield from _configured(function.rpartition(".")[0], _string(arguments[0]), chain)
        elif called == "GetConnectionString":
            yield from _configured(function.rpartition(".")[0], f"ConnectionStrings:{_string(arguments[0])}", chain)


def _configured(receiver: str, key: str, chain: Chain) -> Iterator[Lookup]:
    """The look-up of a key in a configuration or a section of one."""
    match = _SECTION.fullmatch(receiver)
    if match:
        receiver, key = match[1], f"{match[2]}:{key}"
    if key and _KEY.fullmatch(key) and not key.endswith(":") and _CONFIGURATION.fullmatch(receiver):
        outer = chain[-2].node if len(chain) > 1 else None
        is_required = outer is not None and re.search(r"\?\?\s*throw\b", text(outer)) is not None
        yield Lookup(key.replace(":", "__"), has_default=not is_required)


def _called(node: "Node") -> "tuple[str, list[Node]]":
    return text(node.child_by_field_name("function")).rpartition(".")[2], given(node)


_GRAMMAR = Grammar(
    parser="csharp",
    word=re.compile(rb"[eE]nv\w{0,40}\(|[cC]onfig\w{0,40}\??\s{0,20}[\[.]|[cC]fg\s{0,20}[\[.]"),
    string=_string,
    look_ups=_look_ups,
    calls=frozenset({"invocation_expression"}),
    called=_called,
    functions=frozenset({"method_declaration", "local_function_statement"}),
    constants={"variable_declarator": ("name", "value")},
    tolerance=Tolerance(
        passing=frozenset({"parenthesized_expression", "cast_expression", "postfix_unary_expression"}),
        branches=frozenset({"if_statement", "while_statement"}),
        members=frozenset({"member_access_expression", "conditional_access_expression"}),
        calls=frozenset({"invocation_expression"}),
        bindings={"variable_declarator": "name", "assignment_expression": "left"},
        methods=re.compile(r"$^"),
        functions=re.compile(r"(?:^|\.)(?:IsNullOr(?:Empty|WhiteSpace)|TryParse|Equals|ToBoolean|ReferenceEquals)$"),
        through=re.compile(r"Trim|ToLower\w*|ToUpper\w*"),
    ),
)
