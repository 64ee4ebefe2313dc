"""Java, by tree-sitter's grammar: `System.getenv`, Spring's `@Value("${X}")` and `Environment`, `@ConfigProperty`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.code import _lookups
from gitseal.code._lookups import Grammar, Lookup
from gitseal.code._placeholders import placeholders
from gitseal.code._tolerance import Tolerance
from gitseal.code._walk import Chain, given, literal, text
from gitseal.code.uses import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

_EXPORTED = re.compile(r"[A-Z][A-Z0-9_]*+")
_ASKING = {"get": None, "getOrDefault": True, "containsKey": True}
_PROPERTIES = {"get": None, "getProperty": None, "getRequiredProperty": False}
_STRINGS = frozenset({"string_literal"})


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a Java file uses."""
    return _lookups.read(_GRAMMAR, content)


def _string(node: "Node | None") -> str:
    return literal(node, _STRINGS, "string_fragment")


def _look_ups(chain: Chain) -> Iterator[Lookup]:
    node = chain[-1].node
    if node.type == "annotation":
        yield from _annotated(text(node.child_by_field_name("name")), text(node.child_by_field_name("arguments")))
    elif node.type == "method_invocation":
        receiver, (method, arguments) = text(node.child_by_field_name("object")), _called(node)
        if not arguments:
            return
        if receiver.endswith("System") and method == "getenv":
            yield Lookup(argument=arguments[0])
        elif receiver.endswith("System.getenv()") and method in _ASKING:
            yield Lookup(argument=arguments[0], has_default=_ASKING[method])
        elif _is_property(receiver, method, arguments[0]):
            has_default = True if len(arguments) > 1 else _PROPERTIES[method]
            yield Lookup(argument=arguments[0], has_default=has_default)


def _is_property(receiver: str, method: str, argument: "Node") -> bool:
    """True for `environment.getProperty("X")` and `dotenv.get("X")`; a property in lower case may come from anywhere."""
    is_environment = receiver.lower().endswith(("env", "environment"))
    return is_environment and method in _PROPERTIES and _EXPORTED.fullmatch(_string(argument)) is not None


def _annotated(name: str, arguments: str) -> Iterator[Lookup]:
    if name in {"Value", "Scheduled", "FeignClient", "KafkaListener", "RabbitListener"}:
        yield from (Lookup(named, has_default=has_default) for named, has_default in placeholders(arguments))
    elif name == "ConfigProperty":
        for named in re.findall(r'\bname\s*=\s*"([A-Z][A-Z0-9_]*)"', arguments):
            yield Lookup(named, has_default="defaultValue" in arguments)


def _called(node: "Node") -> "tuple[str, list[Node]]":
    return text(node.child_by_field_name("name")), given(node)


_GRAMMAR = Grammar(
    parser="java",
    word=re.compile(rb"env|ENV|Env|@Value|\$\{"),
    string=_string,
    look_ups=_look_ups,
    calls=frozenset({"method_invocation"}),
    called=_called,
    functions=frozenset({"method_declaration"}),
    constants={"variable_declarator": ("name", "value")},
    tolerance=Tolerance(
        passing=frozenset({"parenthesized_expression", "cast_expression"}),
        branches=frozenset({"if_statement", "while_statement"}),
        members=frozenset({"field_access"}),
        calls=frozenset({"method_invocation"}),
        bindings={"variable_declarator": "name", "assignment_expression": "left"},
        methods=re.compile(r"orElse|orElseGet|isPresent|ifPresent|isEmpty"),
        functions=re.compile(
            r"^(?:ofNullable|parseBoolean|equals|equalsIgnoreCase|nonNull|isNull|requireNonNullElse\w*|firstNonNull"
            r"|is(?:Not)?(?:Null|Blank|Empty)\w*|\w*[oO]rDefault|hasText|hasLength)$"
        ),
        through=re.compile(r"trim|strip|valueOf|toLowerCase|toUpperCase|map|filter|flatMap"),
    ),
)
