"""Schemas that parse the environment as a whole: zod's `z.object({...}).parse(process.env)`, t3-env, envalid."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.code._walk import Chain, everything, text

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_PARSING = {"parse", "safeParse", "parseAsync", "safeParseAsync"}
_WITHOUT = re.compile(r"\.(?:default|optional|nullish|catch|prefault)\(|\b(?:default|devDefault)\s*:|^optional\(")
_T3 = {"server", "client", "shared"}


def keys(chain: Chain, tree: "Tree") -> Iterator[tuple[str, "Node", bool]]:
    """Yield the names that the call around the environment reads, the nodes where they stand, and whether each is optional."""
    call, used_as = _call(chain)
    if call is None:
        return
    function = call.child_by_field_name("function")
    called = text(function)
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    if used_as == "runtimeEnv" and given:
        for pair in _pairs(given[0]):
            if text(pair.child_by_field_name("key")) in _T3:
                yield from _names(pair.child_by_field_name("value"))
    elif called == "cleanEnv" and len(given) > 1:
        yield from _names(given[1])
    elif function is not None and text(function.child_by_field_name("property")) in _PARSING:
        yield from _names(_object(function.child_by_field_name("object"), tree))


def next_env(tree: "Tree") -> frozenset[str]:
    """The names that `env: {NAME: value}` in a next.config gives to all modules, unless the value is that variable again."""
    given: set[str] = set()
    for chain in everything(tree):
        node = chain[-1].node
        if node.type == "pair" and text(node.child_by_field_name("key")).strip("\"'") == "env":
            for pair in _pairs(node.child_by_field_name("value")):
                name = text(pair.child_by_field_name("key")).strip("\"'")
                if not re.search(rf"\b{re.escape(name)}\b", text(pair.child_by_field_name("value"))):
                    given.add(name)
    return frozenset(given)


def _call(chain: Chain) -> "tuple[Node | None, str]":
    """The call that gets the environment as an argument, and the key under which it gets it, if that is an object's."""
    used_as = ""
    for step in reversed(chain[-8:-1]):
        node = step.node
        if node.type == "call_expression":
            return node, used_as
        if node.type == "pair":
            used_as = text(node.child_by_field_name("key"))
        elif node.type not in {"arguments", "object", "spread_element", "as_expression", "parenthesized_expression"}:
            return None, ""
    return None, ""


def _object(schema: "Node | None", tree: "Tree") -> "Node | None":
    """The braces of `z.object({...})`, written here or at the declaration of the name that stands here."""
    if schema is not None and schema.type == "identifier":
        wanted = text(schema)
        declared = (step[-1].node for step in everything(tree) if step[-1].node.type == "variable_declarator")
        declarator = next((node for node in declared if text(node.child_by_field_name("name")) == wanted), None)
        schema = declarator.child_by_field_name("value") if declarator is not None else None
    # Inward through the calls that are chained behind it: z.object({...}).strict().refine(...)
    for _ in range(16):
        if schema is None or schema.type != "call_expression":
            return None
        function, arguments = schema.child_by_field_name("function"), schema.child_by_field_name("arguments")
        if re.search(r"(?:^|\.)(?:object|strictObject|looseObject)$", text(function)[-40:]):
            return arguments.named_child(0) if arguments is not None else None
        schema = function.child_by_field_name("object") if function is not None else None
    return None


def _names(braces: "Node | None") -> Iterator[tuple[str, "Node", bool]]:
    for pair in _pairs(braces):
        key = text(pair.child_by_field_name("key")).strip("\"'")
        yield key, pair, bool(_WITHOUT.search(text(pair.child_by_field_name("value"))))


def _pairs(braces: "Node | None") -> "list[Node]":
    children = braces.named_children if braces is not None and braces.type == "object" else []
    return [child for child in children if child.type == "pair"]
