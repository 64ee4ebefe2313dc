"""Rust, by tree-sitter's grammar: `env::var`, `env!`, `option_env!`, and clap's `#[arg(env = "X")]`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.code import _lookups
from gitseal.code._lookups import Grammar, Lookup
from gitseal.code._tolerance import Tolerance
from gitseal.code._walk import Chain, given, line, literal, text
from gitseal.code.uses import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTION = re.compile(r"(?:(?:std::)?env|dotenvy?)::var(?:_os)?|var(?:_os)?|dotenvy?::var")
_ARGUMENT = re.compile(r"#\[(?:arg|clap|structopt|command|argh|bpaf)\b.*", re.DOTALL)
_NAMED = re.compile(r'\benv\s*(?:=\s*"([A-Za-z_]\w*)"|\(\s*"([A-Za-z_]\w*)"\s*\))')
_BARE = re.compile(r"[(,]\s*env\s*[,)]")
_STEP = 2  # tokens of `::var`
_LONGEST_PATH = 8
_MOST_CHAINED = 24  # tokens of methods behind a look-up: 3 for each
_MACROS = {"env", "option_env", "std::env", "std::option_env"}
_STRINGS = frozenset({"string_literal", "raw_string_literal"})


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a Rust file uses."""
    return _lookups.read(_GRAMMAR, content)


def _string(node: "Node | None") -> str:
    return literal(node, _STRINGS)


def _look_ups(chain: Chain) -> Iterator[Lookup]:
    node = chain[-1].node
    if node.type == "call_expression":
        _, arguments = _called(node)
        function = text(node.child_by_field_name("function"))
        if arguments and _FUNCTION.fullmatch(function):
            argument = arguments[0]
            if argument.type == "reference_expression" and argument.named_child_count:
                argument = argument.named_child(argument.named_child_count - 1)
            yield Lookup(argument=argument)
    elif node.type == "macro_invocation":
        macro = text(node.child_by_field_name("macro"))
        tokens = node.children[-1]
        if macro in _MACROS and tokens.named_child_count:
            # `env!` is read when the program is built.
            yield Lookup(_string(tokens.named_child(0)), has_default="option" in macro)
    elif node.type == "field_declaration_list":
        yield from _flags(node)
    elif node.type == "token_tree":
        yield from _in_macro(node.children)


def _in_macro(tokens: "list[Node]") -> Iterator[Lookup]:
    """The look-ups in the arguments of a macro such as `println!`: to the grammar these are tokens, and no calls."""
    for at, arguments in enumerate(tokens):
        if arguments.type != "token_tree" or not arguments.named_child_count:
            continue
        name, called = _string(arguments.named_child(0)), _path_before(tokens, at)
        if called.removesuffix("!") in _MACROS and called.endswith("!"):
            yield Lookup(name, line(arguments), has_default="option" in called)
        elif "::" in called and _FUNCTION.fullmatch(called):
            yield Lookup(name, line(arguments), has_default=_goes_on_without(tokens, at + 1))


def _path_before(tokens: "list[Node]", end: int) -> str:
    """The path that is called with the tokens at `end`: `std::env::var`, or `env!`."""
    start = end - 1
    if start > 0 and tokens[start].type == "!":
        start -= 1
    if start < 0 or tokens[start].type != "identifier":
        return ""
    while start >= _STEP and end - start < _LONGEST_PATH and tokens[start - 1].type == "::":
        start -= _STEP
    return "".join(map(text, tokens[start:end]))


def _goes_on_without(tokens: "list[Node]", at: int) -> bool:
    """True if the methods that follow a look-up give it a default, or ask if there is one."""
    is_option = False
    following = tokens[at : at + _MOST_CHAINED]
    for dot, method, arguments in zip(following[::3], following[1::3], following[2::3], strict=False):
        if dot.type != "." or arguments.type != "token_tree":
            break
        if _TOLERANCE.methods.fullmatch(text(method)):
            return True
        if not _TOLERANCE.through.fullmatch(text(method)):
            return False
        is_option = is_option or text(method) == "ok"
    return is_option


def _flags(fields: "Node") -> Iterator[Lookup]:
    """The variables of clap's arguments: they stand in the attributes above each field."""
    attributes: list[str] = []
    for field in fields.named_children:
        if field.type == "attribute_item":
            attributes.append(text(field))
        elif field.type == "field_declaration":
            for attribute in filter(_ARGUMENT.match, attributes):
                yield from _flag(attribute, field)
            attributes = []


def _flag(attribute: str, field: "Node") -> Iterator[Lookup]:
    kind = text(field.child_by_field_name("type"))
    has_default = kind.startswith(("Option", "Vec", "bool")) or "default_value" in attribute
    names = [first or second for first, second in _NAMED.findall(attribute)]
    if _BARE.search(attribute):
        names.append(text(field.child_by_field_name("name")).upper())
    yield from (Lookup(name, line(field), has_default=has_default) for name in names)


def _called(node: "Node") -> "tuple[str, list[Node]]":
    return text(node.child_by_field_name("function")).rpartition(":")[2], given(node)


_TOLERANCE = Tolerance(
    passing=frozenset({"parenthesized_expression", "reference_expression"}),
    branches=frozenset({"if_expression", "match_expression", "while_expression"}),
    members=frozenset({"field_expression"}),
    calls=frozenset({"call_expression"}),
    bindings={"let_declaration": "pattern", "assignment_expression": "left"},
    methods=re.compile(r"unwrap_or\w*|is_\w+|map_or\w*|or_else|or|into_iter|iter"),
    functions=re.compile(r"$^"),
    through=re.compile(r"ok|map|map_err|and_then|as_deref|as_ref|filter|flatten|as_str|then"),
)

_GRAMMAR = Grammar(
    parser="rust",
    word=re.compile(rb"[eE]nv|ENV"),
    string=_string,
    look_ups=_look_ups,
    calls=frozenset({"call_expression"}),
    called=_called,
    functions=frozenset({"function_item"}),
    constants={"const_item": ("name", "value"), "static_item": ("name", "value")},
    tolerance=_TOLERANCE,
)
